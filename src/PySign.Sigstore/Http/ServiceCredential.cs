using System.Text;

namespace PySign.Sigstore.Http;

/// <summary>A secret header of a request. It is sent to the request's own origin only, and is never shown.</summary>
internal sealed class ServiceCredential
{
    private ServiceCredential(string header, string value, string secret)
    {
        Header = header;
        Value = value;
        Secret = secret;
    }

    public string Header { get; }

    internal string Value { get; }

    internal string Secret { get; }

    public static ServiceCredential Bearer(string token) => new("Authorization", "Bearer " + token, token);

    public static ServiceCredential Basic(string user, string password) =>
        new("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")), password);

    /// <summary>A header of the service's own, such as GitLab's JOB-TOKEN.</summary>
    public static ServiceCredential InHeader(string header, string secret) => new(header, secret, secret);

    public override string ToString() => Header + ": ***";
}

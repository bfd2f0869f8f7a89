using System.Text;

namespace PySign.Http;

/// <summary>A secret header of a request. It is sent to the request's own origin only, and is never shown.</summary>
public sealed class ServiceCredential
{
    private ServiceCredential(string header, string value, string secret)
    {
        Header = header;
        Value = value;
        Secret = secret;
    }

    /// <summary>The name of the header that carries it.</summary>
    public string Header { get; }

    internal string Value { get; }

    internal string Secret { get; }

    /// <summary>A bearer token (RFC 6750).</summary>
    public static ServiceCredential Bearer(string token) => new("Authorization", "Bearer " + token, token);

    /// <summary>A user name and password (RFC 7617).</summary>
    public static ServiceCredential Basic(string user, string password) =>
        new("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")), password);

    /// <summary>A header of the service's own, such as GitLab's JOB-TOKEN.</summary>
    public static ServiceCredential InHeader(string header, string secret) => new(header, secret, secret);

    /// <summary>The kind of credential, never its value.</summary>
    public override string ToString() => Header + ": ***";
}

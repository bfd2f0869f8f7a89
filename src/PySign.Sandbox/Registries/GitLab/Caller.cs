using System.Text;
using Microsoft.AspNetCore.Http;

namespace PySign.Sandbox.Registries.GitLab;

/// <summary>Who calls, as a registry route sees it.</summary>
/// <param name="Presented">Whether credentials were sent at all.</param>
/// <param name="Credential">The token that was recognized, or null.</param>
/// <param name="MustBeKnown">Whether a token of this kind is refused when it is wrong, even where anonymous reads are allowed: a job's and
/// an access token's are.</param>
internal sealed record Caller(bool Presented, GitLabCredential? Credential, bool MustBeKnown)
{
    public static readonly Caller Anonymous = new(false, null, false);

    /// <summary>What this caller may do in <paramref name="project"/>.</summary>
    public AccessLevel AccessTo(GitLabProject project) =>
        Credential is { } credential && project.Options.Credentials.Contains(credential) ? credential.Access : AccessLevel.None;

    /// <summary>PyPI routes take Basic only.</summary>
    public static Caller FromBasic(HttpRequest request, GitLabInstance instance) => Basic(request, instance) ?? Anonymous;

    /// <summary>Generic and package routes take token headers, a bearer token and Basic.</summary>
    public static Caller FromAny(HttpRequest request, GitLabInstance instance) =>
        Header(request, instance, "JOB-TOKEN", CredentialKind.JobToken)
        ?? Header(request, instance, "PRIVATE-TOKEN", CredentialKind.AccessToken)
        ?? Header(request, instance, "DEPLOY-TOKEN", CredentialKind.DeployToken)
        ?? Bearer(request, instance)
        ?? FromBasic(request, instance);

    private static Caller? Header(HttpRequest request, GitLabInstance instance, string header, CredentialKind kind)
    {
        var token = request.Headers[header].ToString();
        return token.Length == 0
            ? null
            : new Caller(true, instance.FindCredential(c => c.Kind == kind && c.Secret == token), kind != CredentialKind.DeployToken);
    }

    private static Caller? Bearer(HttpRequest request, GitLabInstance instance)
    {
        var value = request.Headers.Authorization.ToString();
        return value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? new Caller(true, instance.FindCredential(c => c.Kind == CredentialKind.AccessToken && c.Secret == value[7..].Trim()), true)
            : null;
    }

    private static Caller? Basic(HttpRequest request, GitLabInstance instance)
    {
        var value = request.Headers.Authorization.ToString();
        if (!value.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var buffer = new byte[value.Length];
        if (!Convert.TryFromBase64String(value[6..].Trim(), buffer, out var length))
        {
            return new Caller(true, null, false);
        }

        var pair = Encoding.UTF8.GetString(buffer, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        var (user, password) = colon < 0 ? (pair, "") : (pair[..colon], pair[(colon + 1)..]);
        var isJob = user == "gitlab-ci-token";
        return new Caller(
            true,
            instance.FindCredential(c =>
                c.Secret == password
                && c.Kind switch
                {
                    CredentialKind.JobToken => isJob,
                    CredentialKind.DeployToken => c.UserName == user,
                    _ => !isJob,
                }
            ),
            isJob
        );
    }
}

using Cake.PySign.Verify;
using PySign.Packaging.Attestations;

namespace Cake.PySign.Audit;

/// <summary>
/// Who vouches for the publishers that an index names: the public issuers, or another one that is named, of a sandbox or an enterprise. One
/// of the public issuers named changes nothing: a CI job sets its own, and dependencies come from other services.
/// </summary>
internal sealed class PublisherIssuers(string? other)
{
    public const string Variable = "PYSIGN_CERTIFICATE_OIDC_ISSUER";

    private const string GitHubServerSuffix = "/_services/token";

    private static readonly string[] _public =
    [
        TrustedPublisher.GitHub("a/b", "c").Issuer,
        TrustedPublisher.GitLab("a/b", "c").Issuer,
        TrustedPublisher.Google("a@b").Issuer,
    ];

    private readonly string? _other = string.IsNullOrEmpty(other) || _public.Contains(other.TrimEnd('/')) ? null : other;

    /// <summary>The publisher that must have signed; <see langword="null"/> where none can be made of what the index names.</summary>
    public TrustedPublisher? Of(Publisher named)
    {
        // Repositories, workflows and accounts are ASCII; a letter of another script only looks like one.
        if (!AuditText.IsPlain(named.Repository) || !AuditText.IsPlain(named.Workflow) || !AuditText.IsPlain(named.Email))
        {
            return null;
        }

        try
        {
            return named.Kind switch
            {
                Publisher.GitHub => Issued(TrustedPublisher.GitHub(named.Repository!, named.Workflow!)),
                Publisher.GitLab => Issued(TrustedPublisher.GitLab(named.Repository!, named.Workflow!)),
                Publisher.Google => TrustedPublisher.Google(named.Email!),
                _ => null,
            };
        }
        catch (PySignException)
        {
            return null;
        }
    }

    private TrustedPublisher Issued(TrustedPublisher publisher)
    {
        if (_other is null)
        {
            return publisher;
        }

        // A GitLab is its own issuer; a GitHub Enterprise Server issues below its own address.
        var server =
            publisher.Kind == Publisher.GitLab ? _other
            : _other.EndsWith(GitHubServerSuffix, StringComparison.Ordinal) ? _other[..^GitHubServerSuffix.Length]
            : null;
        return server is not null && Uri.TryCreate(server, UriKind.Absolute, out var uri)
            ? publisher with
            {
                Issuer = _other,
                ServerUrl = uri,
            }
            : publisher with
            {
                Issuer = _other,
            };
    }
}

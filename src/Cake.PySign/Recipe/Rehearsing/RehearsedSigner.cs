using System.Text.RegularExpressions;
using Cake.PySign.Consume;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>
/// Who signs in a rehearsal, for whom it stands: the server and the issuer of the repository's remote, and the key of the release. What a
/// script or the users' policy says of the real ones is asked of the played ones, and everything else stands as it is written.
/// </summary>
internal sealed record RehearsedSigner
{
    private const string GitHubIssuer = "https://token.actions.githubusercontent.com";

    /// <summary>The host of the remote; null where there is none.</summary>
    public string? Host { get; init; }

    /// <summary>The server that is played. Signers are named by https, whatever it is reached by.</summary>
    public Uri? Server { get; init; }

    /// <summary>The issuer that is played.</summary>
    public string? PlayedIssuer { get; init; }

    /// <summary>The key that users verify with, and the one that stands in for it.</summary>
    public (ManagedKey Real, ManagedKey StandIn)? Keys { get; init; }

    /// <summary>The name of a signer.</summary>
    public string? Identity(string? text) => Moved(text, $"https://{Server?.Authority}/");

    public string? Issuer(string? text) =>
        text is null || PlayedIssuer is null ? text
        : text == GitHubIssuer || Host is not null && IsOfHost(text.TrimEnd('/'), Host) ? PlayedIssuer
        : text;

    /// <summary>The users' policy.</summary>
    public ReleasePolicy Policy(ReleasePolicy policy) =>
        policy with
        {
            Signers = [.. policy.Signers.Select(Rule)],
            Provenance = policy.Provenance is { } provenance
                ? provenance with
                {
                    Repository = Address(provenance.Repository),
                    Builder = Identity(provenance.Builder),
                }
                : null,
        };

    private SignerRule Rule(SignerRule rule)
    {
        if (rule.Key is { } key)
        {
            return Keys is { } keys && keys.Real.Hint == key.Hint ? SignerRule.WithKey(keys.StandIn) : rule;
        }

        return rule with
        {
            Issuer = Issuer(rule.Issuer)!,
            Identity = rule.IsPattern ? Pattern(rule.Identity) : Identity(rule.Identity)!,
            Extensions = [.. rule.Extensions.Select(one => (one.Extension, Extension(one.Extension, one.Value)!))],
        };
    }

    private string? Extension(FulcioExtension extension, string value) =>
        extension is FulcioExtension.BuildConfigUri ? Identity(value) : Address(value);

    // A repository, or who owns it.
    private string? Address(string? text) => Moved(text, $"{Server?.AbsoluteUri}");

    // A pattern names the host with its dots escaped, or not, and not always at its very start.
    private string Pattern(string pattern)
    {
        if (Host is null || Server is null)
        {
            return pattern;
        }

        foreach (var from in new[] { $"https://{Regex.Escape(Host)}/", $"https://{Host}/" })
        {
            var at = pattern.IndexOf(from, StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
            {
                return $"{pattern[..at]}https://{Regex.Escape(Server.Authority)}/{pattern[(at + from.Length)..]}";
            }
        }

        return pattern;
    }

    // GitHub Enterprise Server has its issuer below its own address.
    private static bool IsOfHost(string issuer, string host) =>
        issuer.Equals($"https://{host}", StringComparison.OrdinalIgnoreCase)
        || issuer.Equals($"https://{host}/_services/token", StringComparison.OrdinalIgnoreCase);

    private string? Moved(string? text, string to) =>
        text is not null
        && Host is not null
        && Server is not null
        && text.StartsWith($"https://{Host}/", StringComparison.OrdinalIgnoreCase)
            ? to + text[$"https://{Host}/".Length..]
            : text;
}

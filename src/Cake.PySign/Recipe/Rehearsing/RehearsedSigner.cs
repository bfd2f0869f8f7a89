using System.Text.RegularExpressions;
using Cake.PySign.Consume;
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

    /// <summary>The server that is played, as certificates name it.</summary>
    public string? Server { get; init; }

    /// <summary>The issuer that is played.</summary>
    public string? PlayedIssuer { get; init; }

    /// <summary>The key that users verify with, and the one that stands in for it.</summary>
    public (ManagedKey Real, ManagedKey StandIn)? Keys { get; init; }

    /// <summary>An identity, or an address of the server.</summary>
    public string? Identity(string? text) =>
        text is not null && Host is not null && Server is not null ? Moved(text, $"https://{Host}/", $"https://{Server}/") : text;

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
                    Repository = Identity(provenance.Repository),
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
            Extensions = [.. rule.Extensions.Select(one => (one.Extension, Identity(one.Value)!))],
        };
    }

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
                return $"{pattern[..at]}https://{Regex.Escape(Server)}/{pattern[(at + from.Length)..]}";
            }
        }

        return pattern;
    }

    // GitHub Enterprise Server has its issuer below its own address.
    private static bool IsOfHost(string issuer, string host) =>
        issuer.Equals($"https://{host}", StringComparison.OrdinalIgnoreCase)
        || issuer.Equals($"https://{host}/_services/token", StringComparison.OrdinalIgnoreCase);

    private static string Moved(string value, string from, string to) =>
        value.StartsWith(from, StringComparison.OrdinalIgnoreCase) ? to + value[from.Length..] : value;
}

using System.Text.RegularExpressions;
using Cake.Core;
using PySign.Http;

namespace Cake.PySign.Common;

/// <summary>Which values of the environment are secrets, by the names of their variables.</summary>
internal static partial class SecretVariables
{
    /// <summary>What the name of a variable has in it whose value is a secret.</summary>
    public const string NamePattern = "TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIAL|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY|_JWT";

    /// <summary>Teaches <paramref name="redactor"/> every value that is kept from children, and every password in a URL, so that no log
    /// shows one either.</summary>
    public static void Register(ICakeEnvironment environment, SecretRedactor redactor)
    {
        var variables = environment.GetEnvironmentVariables();
        foreach (var secret in Values(variables).Concat(variables.SelectMany(pair => ProxyVariables.Passwords(pair.Key, pair.Value ?? ""))))
        {
            redactor.Add(secret);
        }
    }

    // Short values ("true", "1") under such a name are switches, and paths and URLs are places: redacting them would shred every line.
    public static List<string> Values(IDictionary<string, string?> variables) =>
        [
            .. variables
                .Where(pair =>
                    pair.Value is { Length: >= 8 } value
                    && SecretValueName().IsMatch(pair.Key)
                    && !LocationName().IsMatch(pair.Key)
                    && !value.Contains("://", StringComparison.Ordinal)
                    && !System.IO.Path.Exists(value)
                )
                .Select(pair => pair.Value!),
        ];

    [GeneratedRegex(NamePattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex SecretValueName();

    [GeneratedRegex(
        "_(FILE|PATH|DIR|URL|ENDPOINT)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex LocationName();
}

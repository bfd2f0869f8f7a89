using System.Text.RegularExpressions;

namespace Cake.PySign.Common;

/// <summary>
/// The variables that name a proxy, which may hold a password. Children that have to reach the network are given them all the same, by
/// name: twine, and pip where it installs. Without a password they are nobody's secret and every child sees them; <c>NO_PROXY</c> always.
/// </summary>
internal static partial class ProxyVariables
{
    public static readonly IReadOnlyList<string> Names =
    [
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
    ];

    /// <summary>The passwords in the value of any variable that holds URLs, a proxy's also without a scheme; as they are written, and as
    /// they are meant.</summary>
    public static IEnumerable<string> Passwords(string name, string value) =>
        (Names.Contains(name, StringComparer.Ordinal) ? Proxy() : Url())
            .Matches(value)
            .Select(match => match.Groups[1].Value)
            .SelectMany(password => new[] { password, Uri.UnescapeDataString(password) })
            .Distinct(StringComparer.Ordinal);

    [GeneratedRegex(
        "[a-z][a-z0-9+.-]*://[^/@\\s]*?:([^/@\\s]+)@",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Url();

    [GeneratedRegex(
        "^(?:[a-z][a-z0-9+.-]*://)?[^/@:\\s]*:([^@\\s]+)@",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Proxy();
}

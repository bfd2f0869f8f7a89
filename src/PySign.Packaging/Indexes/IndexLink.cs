using System.Text.RegularExpressions;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Indexes;

/// <summary>
/// One link of an index page as installers may read it. pip names a file by the last part of its link's path, which it decodes up to twice,
/// or by an <c>egg</c> fragment; uv takes the <c>filename</c> of the JSON form. Where all of them see one plain name and one address, the
/// link is clear; every other one is kept with all the names that some reader may give it, so that whoever asks for a version can be told
/// that it is in doubt.
/// </summary>
internal sealed partial class IndexLink
{
    // pip decodes twice; once more costs nothing.
    private const int Decodings = 3;

    // No server takes longer ones. Every colon and every decoding gives further names as long as the path, and a page has many links. A
    // scheme, an IPv6 address and a port have nine colons.
    private const int LongestLink = 8192;
    private const int MostColons = 16;

    private const int LongestShown = 200;

    // What stands in links that every reader takes apart alike; of the rest, backslashes, spaces and control characters differ the most.
    private static readonly System.Buffers.SearchValues<char> _calm = System.Buffers.SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%"
    );

    private static readonly char[] _control = [.. Enumerable.Range(0, 33).Select(code => (char)code)];

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _eggs = new(StringComparer.Ordinal);

    private IndexLink(string href) => Shown = Show(href);

    /// <summary>The link for a message: the last part of its path, without what stands before (a user name may) or after it.</summary>
    public string Shown { get; }

    /// <summary>Where the link leads, http or https, without fragment; null where readers differ.</summary>
    public Uri? Url { get; private set; }

    /// <summary>The one plain file name that every reader gives the link; null where they differ.</summary>
    public string? Name { get; private set; }

    /// <summary>Whether a person looking for files would take the link for one.</summary>
    public bool LooksLikeFile => IsUnreadable || _eggs.Count > 0 || _names.Any(InstallerMatch.IsArchive);

    /// <summary>Nothing can be said of which file it is, so it may be any.</summary>
    public bool IsUnreadable { get; private set; }

    /// <summary>The characters of all names that some reader may give the link.</summary>
    public int NameChars => _names.Sum(name => name.Length) + _eggs.Sum(egg => egg.Length);

    /// <summary>Whether an installer may take the link for <c>name==version</c>, whichever way it reads it.</summary>
    public bool MayBeTaken(ProjectName name, VersionSpecifier version) =>
        IsUnreadable
        || _names.Any(one => InstallerMatch.Takes(one, name, version))
        || _eggs.Any(egg => InstallerMatch.TakesEgg(egg, name, version));

    /// <summary>A link that no two readers are sure to read alike.</summary>
    public static IndexLink Unreadable(string href) => new(href) { IsUnreadable = true };

    /// <summary>A link whose text names another file than its address.</summary>
    public static IndexLink ByText(string text)
    {
        var link = new IndexLink(text);
        link._names.Add(text);
        return link;
    }

    /// <summary>Reads a link.</summary>
    /// <param name="href">The link as the page has it, entities or escapes resolved.</param>
    /// <param name="baseUri">What it is relative to.</param>
    public static IndexLink Read(string href, Uri baseUri)
    {
        var link = new IndexLink(href);
        var trimmed = href.Trim();
        if (trimmed.Length > LongestLink)
            return Unreadable(href);
        var path = trimmed[..Ends(trimmed)];
        link.AddNames(path);
        foreach (Match egg in EggFragment().Matches(trimmed))
            link._eggs.UnionWith(Decoded(egg.Groups[1].Value));
        if (!Uri.TryCreate(baseUri, trimmed, out var url) || !url.IsAbsoluteUri)
            return link;
        link.AddNames(url.AbsolutePath);
        if (link.IsUnreadable || !IsCalm(trimmed, path) || link._eggs.Count > 0 || !IsPlainHttp(url))
            return link;
        var last = Uri.UnescapeDataString(url.AbsolutePath[(url.AbsolutePath.LastIndexOf('/') + 1)..]);
        if (path.Length > 0 && Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]) != last)
            return link;
        if (DistributionFileName.IsPlain(last))
        {
            link.Name = last;
            link._names.Clear();
            link._names.Add(last);
            link.Url = new UriBuilder(url) { Fragment = string.Empty }.Uri;
        }

        return link;
    }

    /// <summary>Whether some reader gives the link this name.</summary>
    public bool IsNamed(string name) => _names.Contains(name);

    /// <summary>Another name that some reader gives the link. Where it differs, the link is no longer clear.</summary>
    public void AlsoNamed(string name)
    {
        if (name == Name)
            return;
        Doubt();
        IsUnreadable |= name.Length > LongestLink;
        if (IsUnreadable)
            return;
        _names.Add(name);
        AddNames(name);
    }

    /// <summary>Something beside its name makes readers differ.</summary>
    public void Doubt() => (Name, Url) = (null, null);

    private static int Ends(string href) => href.IndexOfAny(['?', '#']) is >= 0 and var end ? end : href.Length;

    private static bool IsCalm(string href, string path) =>
        !href.AsSpan().ContainsAnyExcept(_calm)
        // A dot, a slash or a percent sign that is itself encoded: decoded once it means one thing, twice another.
        && !HiddenPunctuation().IsMatch(path)
        && (IsRelative(path) || (PlainOrigin().IsMatch(path) && !DotSegment().IsMatch(path)));

    private static bool IsRelative(string path) =>
        !path.StartsWith("//", StringComparison.Ordinal)
        && (path.IndexOf(':', StringComparison.Ordinal) is var colon && (colon < 0 || path.AsSpan(0, colon).Contains('/')));

    private static bool IsPlainHttp(Uri url) =>
        (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp) && url.UserInfo.Length == 0 && url.Host.Length > 0;

    private void AddNames(string path)
    {
        IsUnreadable |= path.AsSpan().Count(':') > MostColons;
        if (IsUnreadable)
            return;

        while (true)
        {
            foreach (var text in Decoded(path))
                _names.UnionWith(text.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries));

            // "https:name" is the name, relative to a base of the same scheme, or the name on a host without one.
            if (path.IndexOf(':', StringComparison.Ordinal) is not (> 0 and var colon))
                return;
            path = path[(colon + 1)..];
        }
    }

    private static IEnumerable<string> Decoded(string text)
    {
        // Newer readers drop tabs and line ends inside a link and control characters around it, older ones keep them.
        foreach (var variant in new[] { text, LineEnd().Replace(text, ""), text.Trim(_control) }.Distinct(StringComparer.Ordinal))
        {
            var now = variant;
            yield return now;
            for (var i = 0; i < Decodings && now.Contains('%', StringComparison.Ordinal); i++)
                yield return now = Uri.UnescapeDataString(now);
        }
    }

    private static string Show(string href)
    {
        var path = href[..Ends(href)].TrimEnd('/');
        var name = path[(path.LastIndexOfAny(['/', '@', '\\']) + 1)..];
        return name.Length <= LongestShown ? name : $"{name[..LongestShown]}…";
    }

    // Also behind an ampersand that lost its semicolon.
    [GeneratedRegex("(?:[#&]|&amp)egg=([^&]*)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex EggFragment();

    [GeneratedRegex(
        "%(?:2e|2f|5c|25|3b|23|3f|0|1)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex HiddenPunctuation();

    [GeneratedRegex(
        @"^(?:https?:)?//[a-z0-9.-]+(?::[0-9]{1,5})?(?:/|$)|^(?:https?:)?//\[[0-9a-f:.]+\](?::[0-9]{1,5})?(?:/|$)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex PlainOrigin();

    [GeneratedRegex(@"/\.{1,2}(?:/|$)", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex DotSegment();

    [GeneratedRegex("[\t\r\n]", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex LineEnd();
}

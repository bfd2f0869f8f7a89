using System.Net;
using System.Text.RegularExpressions;
using PySign.Packaging.Distributions;

namespace PySign.Packaging.Indexes;

/// <summary>
/// The HTML form of a project page (PEP 503): every anchor is a link, its fragment may hold the digest. Readers of HTML differ in where a
/// comment, raw text or a broken tag ends. What another reader might take for an anchor and this one does not is a link in doubt, so that
/// no file can be shown to an installer and hidden here.
/// </summary>
internal sealed partial class HtmlIndexReader
{
    private const string TitlePrefix = "Links for ";

    // Where a hidden link ends is what readers differ in: this much behind its beginning is looked at, and no longer link is read.
    private const int LongestTag = 8192;

    private const int MaxHidden = 500;

    private readonly string _html;
    private readonly SimpleIndexBuilder _builder;
    private readonly HashSet<int> _seen = [];
    private int _baseStart = -1;
    private string? _name;

    private HtmlIndexReader(string html, Uri baseUri) => (_html, _builder) = (html, new SimpleIndexBuilder(baseUri));

    public static SimpleIndex Read(string html, Uri baseUri)
    {
        // Characters by which some readers change the encoding, or end a tag.
        if (html.AsSpan().IndexOfAny('\0', '\u001b') >= 0)
            throw SimpleIndexBuilder.Invalid("simple index", "a page without control characters");
        var reader = new HtmlIndexReader(html, baseUri);
        reader.ReadTags();
        reader.AddHidden();
        return reader._builder.Build(reader._name);
    }

    private void ReadTags()
    {
        HtmlTag? open = null;
        HtmlTag? title = null;
        foreach (var tag in HtmlTokenizer.Tags(_html))
        {
            switch (tag.Name)
            {
                case "base" when tag.Attributes.TryGetValue("href", out var href):
                    SetBase(tag, href);
                    break;
                case "meta" when tag.Attributes.GetValueOrDefault("name") == "pypi:repository-version":
                    CheckVersion(tag.Attributes.GetValueOrDefault("content"));
                    _builder.ApiVersion = tag.Attributes.GetValueOrDefault("content");
                    break;
                case "title":
                    title = tag;
                    break;
                case "/title" when title is not null && _name is null:
                    var text = HtmlTokenizer.Text(_html, title.End, tag.Start);
                    title = null;
                    _name = text.StartsWith(TitlePrefix, StringComparison.Ordinal) ? text[TitlePrefix.Length..].Trim() : null;
                    break;
                case "a":
                    // A second <a> ends the first.
                    if (open is not null)
                        Add(open, tag.Start);
                    open = tag;
                    break;
                case "/a" when open is not null:
                    Add(open, tag.Start);
                    open = null;
                    break;
            }
        }

        if (open is not null)
            throw SimpleIndexBuilder.Invalid("simple index", "every anchor closed; the page is cut off");
    }

    private void SetBase(HtmlTag tag, string href)
    {
        if (
            _seen.Count > 0
            || _baseStart >= 0
            || !PlainTag().IsMatch(_html[tag.Start..tag.End])
            || HtmlEntities.AreOdd(_html.AsSpan(tag.Start, tag.End - tag.Start))
        )
            throw SimpleIndexBuilder.Invalid("simple index", "one plain <base>, before the first link: readers differ in what others mean");
        _baseStart = tag.Start;
        if (!Uri.TryCreate(_builder.BaseUri, href.Trim(), out var url))
            throw SimpleIndexBuilder.Invalid(href, "a URL");
        _builder.BaseUri = SimpleIndexBuilder.RequireHttp(url);
    }

    private static void CheckVersion(string? version)
    {
        if (version is null || !version.StartsWith("1.", StringComparison.Ordinal))
            throw SimpleIndexBuilder.Invalid($"repository version {version}", "repository version 1.x");
    }

    private void Add(HtmlTag anchor, int textEnd)
    {
        _seen.Add(anchor.Start);
        var raw = _html[anchor.Start..anchor.End];
        if (!anchor.Attributes.TryGetValue("href", out var href))
        {
            // Not a link for anybody, unless another reader finds one in it.
            if (!PlainTag().IsMatch(raw))
                AddInDoubt(raw);
            return;
        }

        if (raw.Length > LongestTag)
        {
            _builder.Add(IndexLink.Unreadable(href), new LinkFacts());
            return;
        }

        var link = IndexLink.Read(href, _builder.BaseUri);
        if (HasOddEntity(raw))
            link = IndexLink.Unreadable(href);
        else if (anchor.Repeats || !PlainTag().IsMatch(raw))
            AddInDoubt(raw, link);

        // "The text of the anchor tag MUST match the final path component of the URL" (PEP 503). Listings that servers generate cut it, and
        // installers do not read it; who reads it all the same must not find another file of the version.
        var text = HtmlTokenizer.Text(_html, anchor.End, textEnd);
        if (InstallerMatch.IsArchive(text) && !link.IsNamed(text) && !IsSameFile(text, link.Name))
            _builder.Add(IndexLink.ByText(text), new LinkFacts());
        _builder.Add(link, Facts(anchor, href));
    }

    private static bool IsSameFile(string text, string? name) =>
        name is not null
        && DistributionFileName.TryParse(text, out var said)
        && DistributionFileName.TryParse(name, out var found)
        && said.IsEquivalentTo(found);

    private static bool HasOddEntity(string raw) =>
        AnyHref()
            .Matches(raw)
            .Any(match => HtmlEntities.AreOdd(match.Groups[1].ValueSpan) || EntityInPath().IsMatch(match.Groups[1].Value));

    /// <summary>Every way in which a reader may find an address in a tag that is not plain.</summary>
    private void AddInDoubt(string raw, IndexLink? link = null)
    {
        link?.Doubt();
        foreach (Match match in AnyHref().Matches(raw))
        {
            var value = WebUtility.HtmlDecode(match.Groups[1].Value);
            var other = IndexLink.Read(value.Trim('"', '\''), _builder.BaseUri);
            other.Doubt();
            _builder.Add(other, new LinkFacts());
        }
    }

    private LinkFacts Facts(HtmlTag anchor, string href) =>
        new()
        {
            Sha256 = Sha256(href),
            RequiresPython = anchor.Attributes.GetValueOrDefault("data-requires-python"),
            Yanked = anchor.Attributes.GetValueOrDefault("data-yanked"),
            HasMetadata = anchor.Attributes.ContainsKey("data-core-metadata") || anchor.Attributes.ContainsKey("data-dist-info-metadata"),
            Extras = new SimpleIndexExtras(
                anchor.Attributes.GetValueOrDefault("data-provenance"),
                _builder.KnowsProvenance || anchor.Attributes.ContainsKey("data-provenance"),
                null,
                null
            ),
        };

    private static string? Sha256(string href)
    {
        if (href.IndexOf('#', StringComparison.Ordinal) is not (>= 0 and var start))
            return null;
        return href[(start + 1)..]
            .Trim()
            .Split('&')
            .FirstOrDefault(part => part.StartsWith("sha256=", StringComparison.Ordinal))
            ?["sha256=".Length..];
    }

    /// <summary>Anchors in comments, in raw text and inside other tags: somebody may see them.</summary>
    private void AddHidden()
    {
        var hidden = 0;
        foreach (var match in TagBegin().EnumerateMatches(_html))
        {
            if (_seen.Contains(match.Index) || match.Index == _baseStart)
                continue;
            if (_html[match.Index + 1] is 'b' or 'B')
                throw SimpleIndexBuilder.Invalid("simple index", "no <base> in a comment, in raw text or inside another tag");
            if (hidden++ == MaxHidden)
                throw SimpleIndexBuilder.Invalid(
                    "simple index",
                    $"at most {MaxHidden} links in comments, in raw text or inside other tags"
                );
            var end = Math.Min(_html.Length, match.Index + LongestTag);
            var raw = _html[match.Index..end];
            if (HasOddEntity(raw) || (!AnyHref().IsMatch(raw) && end < _html.Length))
                _builder.Add(IndexLink.Unreadable("a link in a comment or in raw text"), new LinkFacts());
            else
                AddInDoubt(raw);
        }
    }

    [GeneratedRegex(@"<(?:a|base)[\s/>]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex TagBegin();

    // A tag that every reader takes apart alike: attributes divided by white space, each value quoted or without quotes and brackets.
    [GeneratedRegex(
        """^<[a-zA-Z]+(?:[ \t\r\n\f]+[a-zA-Z][a-zA-Z0-9_-]*"""
            + """(?:[ \t\r\n\f]*=[ \t\r\n\f]*(?:"[^"]*"|'[^']*'|[^\s"'<>`=][^\s"'<>`]*))?)*[ \t\r\n\f]*/?>$""",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex PlainTag();

    [GeneratedRegex(
        """href[\s\0]*=+[\s\0]*("[^"]*"?|'[^']*'?|[^\s>]*)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex AnyHref();

    // In a path, names without their semicolon too: pip resolves "&nbsp" to white space, which it then drops.
    [GeneratedRegex("^[^?#]*?&(?!(?:amp|lt|gt|quot|apos);)[a-zA-Z]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex EntityInPath();
}

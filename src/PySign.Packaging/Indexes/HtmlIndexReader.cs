using System.Text.RegularExpressions;

namespace PySign.Packaging.Indexes;

/// <summary>
/// The HTML form of a project page (PEP 503): every anchor is a file, its text the file name, its fragment the digest. Readers of HTML
/// differ in where a comment, raw text or a broken tag ends. What another reader might take for an anchor and this one does not is refused,
/// so that no file can be shown to an installer and hidden here.
/// </summary>
internal static partial class HtmlIndexReader
{
    private const string TitlePrefix = "Links for ";

    public static SimpleIndex Read(string html, Uri baseUri)
    {
        var builder = new SimpleIndexBuilder(baseUri);
        var (hasBase, anchors) = (false, 0);
        string? name = null;
        HtmlTag? anchor = null;
        HtmlTag? title = null;
        foreach (var tag in HtmlTokenizer.Tags(html))
        {
            switch (tag.Name)
            {
                case "base" when !hasBase && tag.Attributes.TryGetValue("href", out var href):
                    if (anchors > 0)
                        throw SimpleIndexBuilder.Invalid(
                            "simple index",
                            "<base> before the first link: readers differ in what it means for those before it"
                        );
                    builder.BaseUri = builder.Resolve(href);
                    hasBase = true;
                    break;
                case "meta" when tag.Attributes.GetValueOrDefault("name") == "pypi:repository-version":
                    CheckVersion(tag.Attributes.GetValueOrDefault("content"));
                    builder.ApiVersion = tag.Attributes.GetValueOrDefault("content");
                    break;
                case "title":
                    title = tag;
                    break;
                case "/title" when title is not null && name is null:
                    var text = HtmlTokenizer.Text(html, title.End, tag.Start);
                    name = text.StartsWith(TitlePrefix, StringComparison.Ordinal) ? text[TitlePrefix.Length..].Trim() : null;
                    break;
                case "a":
                    // A second <a> before </a> would make the text of the first one guesswork.
                    anchors++;
                    anchor = anchor is null ? tag : throw SimpleIndexBuilder.Invalid("simple index", "every anchor closed");
                    break;
                case "/a" when anchor is not null:
                    Add(builder, anchor, HtmlTokenizer.Text(html, anchor.End, tag.Start));
                    anchor = null;
                    break;
            }
        }

        if (anchor is not null)
            throw SimpleIndexBuilder.Invalid("simple index", "every anchor closed; the page is cut off");
        return AnchorBegin().Count(html) == anchors
            ? builder.Build(name)
            : throw SimpleIndexBuilder.Invalid(
                "simple index",
                "every link in plain sight: one stands in a comment, in raw text or inside another tag"
            );
    }

    private static void CheckVersion(string? version)
    {
        if (version is null || !version.StartsWith("1.", StringComparison.Ordinal))
            throw SimpleIndexBuilder.Invalid($"repository version {version}", "repository version 1.x");
    }

    private static void Add(SimpleIndexBuilder builder, HtmlTag anchor, string text)
    {
        if (anchor.Repeats)
            throw SimpleIndexBuilder.Invalid(text, "every attribute of a link once");
        if (!anchor.Attributes.TryGetValue("href", out var href))
            throw SimpleIndexBuilder.Invalid(text, "a link");
        var url = builder.Resolve(href);

        // "The text of the anchor tag MUST match the final path component of the URL" (PEP 503).
        if (Uri.UnescapeDataString(url.Segments[^1]) != text)
            throw SimpleIndexBuilder.Invalid(text, "the anchor's text to be the last part of its link");
        builder.Add(
            text,
            href,
            Sha256(url),
            anchor.Attributes.GetValueOrDefault("data-requires-python"),
            anchor.Attributes.GetValueOrDefault("data-yanked"),
            new SimpleIndexExtras(
                anchor.Attributes.GetValueOrDefault("data-provenance"),
                builder.KnowsProvenance || anchor.Attributes.ContainsKey("data-provenance"),
                null,
                null
            )
        );
    }

    private static string? Sha256(Uri url)
    {
        foreach (var part in url.Fragment.TrimStart('#').Split('&'))
        {
            if (part.StartsWith("sha256=", StringComparison.Ordinal))
                return part["sha256=".Length..];
        }

        return null;
    }

    [GeneratedRegex(@"<a[\s/>]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AnchorBegin();
}

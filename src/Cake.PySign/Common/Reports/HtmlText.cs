using System.Text;
using PySign.Http;

namespace Cake.PySign.Common.Reports;

/// <summary>A piece of a page, escaped when it is made: nothing foreign becomes markup.</summary>
internal readonly struct HtmlText
{
    private readonly string? _html;

    private HtmlText(string html) => _html = html;

    public static implicit operator HtmlText(string text) => Plain(text);

    public static HtmlText Plain(string text) => new(Escape(text));

    /// <summary>A digest, a name, a command: in a fixed width, and broken anywhere where it does not fit.</summary>
    public static HtmlText Code(string text) => new($"<code>{Escape(text)}</code>");

    /// <summary>A link, if the address is one that a browser may go to; else its text.</summary>
    public static HtmlText Link(string address, string text) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.UserInfo.Length == 0
            ? new HtmlText($"<a href=\"{Escape(uri.AbsoluteUri)}\" rel=\"noreferrer\">{Escape(text)}</a>")
            : Plain(text);

    /// <summary>A word with a meaning: <c>ok</c>, <c>warning</c> or <c>error</c>. The word itself says it, and not the color
    /// alone.</summary>
    public static HtmlText Mark(string kind, string text) => new($"<span class=\"{Escape(kind)}\">{Escape(text)}</span>");

    public static HtmlText Lines(IEnumerable<HtmlText> parts) => new(string.Join("<br>", parts));

    public override string ToString() => _html ?? "";

    /// <summary>Text for HTML and SVG.</summary>
    public static string Escape(string text)
    {
        var html = new StringBuilder(text.Length + 16);
        foreach (var c in ForeignText.Line(text))
        {
            html.Append(
                c switch
                {
                    '&' => "&amp;",
                    '<' => "&lt;",
                    '>' => "&gt;",
                    '"' => "&quot;",
                    '\'' => "&#39;",
                    _ => null,
                } ?? c.ToString()
            );
        }

        return html.ToString();
    }
}

using System.Security.Cryptography;
using System.Text;

namespace Cake.PySign.Common.Reports;

/// <summary>
/// A page that needs nothing but itself: no script, no font, no request; light and dark; readable on a phone. The same content gives the
/// same bytes.
/// </summary>
internal sealed class HtmlPage(string title)
{
    // Contrast of every pair is at least 4.5:1 (WCAG 2.2, 1.4.3), in both schemes.
    private const string Style = """
        :root { color-scheme: light dark; --back: #ffffff; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --box: #f6f8fa;
          --link: #0550ae; --ok: #116329; --warning: #7d4e00; --error: #a40e26; }
        @media (prefers-color-scheme: dark) { :root { --back: #0d1117; --text: #e6edf3; --soft: #9da7b3; --line: #3d444d; --box: #161b22;
          --link: #79c0ff; --ok: #56d364; --warning: #e3b341; --error: #ff7b72; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 1rem; max-width: 70rem; background: var(--back); color: var(--text);
          font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
        h1 { font-size: 1.75rem; line-height: 1.25; } h2 { font-size: 1.25rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
        a { color: var(--link); } .soft { color: var(--soft); } .ok { color: var(--ok); } .warning { color: var(--warning); }
        .error { color: var(--error); font-weight: 600; }
        code, pre { font: .875rem/1.45 ui-monospace, monospace; } code { overflow-wrap: anywhere; }
        pre { background: var(--box); border: 1px solid var(--line); border-radius: .375rem; padding: .75rem;
          white-space: pre-wrap; overflow-wrap: anywhere; }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
        caption { text-align: left; color: var(--soft); padding: .25rem 0; }
        th, td { text-align: left; vertical-align: top; padding: .375rem .75rem .375rem 0; border-bottom: 1px solid var(--line); }
        td { min-width: 7rem; } svg { max-width: 100%; height: auto; display: block; margin-bottom: 1rem; }
        svg text { fill: var(--text); font: 14px system-ui, sans-serif; } svg text.title { font-weight: 600; }
        svg text.soft { fill: var(--soft); }
        svg rect { fill: var(--box); stroke: var(--line); } svg rect.ok { stroke: var(--ok); } svg rect.warning { stroke: var(--warning); }
        svg path { stroke: var(--soft); fill: none; stroke-width: 1.5; } :focus-visible { outline: 2px solid var(--link); }
        @media (max-width: 40rem) {
          thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          table, caption, tbody, tr, td { display: block; } tr { padding: .375rem 0; border-bottom: 1px solid var(--line); }
          td { min-width: 0; padding: .125rem 0; border: 0; } td:empty { display: none; }
          td::before { content: attr(data-label) ": "; color: var(--soft); } }
        """;

    private readonly StringBuilder _body = new();

    public HtmlPage Section(string id, string heading)
    {
        _body.Append($"<h2 id=\"{HtmlText.Escape(id)}\">{HtmlText.Escape(heading)}</h2>\n");
        return this;
    }

    public HtmlPage Paragraph(params ReadOnlySpan<HtmlText> parts)
    {
        _body.Append("<p>");
        foreach (var part in parts)
        {
            _body.Append(part);
        }

        _body.Append("</p>\n");
        return this;
    }

    /// <summary>Commands or a file to be copied, as it is.</summary>
    public HtmlPage Block(IEnumerable<string> lines)
    {
        _body.Append("<pre tabindex=\"0\"><code>").AppendJoin('\n', lines.Select(HtmlText.Escape)).Append("</code></pre>\n");
        return this;
    }

    /// <summary>A table. On a phone its rows stand below each other, each cell with its column's name before it; between the two it scrolls
    /// inside itself. The roles say that it is a table however it is laid out.</summary>
    public HtmlPage Table(string caption, IReadOnlyList<string> head, IEnumerable<IReadOnlyList<HtmlText>> rows)
    {
        var name = HtmlText.Escape(caption);
        _body.Append(
            $"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{name}\"><table role=\"table\"><caption>"
                + $"{name}</caption>\n<thead><tr>"
        );
        foreach (var cell in head)
        {
            _body.Append($"<th scope=\"col\">{HtmlText.Escape(cell)}</th>");
        }

        _body.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
        {
            if (row.Count != head.Count)
            {
                throw new ArgumentException(
                    $"A row of the table \"{caption}\" has {row.Count} cells, its head {head.Count}.",
                    nameof(rows)
                );
            }

            _body
                .Append("<tr role=\"row\">")
                .AppendJoin("", row.Zip(head, (cell, name) => $"<td role=\"cell\" data-label=\"{HtmlText.Escape(name)}\">{cell}</td>"))
                .Append("</tr>\n");
        }

        _body.Append("</tbody></table></div>\n");
        return this;
    }

    public HtmlPage Picture(ChainPicture picture)
    {
        _body.Append(picture).Append('\n');
        return this;
    }

    public override string ToString()
    {
        var style = Style.ReplaceLineEndings("\n");
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="Cake.PySign">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{hash}'">
            <title>{HtmlText.Escape(title)}</title>
            <style>{style}</style>
            </head>
            <body>
            <main>
            <h1>{HtmlText.Escape(title)}</h1>
            {_body}</main>
            </body>
            </html>

            """.ReplaceLineEndings("\n");
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using PySign.Http;

namespace Cake.PySign.Common.Reports;

/// <summary>
/// A chain of steps as a picture in the page, one below the other, and so narrow that a phone shows it at its own size. SVG breaks no
/// lines: how wide text is, is estimated for a wide font, so that nothing leaves its box in any.
/// </summary>
internal sealed class ChainPicture(string title, IReadOnlyList<ChainStep> steps)
{
    private const int Width = 356;
    private const int Padding = 14;
    private const int LineHeight = 20;
    private const int Gap = 24;
    private const int MaxLines = 2;

    public override string ToString()
    {
        var boxes = steps.Select(step => (Step: step, Lines: Lines(ForeignText.Line(step.Text)))).ToList();
        var height = boxes.Sum(box => HeightOf(box.Lines) + Gap) - Gap + 2;
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" viewBox=\"0 0 {Width} {height}\" "
                + $"role=\"img\" aria-labelledby=\"chain-title chain-desc\">"
        );
        svg.Append($"<title id=\"chain-title\">{HtmlText.Escape(title)}</title><desc id=\"chain-desc\">");
        svg.Append(HtmlText.Escape(string.Join("; ", steps.Select(step => $"{step.Title}: {step.Text}")))).Append("</desc>\n");
        var top = 1;
        foreach (var (step, lines) in boxes)
        {
            var bottom = top + HeightOf(lines);
            Append(svg, step, lines, top);
            top = bottom + Gap;
            if (top < height)
            {
                var (from, to) = (bottom + 2, top - 3);
                svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M 40 {from} V {to} M 35 {to - 6} L 40 {to} L 45 {to - 6}\"/>\n");
            }
        }

        return svg.Append("</svg>").ToString();
    }

    private static int HeightOf(IReadOnlyList<string> lines) => 36 + (LineHeight * lines.Count);

    private static void Append(StringBuilder svg, ChainStep step, IReadOnlyList<string> lines, int top)
    {
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect class=\"{step.Color}\" x=\"1\" y=\"{top}\" width=\"{Width - 2}\" height=\"{HeightOf(lines)}\" rx=\"6\"/>"
        );
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"title\" x=\"{Padding}\" y=\"{top + 23}\">{HtmlText.Escape($"{step.Mark} {step.Title}")}</text>"
        );
        for (var i = 0; i < lines.Count; i++)
        {
            var y = top + 24 + (LineHeight * (i + 1));
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"soft\" x=\"{Padding}\" y=\"{y}\">{HtmlText.Escape(lines[i])}</text>");
        }

        svg.Append('\n');
    }

    // The end of an identity or an address tells most; its beginning is known.
    private static List<string> Lines(string text)
    {
        const double Fits = Width - (2 * Padding);
        var lines = Wrapped(text, Fits);
        if (lines.Count <= MaxLines)
        {
            return lines;
        }

        var runes = text.EnumerateRunes().Reverse().ToList();
        var (kept, wide) = (0, WidthOf(new Rune('…')));
        while (kept < runes.Count && wide + WidthOf(runes[kept]) <= Fits * MaxLines * 0.8)
        {
            wide += WidthOf(runes[kept++]);
        }

        return Wrapped("…" + string.Concat(runes.Take(kept).Reverse()), Fits);
    }

    private static List<string> Wrapped(string text, double fits)
    {
        List<string> lines = [];
        var (line, width, after) = (new StringBuilder(), 0.0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (width + WidthOf(rune) > fits)
            {
                // Behind the last blank or slash, if there was one in the second half.
                var at = after > line.Length / 2 ? after : line.Length;
                var rest = line.ToString(at, line.Length - at);
                lines.Add(line.ToString(0, at).TrimEnd());
                line.Clear().Append(rest);
                width = rest.EnumerateRunes().Sum(WidthOf);
                after = 0;
            }

            line.Append(rune.ToString());
            width += WidthOf(rune);
            after = rune.Value is ' ' or '/' ? line.Length : after;
        }

        lines.Add(line.ToString());
        return lines;
    }

    // In pixels at 14, of DejaVu Sans, the widest of the usual fonts.
    private static double WidthOf(Rune rune) =>
        rune.Value switch
        {
            'i' or 'j' or 'l' => 4,
            'f' or 'r' or 't' or ' ' or '.' or ',' or ':' or ';' or '/' or '\\' or '|' or '!' or '(' or ')' or '[' or ']' or '-' => 5.8,
            'm' or 'W' or '@' or '%' or '…' => 14,
            'M' or 'w' or '+' or '=' or '~' or '<' or '>' or '#' or '&' or '_' => 12.1,
            >= 'A' and <= 'Z' => 11,
            <= '~' => 9,
            < 0x1100 => 12,
            _ => 19,
        };
}

/// <summary>A step of a chain.</summary>
/// <param name="Title">What happened.</param>
/// <param name="Text">Of what or by whom.</param>
/// <param name="Done">Whether it is proven to have happened.</param>
/// <param name="LeftOut">Whether it is not done and is not meant to be: nothing is missing.</param>
internal sealed record ChainStep(string Title, string Text, bool Done, bool LeftOut = false)
{
    /// <summary>A sign that is told apart without its color.</summary>
    [JsonIgnore]
    public char Mark
    {
        get
        {
            if (Done)
            {
                return '✓';
            }

            return LeftOut ? '–' : '○';
        }
    }

    /// <summary>The color, as the page's style names it.</summary>
    [JsonIgnore]
    public string Color
    {
        get
        {
            if (Done)
            {
                return "ok";
            }

            return LeftOut ? "soft" : "warning";
        }
    }
}

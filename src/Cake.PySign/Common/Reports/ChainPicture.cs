using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace Cake.PySign.Common.Reports;

/// <summary>A chain of steps as a picture in the page, one below the other, so that a phone shows it at its own size.</summary>
internal sealed class ChainPicture(string title, IReadOnlyList<ChainStep> steps)
{
    private const int Width = 480;
    private const int Height = 58;
    private const int Gap = 26;
    private const int MaxText = 58;

    public override string ToString()
    {
        var svg = new StringBuilder();
        var height = (steps.Count * (Height + Gap)) - Gap + 2;
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" viewBox=\"0 0 {Width} {height}\" role=\"img\" "
                + $"aria-labelledby=\"chain-title chain-desc\">"
        );
        svg.Append($"<title id=\"chain-title\">{HtmlText.Escape(title)}</title><desc id=\"chain-desc\">");
        svg.Append(HtmlText.Escape(string.Join("; ", steps.Select(step => $"{step.Title}: {step.Text}")))).Append("</desc>\n");
        for (var i = 0; i < steps.Count; i++)
        {
            Append(svg, steps[i], 1 + (i * (Height + Gap)), i + 1 < steps.Count);
        }

        return svg.Append("</svg>").ToString();
    }

    private static void Append(StringBuilder svg, ChainStep step, int top, bool followed)
    {
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect class=\"{step.Colour}\" x=\"1\" y=\"{top}\" width=\"{Width - 2}\" height=\"{Height}\" rx=\"6\"/>"
        );
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"title\" x=\"14\" y=\"{top + 23}\">{HtmlText.Escape($"{step.Mark} {step.Title}")}</text>"
        );
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"soft\" x=\"14\" y=\"{top + 44}\">{HtmlText.Escape(Short(step.Text))}</text>"
        );
        if (followed)
        {
            var (from, to) = (top + Height + 2, top + Height + Gap - 3);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M 40 {from} V {to} M 35 {to - 6} L 40 {to} L 45 {to - 6}\"/>");
        }

        svg.Append('\n');
    }

    // The end of an identity or an address tells most; its beginning is known.
    private static string Short(string text) => text.Length <= MaxText ? text : string.Concat("…", text.AsSpan(text.Length - MaxText + 1));
}

/// <summary>A step of a chain.</summary>
/// <param name="Title">What happened.</param>
/// <param name="Text">Of what or by whom.</param>
/// <param name="Done">Whether it is proven to have happened.</param>
/// <param name="LeftOut">Whether it is not done and is not meant to be: nothing is missing.</param>
internal sealed record ChainStep(string Title, string Text, bool Done, bool LeftOut = false)
{
    /// <summary>A sign that is told apart without its colour.</summary>
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

    /// <summary>The colour, as the page's style names it.</summary>
    [JsonIgnore]
    public string Colour
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

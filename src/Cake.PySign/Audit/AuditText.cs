using System.Globalization;
using System.Text;

namespace Cake.PySign.Audit;

/// <summary>Foreign text for a log, a page or a report: one line, ASCII, bounded. A look-alike letter is seen for what it is.</summary>
internal static class AuditText
{
    private const int Longest = 300;

    public static string Shown(string? text)
    {
        var shown = new StringBuilder();
        foreach (var c in text ?? "")
        {
            if (shown.Length >= Longest)
            {
                return shown.Append("...").ToString();
            }

            if (c is >= ' ' and <= '~')
            {
                shown.Append(c);
            }
            else
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
        }

        return shown.ToString();
    }

    public static bool IsPlain(string? text) =>
        text is null || text.All(static c => c is > ' ' and <= '~' && c is not ('\\' or '"' or '<' or '>'));
}

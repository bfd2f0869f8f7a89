using System.Globalization;
using Cake.Core;

namespace Cake.PySign.Common.Reports;

/// <summary>A table for a terminal or a job's log: it fits the width, and what does not goes on in the next line of its cell.</summary>
internal static class TextTable
{
    private const int Usual = 100;
    private const int Narrowest = 8;
    private const string Gap = "  ";

    /// <summary>The columns that a line may have: the terminal's, as it or the variable COLUMNS says; 100 where nobody does.</summary>
    public static int Width(ICakeEnvironment environment)
    {
        if (
            int.TryParse(environment.GetEnvironmentVariable("COLUMNS"), CultureInfo.InvariantCulture, out var said)
            && said is >= 40 and <= 1000
        )
        {
            return said;
        }

#pragma warning disable RS0030 // Nothing is written: the terminal alone knows how wide it is.
        try
        {
            return Console.IsOutputRedirected || Console.WindowWidth < 40 ? Usual : Console.WindowWidth;
        }
        catch (IOException)
        {
            return Usual;
        }
#pragma warning restore RS0030
    }

    public static IEnumerable<string> Lines(IReadOnlyList<IReadOnlyList<string>> rows, int width)
    {
        var columns = Columns(rows, width);
        foreach (var row in rows)
        {
            var cells = row.Select((cell, i) => Wrap(cell, columns[i]).ToList()).ToList();
            for (var line = 0; line < cells.Max(cell => cell.Count); line++)
            {
                yield return string.Join(Gap, cells.Select((cell, i) => (line < cell.Count ? cell[line] : "").PadRight(columns[i])))
                    .TrimEnd();
            }
        }
    }

    /// <summary>A text in lines of at most this width, broken between words, and inside of one that is longer.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split((char[])[' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length <= width)
            {
                line += ' ' + word;
                continue;
            }

            if (line.Length > 0)
            {
                yield return line;
            }

            var at = 0;
            for (; word.Length - at > width; at += width)
            {
                yield return word.Substring(at, width);
            }

            line = word[at..];
        }

        yield return line;
    }

    // The widest column gives way, until the table fits.
    private static int[] Columns(IReadOnlyList<IReadOnlyList<string>> rows, int width)
    {
        var columns = Enumerable.Range(0, rows[0].Count).Select(i => Math.Max(1, rows.Max(row => row[i].Length))).ToArray();
        var free = width - (Gap.Length * (columns.Length - 1));
        while (columns.Sum() > free && columns.Max() > Narrowest)
        {
            columns[Array.IndexOf(columns, columns.Max())]--;
        }

        return columns;
    }
}

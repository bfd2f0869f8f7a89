using System.Text;

namespace Cake.PySign.Common.Processes;

/// <summary>Lines of a stream as they come. A line without an end is cut, so that a child cannot fill the memory.</summary>
internal static class BoundedLines
{
    private const int MaxLineLength = 16 * 1024;

    // A cut goes through white space where there is any: a secret that is cut in two is not recognized in either part.
    private const int LookBack = 8 * 1024;

    /// <summary>Splits at LF, CR LF and a lone CR (progress bars redraw with it).</summary>
    public static async IAsyncEnumerable<string> ReadAsync(TextReader reader)
    {
        var buffer = new char[4096];
        var line = new StringBuilder();
        var afterReturn = false;
        int count;
        while ((count = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0)
        {
            for (var i = 0; i < count; i++)
            {
                var c = buffer[i];
                if (c == '\n' && afterReturn)
                {
                    afterReturn = false;
                    continue;
                }

                afterReturn = c == '\r';
                if (c is '\n' or '\r')
                {
                    yield return line.ToString();
                    line.Clear();
                    continue;
                }

                line.Append(c);
                if (line.Length == MaxLineLength)
                {
                    var cut = CutOf(line);
                    yield return line.ToString(0, cut);
                    line.Remove(0, cut);
                }
            }
        }

        if (line.Length > 0)
        {
            yield return line.ToString();
        }
    }

    private static int CutOf(StringBuilder line)
    {
        for (var at = line.Length; at > line.Length - LookBack; at--)
        {
            if (char.IsWhiteSpace(line[at - 1]) || line[at - 1] is '\0' or '"' or ',')
            {
                return at;
            }
        }

        return line.Length;
    }
}

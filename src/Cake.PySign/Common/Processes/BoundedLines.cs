using System.Text;

namespace Cake.PySign.Common.Processes;

/// <summary>Lines of a stream as they come. A line without an end is cut, so that a child cannot fill the memory.</summary>
internal static class BoundedLines
{
    private const int MaxLineLength = 16 * 1024;

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
                    yield return line.ToString();
                    line.Clear();
                }
            }
        }

        if (line.Length > 0)
        {
            yield return line.ToString();
        }
    }
}

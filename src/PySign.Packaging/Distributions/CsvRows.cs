using System.Text;

namespace PySign.Packaging.Distributions;

/// <summary>The rows of RECORD: Python's default csv dialect, with or without carriage returns.</summary>
internal static class CsvRows
{
    public static IEnumerable<IReadOnlyList<string>> Of(string text)
    {
        var row = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted)
            {
                if (c != '"')
                    field.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == '"')
                    field.Append(text[++i]);
                else
                    quoted = false;
            }
            else if (c == '"')
            {
                quoted = true;
            }
            else if (c is ',' or '\n')
            {
                row.Add(field.ToString());
                field.Clear();
                if (c == '\n' && !(row is [""]))
                    yield return row;
                if (c == '\n')
                    row = [];
            }
            else if (c != '\r')
            {
                field.Append(c);
            }
        }

        if (field.Length == 0 && row.Count == 0)
            yield break;
        row.Add(field.ToString());
        yield return row;
    }
}

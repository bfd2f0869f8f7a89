using System.Globalization;
using System.Text;

namespace PySign.Packaging.Toml;

/// <summary>Writes strings and keys.</summary>
internal static class TomlStringWriter
{
    /// <summary>Writes a string in the quotes of the value it replaces where they can hold it, else as a basic string.</summary>
    public static string Write(string value, ReadOnlySpan<char> old = default)
    {
        var plain = !value.Any(c => c is < ' ' and not '\t' or '\u007f');
        if (old.StartsWith("'''") && plain && !value.Contains("'''", StringComparison.Ordinal) && !value.EndsWith('\''))
            return $"'''{value}'''";
        if (old.StartsWith("\"\"\""))
            return $"\"\"\"{Escape(value)}\"\"\"";
        if (old.StartsWith("'") && !old.StartsWith("'''") && plain && !value.Contains('\'', StringComparison.Ordinal))
            return $"'{value}'";
        return $"\"{Escape(value)}\"";
    }

    /// <summary>Writes a dotted key, its parts bare where they can be.</summary>
    public static string WriteKey(IEnumerable<string> parts) =>
        string.Join('.', parts.Select(part => part.Length > 0 && part.All(TomlKeyReader.IsBare) ? part : $"\"{Escape(part)}\""));

    private static string Escape(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' or '\u007f' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => text.Append(c),
            };
        }

        return text.ToString();
    }
}

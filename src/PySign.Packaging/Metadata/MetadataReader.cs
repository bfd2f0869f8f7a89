using System.Text;

namespace PySign.Packaging.Metadata;

/// <summary>
/// Reads the header-and-body form of core metadata: the e-mail message format as the specification uses it, that is fields of
/// <c>Name: value</c>, folded lines, an empty line and a body, all UTF-8 without MIME decoding.
/// </summary>
internal static class MetadataReader
{
    // Classifiers and dependencies of the largest real projects stay in the hundreds.
    private const int MaxFields = 20_000;

    public static (IReadOnlyList<MetadataField> Fields, string? Body) Read(string text)
    {
        var fields = new List<MetadataField>();
        var at = text.StartsWith('\ufeff') ? 1 : 0;
        string? name = null;
        var value = new StringBuilder();
        var line = 0;
        while (at < text.Length)
        {
            line++;
            var content = Line(text, at, out var next);
            if (content.IsEmpty)
            {
                at = next;
                break;
            }

            if (content[0] is ' ' or '\t')
            {
                if (name is null)
                    throw Invalid($"line {line}", "a field before a continuation line");
                value.Append('\n').Append(content);
            }
            else
            {
                Add(fields, name, value);
                name = FieldName(content, line);
                value.Append(content[(name.Length + 1)..].Trim(" \t"));
            }

            at = next;
        }

        Add(fields, name, value);
        var body = at < text.Length ? text[at..] : string.Empty;
        return (fields, body.AsSpan().Trim().IsEmpty ? null : body.ReplaceLineEndings("\n"));
    }

    public static PackagingException Invalid(string input, string expected, Exception? inner = null) =>
        new(PackagingFailure.InvalidMetadata, input, expected, "Rebuild the distribution with a current build back end.", inner);

    private static void Add(List<MetadataField> fields, string? name, StringBuilder value)
    {
        if (name is null)
            return;
        if (fields.Count == MaxFields)
            throw Invalid("metadata", $"at most {MaxFields} fields");
        fields.Add(new MetadataField(name, value.ToString()));
        value.Clear();
    }

    private static string FieldName(ReadOnlySpan<char> line, int number)
    {
        var colon = line.IndexOf(':');
        if (colon <= 0)
            throw Invalid($"line {number}", "a field 'Name: value'");
        var name = line[..colon];
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                throw Invalid($"line {number}", "a field name of letters, digits and hyphens");
        }

        return name.ToString();
    }

    private static ReadOnlySpan<char> Line(string text, int start, out int next)
    {
        var end = text.IndexOf('\n', start);
        next = end < 0 ? text.Length : end + 1;
        var line = text.AsSpan(start, (end < 0 ? text.Length : end) - start);
        return line.EndsWith('\r') ? line[..^1] : line;
    }
}

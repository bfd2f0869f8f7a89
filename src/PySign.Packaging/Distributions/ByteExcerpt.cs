using System.Text;

namespace PySign.Packaging.Distributions;

/// <summary>A few bytes around a place, readable where they are text: a time or a path is recognized at a glance.</summary>
internal static class ByteExcerpt
{
    private const int Before = 32;
    private const int After = 32;

    public static string At(ReadOnlySpan<byte> content, int offset)
    {
        if (content.Length <= offset)
            return $"ends after {content.Length} bytes";
        var start = Math.Max(0, offset - Before);
        var part = content[start..Math.Min(content.Length, offset + After)];
        var text = new StringBuilder();
        foreach (var value in part)
        {
            if (value is >= 0x20 and < 0x7F)
                text.Append((char)value);
            else
                text.Append(value is (byte)'\n' or (byte)'\r' or (byte)'\t' ? ' ' : '.');
        }

        return $"\"{(start > 0 ? "…" : "")}{text}{(offset + After < content.Length ? "…" : "")}\"";
    }
}

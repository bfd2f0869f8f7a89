using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PySign.Packaging.Distributions;

/// <summary>Compares two builds of one distribution and says member by member what is not the same.</summary>
public static class DistributionComparison
{
    /// <summary>Bytes of one member's content that are held to find the first difference; beyond it only the difference itself is
    /// said.</summary>
    private const int MaxHeld = 16 * 1024 * 1024;

    /// <summary>All differences, members in the first archive's order; empty exactly when both files are the same bytes.</summary>
    /// <param name="first">A <c>.whl</c>, <c>.tar.gz</c> or <c>.zip</c> file.</param>
    /// <param name="second">A file of the same form.</param>
    /// <exception cref="PackagingException">One of them is not an archive that can be read.</exception>
    /// <exception cref="IOException">One of them cannot be read.</exception>
    public static IReadOnlyList<MemberDifference> Compare(string first, string second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (SameBytes(first, second))
            return [];
        var a = Read(first);
        var b = Read(second);
        var differences = new List<MemberDifference>();
        foreach (var member in a.Values)
        {
            if (b.TryGetValue(member.Header.Name, out var other))
                differences.AddRange(Differences(member, other, first, second));
            else
                differences.Add(new MemberDifference(member.Header.Name, MemberProperty.Presence, "there", "missing"));
        }

        differences.AddRange(
            b.Keys.Where(name => !a.ContainsKey(name))
                .Select(name => new MemberDifference(name, MemberProperty.Presence, "missing", "there"))
        );
        differences.AddRange(Order(a, b));
        if (differences.Count == 0)
            differences.Add(Container(first, second));
        return differences;
    }

    private static IEnumerable<MemberDifference> Differences(Member a, Member b, string first, string second)
    {
        if (a.Header.Kind != b.Header.Kind)
            yield return new MemberDifference(a.Header.Name, MemberProperty.Kind, a.Header.Kind, b.Header.Kind);
        if (!a.Sha256.AsSpan().SequenceEqual(b.Sha256))
            yield return Content(a.Header.Name, first, second);
        if (a.Header.Mode != b.Header.Mode)
            yield return new MemberDifference(a.Header.Name, MemberProperty.Mode, Octal(a.Header.Mode), Octal(b.Header.Mode));
        if (a.Header.Time != b.Header.Time)
            yield return new MemberDifference(a.Header.Name, MemberProperty.Time, a.Header.Time, b.Header.Time);
        if (a.Header.Owner != b.Header.Owner)
            yield return new MemberDifference(a.Header.Name, MemberProperty.Owner, a.Header.Owner, b.Header.Owner);
        if (a.Header.Link != b.Header.Link)
            yield return new MemberDifference(a.Header.Name, MemberProperty.Link, a.Header.Link, b.Header.Link);
    }

    // Only what both have has a place to compare; the first one that stands elsewhere says enough.
    private static IEnumerable<MemberDifference> Order(Dictionary<string, Member> a, Dictionary<string, Member> b)
    {
        var ours = a.Keys.Where(b.ContainsKey).ToList();
        var theirs = b.Keys.Where(a.ContainsKey).ToList();
        var at = ours.Zip(theirs).TakeWhile(pair => pair.First == pair.Second).Count();
        if (at < ours.Count)
            yield return new MemberDifference(
                ours[at],
                MemberProperty.Order,
                $"at place {at + 1}",
                $"at place {theirs.IndexOf(ours[at]) + 1}, after {Previous(theirs, ours[at])}"
            );
    }

    private static string Previous(List<string> names, string name) => names[names.IndexOf(name) - 1];

    private static MemberDifference Content(string name, string first, string second)
    {
        var a = Hold(first, name);
        var b = Hold(second, name);
        var offset = a.AsSpan().CommonPrefixLength(b);
        return offset == MaxHeld
            ? new MemberDifference(name, MemberProperty.Content, $"beyond {MaxHeld} bytes", "differently")
            : new MemberDifference(name, MemberProperty.Content, ByteExcerpt.At(a, offset), ByteExcerpt.At(b, offset), offset);
    }

    private static MemberDifference Container(string first, string second)
    {
        using var a = File.OpenRead(first);
        using var b = File.OpenRead(second);
        Span<byte> left = stackalloc byte[4096];
        Span<byte> right = stackalloc byte[4096];
        var offset = 0L;
        while (true)
        {
            var leftRead = a.ReadAtLeast(left, left.Length, throwOnEndOfStream: false);
            var rightRead = b.ReadAtLeast(right, right.Length, throwOnEndOfStream: false);
            var common = left[..leftRead].CommonPrefixLength(right[..rightRead]);
            offset += common;
            if (common < leftRead || common < rightRead)
                return new MemberDifference("", MemberProperty.Container, $"{a.Length} bytes", $"{b.Length} bytes", offset);
        }
    }

    private static bool SameBytes(string first, string second)
    {
        using var a = File.OpenRead(first);
        using var b = File.OpenRead(second);
        return a.Length == b.Length && SHA256.HashData(a).AsSpan().SequenceEqual(SHA256.HashData(b));
    }

    // Two members of one name are refused when a distribution is read; here the last one counts, as it does for an unpacker.
    private static Dictionary<string, Member> Read(string path)
    {
        var members = new Dictionary<string, Member>(StringComparer.Ordinal);
        ArchiveWalk.Members(path, (header, content) => members[header.Name] = new Member(header, SHA256.HashData(content)));
        return members;
    }

    private static byte[] Hold(string path, string name)
    {
        byte[] held = [];
        ArchiveWalk.Members(
            path,
            (header, content) =>
            {
                if (header.Name != name)
                    return;
                var buffer = new byte[Math.Min(header.Length, MaxHeld)];
                held = buffer[..content.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
            }
        );
        return held;
    }

    private static string Octal(int mode) => "0" + Convert.ToString(mode, 8).ToString(CultureInfo.InvariantCulture);

    private sealed record Member(ArchiveMember Header, byte[] Sha256);
}

/// <summary>What of a member differs between two archives.</summary>
public enum MemberProperty
{
    /// <summary>Only one of the two has it.</summary>
    Presence,

    /// <summary>File in one, folder or link in the other.</summary>
    Kind,

    /// <summary>Its bytes.</summary>
    Content,

    /// <summary>Its permission bits.</summary>
    Mode,

    /// <summary>Its modification time.</summary>
    Time,

    /// <summary>Its user or group.</summary>
    Owner,

    /// <summary>A link's target.</summary>
    Link,

    /// <summary>The place where it stands among the others.</summary>
    Order,

    /// <summary>The archive around its members: compression, headers, comments.</summary>
    Container,
}

/// <summary>One difference between two archives of the same name.</summary>
/// <param name="Member">The path inside the archive; empty for <see cref="MemberProperty.Container"/>.</param>
/// <param name="Property">What differs.</param>
/// <param name="First">What the first has, readable.</param>
/// <param name="Second">What the second has, readable.</param>
/// <param name="Offset">The first byte that differs, counted from 0; null where no bytes were compared.</param>
public sealed record MemberDifference(string Member, MemberProperty Property, string First, string Second, long? Offset = null)
{
    /// <summary>One line for a person.</summary>
    public override string ToString() =>
        (Member.Length > 0 ? Member : "(the archive itself)")
        + $": {Property.ToString().ToLowerInvariant()}"
        + (Offset is { } offset ? $" from byte {offset} on" : "")
        + $": {First} | {Second}";
}

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

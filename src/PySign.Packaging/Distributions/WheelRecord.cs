using System.Security.Cryptography;
using System.Text;

namespace PySign.Packaging.Distributions;

/// <summary>
/// Holds a wheel against its own RECORD (binary distribution format, "The .dist-info directory"): every file listed once with a hash of
/// SHA-256 or stronger and its size, nothing listed that is not there. RECORD itself and its signatures carry no hash.
/// </summary>
public static class WheelRecord
{
    private const int MaxRecordBytes = 64 * 1024 * 1024;

    /// <summary>What is wrong, one line each, at most 100; empty when RECORD is complete and true.</summary>
    /// <param name="path">A <c>.whl</c> file.</param>
    /// <exception cref="PackagingException">The archive cannot be read, is too large, or holds an unsafe name.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<string> Problems(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var files = new Dictionary<string, Content>(StringComparer.Ordinal);
        byte[]? record = null;
        string? recordName = null;
        var twice = new List<string>();
        ArchiveWalk.Members(
            path,
            (member, content) =>
            {
                if (member.Kind == ArchiveMember.Folder)
                    return;
                var isRecord =
                    member.Name.EndsWith(".dist-info/RECORD", StringComparison.Ordinal)
                    && member.Name.IndexOf('/', StringComparison.Ordinal) == member.Name.Length - "/RECORD".Length;
                if (isRecord)
                {
                    recordName = member.Name;
                    record = new byte[Math.Min(member.Length, MaxRecordBytes)];
                    content.ReadExactly(record);
                }
                else if (!files.TryAdd(member.Name, Content.Of(content)))
                {
                    twice.Add($"{member.Name}: stands twice in the archive");
                }
            }
        );
        return record is null
            ? ["there is no RECORD in a .dist-info folder"]
            : [.. twice.Concat(Compare(recordName!, Encoding.UTF8.GetString(record), files)).Take(100)];
    }

    private static IEnumerable<string> Compare(string recordName, string record, Dictionary<string, Content> files)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in CsvRows.Of(record))
        {
            if (row is not [var name, var hash, var size])
            {
                yield return $"RECORD: a line has {row.Count} fields instead of 3: {string.Join(',', row)}";
                continue;
            }

            if (!seen.Add(name))
                yield return $"{name}: stands twice in RECORD";
            else if (name == recordName || IsSignatureOf(recordName, name))
                continue;
            else if (!files.TryGetValue(name, out var content))
                yield return $"{name}: in RECORD and not in the wheel";
            else if (content.Problem(hash, size) is { } problem)
                yield return $"{name}: {problem}";
        }

        if (!seen.Contains(recordName))
            yield return $"{recordName}: does not list itself";
        foreach (var name in files.Keys.Where(name => !seen.Contains(name) && !IsSignatureOf(recordName, name)))
            yield return $"{name}: in the wheel and not in RECORD";
    }

    private static bool IsSignatureOf(string recordName, string name) => name == recordName + ".jws" || name == recordName + ".p7s";

    private sealed record Content(long Length, byte[] Sha256, byte[] Sha384, byte[] Sha512)
    {
        public static Content Of(Stream stream)
        {
            using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var sha384 = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
            using var sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
            var buffer = new byte[81920];
            var length = 0L;
            int read;
            while ((read = stream.Read(buffer)) > 0)
            {
                length += read;
                var part = buffer.AsSpan(0, read);
                sha256.AppendData(part);
                sha384.AppendData(part);
                sha512.AppendData(part);
            }

            return new Content(length, sha256.GetHashAndReset(), sha384.GetHashAndReset(), sha512.GetHashAndReset());
        }

        public string? Problem(string hash, string size)
        {
            var (algorithm, value) = hash.Split('=', 2) is [var left, var right] ? (left, right) : (hash, "");
            var expected = algorithm switch
            {
                "sha256" => Sha256,
                "sha384" => Sha384,
                "sha512" => Sha512,
                _ => null,
            };
            if (expected is null)
                return hash.Length == 0
                    ? "RECORD has no hash for it"
                    : $"RECORD names it with '{algorithm}', which is not SHA-256 or stronger";
            var text = Convert.ToBase64String(expected).TrimEnd('=').Replace('+', '-').Replace('/', '_');
            if (value.TrimEnd('=') != text)
                return $"RECORD says {algorithm}={value}, it is {algorithm}={text}";
            return size == Length.ToString(System.Globalization.CultureInfo.InvariantCulture)
                ? null
                : $"RECORD says {(size.Length == 0 ? "no" : size)} bytes, it has {Length}";
        }
    }
}

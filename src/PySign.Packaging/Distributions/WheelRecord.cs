using System.Buffers;
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
        var file = DistributionFileName.Parse(Path.GetFileName(path));
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 65536);
        return Problems(stream, file);
    }

    internal static IReadOnlyList<string> Problems(Stream wheel, DistributionFileName name)
    {
        if (Read(wheel, name) is not var (recordName, record))
            return ["there is no RECORD in a .dist-info folder"];

        // Three hashes of every byte cost three times one: only what RECORD names is made, and nearly all name SHA-256 alone.
        var rows = CsvRows.Of(record).ToList();
        var algorithms = rows.Where(row => row.Count == 3).Select(row => row[1].Split('=')[0]).ToHashSet(StringComparer.Ordinal);
        var files = new Dictionary<string, Content>(StringComparer.Ordinal);
        var twice = new List<string>();
        ArchiveWalk.Members(
            wheel,
            name,
            (member, content) =>
            {
                if (
                    member.Kind != ArchiveMember.Folder
                    && member.Name != recordName
                    && !files.TryAdd(member.Name, Content.Of(content, algorithms))
                )
                    twice.Add($"{member.Name}: appears twice in the archive");
            }
        );
        return [.. twice.Concat(Compare(recordName, rows, files)).Take(100)];
    }

    private static (string Name, string Text)? Read(Stream wheel, DistributionFileName name)
    {
        (string Name, string Text)? found = null;
        ArchiveWalk.Members(
            wheel,
            name,
            (member, content) =>
            {
                var bytes = new byte[Math.Min(member.Length, MaxRecordBytes)];
                content.ReadExactly(bytes);
                found = (member.Name, Encoding.UTF8.GetString(bytes));
            },
            static member => member.Kind != ArchiveMember.Folder && IsRecord(member.Name)
        );
        return found;
    }

    // Packages carry whole copies of others, with their .dist-info: only the one at the top is the wheel's own.
    private static bool IsRecord(string name) =>
        name.Split('/') is [var folder, "RECORD"] && folder.EndsWith(".dist-info", StringComparison.Ordinal);

    private static IEnumerable<string> Compare(string recordName, List<IReadOnlyList<string>> rows, Dictionary<string, Content> files)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (row is not [var name, var hash, var size])
            {
                yield return $"RECORD: a line has {row.Count} fields instead of 3: {string.Join(',', row)}";
                continue;
            }

            if (!seen.Add(name))
                yield return $"{name}: appears twice in RECORD";
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

    private sealed record Content(long Length, IReadOnlyDictionary<string, byte[]> Hashes)
    {
        private static readonly Dictionary<string, HashAlgorithmName> _known = new(StringComparer.Ordinal)
        {
            ["sha256"] = HashAlgorithmName.SHA256,
            ["sha384"] = HashAlgorithmName.SHA384,
            ["sha512"] = HashAlgorithmName.SHA512,
        };

        public static Content Of(Stream stream, IReadOnlySet<string> algorithms)
        {
            var hashes = _known
                .Where(one => algorithms.Contains(one.Key))
                .ToDictionary(one => one.Key, one => IncrementalHash.CreateHash(one.Value), StringComparer.Ordinal);
            var buffer = ArrayPool<byte>.Shared.Rent(1 << 17);
            try
            {
                var length = 0L;
                int read;
                while ((read = stream.Read(buffer)) > 0)
                {
                    length += read;
                    foreach (var hash in hashes.Values)
                        hash.AppendData(buffer, 0, read);
                }

                return new Content(length, hashes.ToDictionary(one => one.Key, one => one.Value.GetHashAndReset(), StringComparer.Ordinal));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
                foreach (var hash in hashes.Values)
                    hash.Dispose();
            }
        }

        public string? Problem(string hash, string size)
        {
            var (algorithm, value) = hash.Split('=', 2) is [var left, var right] ? (left, right) : (hash, "");
            if (!Hashes.TryGetValue(algorithm, out var expected))
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

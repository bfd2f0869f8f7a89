using System.Security.Cryptography;

namespace PySign.Sigstore.Tuf;

/// <summary>The signed hashes of a file, by the names that TUF gives them.</summary>
internal sealed record ContentDigest(IReadOnlyDictionary<string, string> Hashes)
{
    private static readonly string[] _known = ["sha256", "sha512", "sha384"];

    /// <summary>The hash that stands in front of a target's name in a consistent snapshot; null where only unknown kinds are
    /// listed.</summary>
    public string? Prefix => _known.Where(Hashes.ContainsKey).Select(name => Hashes[name]).FirstOrDefault();

    public static ContentDigest Read(MetadataJson value)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, hash) in value.Members())
        {
            var text = hash.Text();
            if (_known.Contains(name) && (text.Length != LengthOf(name) || !text.All(char.IsAsciiHexDigit)))
            {
                throw TufRefusal.Malformed(value.Subject, $"{LengthOf(name)} hexadecimal digits in {hash.Path}", TufRefusal.Shown(text));
            }

            hashes.Add(name, text.ToLowerInvariant());
        }

        return hashes.Count > 0 ? new ContentDigest(hashes) : throw TufRefusal.Malformed(value.Subject, $"a hash in {value.Path}", "none");
    }

    /// <summary>Compares all hashes of known kinds; at least one must be there.</summary>
    public void Check(ReadOnlySpan<byte> content, string subject)
    {
        var compared = 0;
        foreach (var name in _known)
        {
            if (!Hashes.TryGetValue(name, out var expected))
            {
                continue;
            }

            compared++;
            var actual = Convert.ToHexStringLower(
                name switch
                {
                    "sha256" => SHA256.HashData(content),
                    "sha384" => SHA384.HashData(content),
                    _ => SHA512.HashData(content),
                }
            );
            if (actual != expected)
            {
                throw TufRefusal.Attack(TufFailure.HashMismatch, subject, $"{name} {expected}", actual);
            }
        }

        if (compared == 0)
        {
            throw TufRefusal.Attack(
                TufFailure.HashMismatch,
                subject,
                "a hash of a known kind",
                TufRefusal.Shown(string.Join(", ", Hashes.Keys))
            );
        }
    }

    private static int LengthOf(string name) =>
        name switch
        {
            "sha256" => 64,
            "sha384" => 96,
            _ => 128,
        };
}

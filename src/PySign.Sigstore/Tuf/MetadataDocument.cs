using System.Text.Json;
using System.Text.Unicode;

namespace PySign.Sigstore.Tuf;

/// <summary>One signature: who is said to have made it, and its bytes.</summary>
internal sealed record MetadataSignature(string KeyId, byte[] Value);

/// <summary>The part that all roles share: signatures, what they are made over, version and expiry (specification 4.2 and 4.3).</summary>
internal sealed record MetadataDocument
{
    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions _options = new()
    {
        // Where two readers could see two different documents, there is none.
        AllowDuplicateProperties = false,
        MaxDepth = MaxDepth,
    };

    /// <summary>The role's name, for messages.</summary>
    public required string Subject { get; init; }

    public required long Version { get; init; }

    public required DateTimeOffset Expires { get; init; }

    public required IReadOnlyList<MetadataSignature> Signatures { get; init; }

    /// <summary>The canonical form of <c>signed</c>.</summary>
    public required byte[] Signed { get; init; }

    /// <summary>The file as it was received; it is what a cache stores.</summary>
    public required ReadOnlyMemory<byte> File { get; init; }

    /// <summary>Whether the metadata is expired at a time: it must expire later than that (specification 5.3.10).</summary>
    public bool IsExpired(DateTimeOffset now) => Expires <= now;

    /// <summary>Parses a metadata file and lets <paramref name="read"/> read what is its role's own.</summary>
    /// <exception cref="TufException">The file is not metadata of the type.</exception>
    public static T Parse<T>(ReadOnlyMemory<byte> file, string type, string subject, Func<MetadataDocument, MetadataJson, T> read)
    {
        if (!Utf8.IsValid(file.Span))
        {
            throw TufRefusal.Malformed(subject, "JSON in UTF-8", "bytes that are not UTF-8");
        }

        try
        {
            using var json = JsonDocument.Parse(file, _options);
            var document = new MetadataJson(json.RootElement, subject, "the file").RequireObject();
            var signed = document.Member("signed").RequireObject();

            // First of all, so that every name and string below is known to be text.
            var canonical = CanonicalJson.Encode(signed.Value);
            RequireKind(signed, type);
            var shared = new MetadataDocument
            {
                Subject = subject,
                Version = signed.Member("version").Integer(1),
                Expires = signed.Member("expires").Time(),
                Signatures = ReadSignatures(document.Member("signatures")),
                Signed = canonical,
                File = file,
            };
            return read(shared, signed);
        }
        catch (JsonException e)
        {
            throw TufRefusal.Malformed(subject, "well-formed JSON without repeated names", e.Message.TrimEnd('.'), e);
        }
        catch (InvalidOperationException e)
        {
            // What the reader says of half a surrogate pair, in a name or in a string, where it first has to decode one.
            throw TufRefusal.Malformed(subject, "names and strings that are text", "half a surrogate pair", e);
        }
        catch (FormatException e)
        {
            throw TufRefusal.Malformed(subject, "values that have a canonical form", e.Message.TrimEnd('.'), e);
        }
    }

    private static void RequireKind(MetadataJson signed, string type)
    {
        var actual = signed.Member("_type").Text();
        if (actual != type)
        {
            throw TufRefusal.Malformed(signed.Subject, $"metadata of the type {type}", $"the type {TufRefusal.Shown(actual)}");
        }

        var specification = signed.Member("spec_version").Text();
        if (specification.Split('.') is not ["1", _, ..])
        {
            throw new TufException(
                TufFailure.UnsupportedSpecification,
                signed.Subject,
                "TUF specification 1.x",
                $"spec_version {TufRefusal.Shown(specification)}",
                "The repository needs a newer client."
            );
        }
    }

    private static List<MetadataSignature> ReadSignatures(MetadataJson list)
    {
        var signatures = new List<MetadataSignature>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in list.Items())
        {
            var keyId = item.Member("keyid").Text();
            var hex = item.Member("sig").Text();
            if (!seen.Add(keyId))
            {
                throw TufRefusal.Malformed(list.Subject, "one signature of each key", $"two of {TufRefusal.Shown(keyId)}");
            }

            // tuf-on-ci publishes an empty string for a signer who has not signed; what is not hexadecimal is not a signature either.
            var value = hex.Length > 0 && hex.Length % 2 == 0 && hex.All(char.IsAsciiHexDigit) ? Convert.FromHexString(hex) : [];
            signatures.Add(new MetadataSignature(keyId, value));
        }

        return signatures;
    }
}

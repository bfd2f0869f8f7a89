using System.Security.Cryptography;
using PySign.Sigstore.Cryptography;

namespace PySign.Sigstore.Tuf;

/// <summary>
/// A key as a role's metadata names it (specification 4.2). Its id is a name that the metadata's author chose: it is looked
/// up and never computed, since unknown members take part in how some authors make it. A key of an unknown kind is not an error;
/// it verifies nothing and so never counts.
/// </summary>
internal sealed class TufKey
{
    private readonly VerificationKey? _key;
    private readonly SignatureAlgorithm _algorithm;

    private TufKey(VerificationKey? key, SignatureAlgorithm algorithm)
    {
        _key = key;
        _algorithm = algorithm;
    }

    /// <summary>The key itself, in hexadecimal: two ids for one key must count once. Null for an unsupported key.</summary>
    public string? Material => _key is null ? null : Convert.ToHexStringLower(_key.Spki.Span);

    public static TufKey Read(MetadataJson json)
    {
        var type = json.Member("keytype").Text();
        var scheme = json.Member("scheme").Text();
        var text = json.Member("keyval").RequireObject().Optional("public")
            is { Value.ValueKind: System.Text.Json.JsonValueKind.String } value
            ? value.Text()
            : null;
        SignatureAlgorithm? algorithm = (type, scheme) switch
        {
            ("ecdsa" or "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256") => new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA256),
            ("ecdsa" or "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384") => new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA384),
            ("rsa", "rsassa-pss-sha256") => new(SignatureScheme.RsaPss, HashAlgorithmName.SHA256),
            ("ed25519", "ed25519") => new(SignatureScheme.Ed25519, HashAlgorithmName.SHA512),
            _ => null,
        };
        var spki = text is null || algorithm is null ? null : Spki(text, algorithm.Value.Scheme);
        var key = spki is null ? null : VerificationKey.TryRead(spki, out _);

        // A scheme belongs to one curve: a P-384 key under the P-256 scheme is another thing than what was agreed on.
        if (key is null || (algorithm!.Value.Scheme == SignatureScheme.Ecdsa && key.ProperHash != algorithm.Value.Hash))
        {
            key?.Dispose();
            return new TufKey(null, default);
        }

        return new TufKey(key, algorithm.Value);
    }

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        _key is not null && !signature.IsEmpty && _key.VerifyData(_algorithm, data, signature);

    private static byte[]? Spki(string text, SignatureScheme scheme)
    {
        if (PemEncoding.TryFind(text, out var pem))
        {
            return text[pem.Label] == "PUBLIC KEY" ? Convert.FromBase64String(text[pem.Base64Data]) : null;
        }

        // Ed25519 keys, and the ECDSA keys of early Sigstore roots, are bare hexadecimal points.
        if (text.Length % 2 != 0 || !text.All(char.IsAsciiHexDigit))
        {
            return null;
        }

        var raw = Convert.FromHexString(text);
        return (scheme, raw.Length) switch
        {
            (SignatureScheme.Ed25519, 32) => [.. Convert.FromHexString("302a300506032b6570032100"), .. raw],
            (SignatureScheme.Ecdsa, 65) => [.. Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d030107034200"), .. raw],
            _ => null,
        };
    }
}

using System.Security.Cryptography;
using System.Text;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Bundles;

/// <summary>
/// Reads the forms in which a certificate or public key comes: PEM, with text before it as openssl prints it or without, or base64 of that,
/// on one line as cosign writes it or wrapped.
/// </summary>
internal static class CertificatePem
{
    public const string CertificateLabel = "CERTIFICATE";
    public const string PublicKeyLabel = "PUBLIC KEY";

    /// <summary>The DER of the one PEM block, and its label; null if there is not exactly one block of either kind.</summary>
    public static (string Label, byte[] Der)? TryRead(ReadOnlySpan<byte> file)
    {
        if (file.Length > Limits.PemChars)
        {
            return null;
        }

        var isPem = file.IndexOf("-----BEGIN "u8) >= 0;
        var decoded = isPem ? null : TextFile.DecodeBase64(file, Limits.PemChars);
        return isPem ? ReadPem(file)
            : decoded is { Length: > 0 } ? ReadPem(decoded)
            : null;
    }

    private static (string Label, byte[] Der)? ReadPem(ReadOnlySpan<byte> bytes)
    {
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return null;
        }

        // Several blocks could be read in several ways: which of them has signed?
        var text = Encoding.UTF8.GetString(bytes).AsSpan().TrimEnd();
        if (!PemEncoding.TryFind(text, out var fields) || fields.Location.End.Value != text.Length || text.Count("-----BEGIN ") != 1)
        {
            return null;
        }

        var der = new byte[fields.DecodedDataLength];
        return
            text[fields.Label] is CertificateLabel or PublicKeyLabel
            && Convert.TryFromBase64Chars(text[fields.Base64Data], der, out var written)
            ? (text[fields.Label].ToString(), der[..written])
            : null;
    }
}

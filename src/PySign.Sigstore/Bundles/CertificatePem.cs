using System.Security.Cryptography;
using System.Text;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Bundles;

/// <summary>Reads the forms in which cosign writes a certificate or public key: PEM, or base64 of PEM on one line.</summary>
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

        var trimmed = file.Trim(" \r\n\t"u8);
        var pem = trimmed.StartsWith("-----"u8) ? trimmed : ProtoJson.DecodeBase64(trimmed, Limits.PemChars);
        if (pem.IsEmpty || !Ascii.IsValid(pem))
        {
            return null;
        }

        var text = Encoding.ASCII.GetString(pem).AsSpan().Trim();
        if (!PemEncoding.TryFind(text, out var fields) || fields.Location.Start.Value != 0 || fields.Location.End.Value != text.Length)
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

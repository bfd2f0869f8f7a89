using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.CertificateTransparency;

/// <summary>A certificate transparency log's key and its promises (RFC 6962 section 3.2).</summary>
internal sealed class CtLog(TimeProvider time) : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] SubjectPublicKeyInfo => _key.ExportSubjectPublicKeyInfo();

    public byte[] LogId => SHA256.HashData(SubjectPublicKeyInfo);

    public string PublicKeyPem => PemEncoding.WriteString("PUBLIC KEY", SubjectPublicKeyInfo) + "\n";

    /// <summary>
    /// Promises a precertificate: <paramref name="tbsCertificate"/> carries neither the poison nor the SCT list extension.
    /// </summary>
    public SignedCertificateTimestamp SignPrecertificate(byte[] tbsCertificate, byte[] issuerSubjectPublicKeyInfo)
    {
        byte[] entry = [.. SHA256.HashData(issuerSubjectPublicKeyInfo), .. UInt24(tbsCertificate.Length), .. tbsCertificate];
        return Sign(entryType: 1, entry);
    }

    /// <summary>Promises a finished certificate, for an SCT that travels beside it.</summary>
    public SignedCertificateTimestamp SignCertificate(byte[] certificate) =>
        Sign(entryType: 0, [.. UInt24(certificate.Length), .. certificate]);

    public void Dispose() => _key.Dispose();

    private SignedCertificateTimestamp Sign(ushort entryType, byte[] entry)
    {
        var timestamp = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();
        // version 1, certificate_timestamp, time, entry type, entry, no extensions
        byte[] input = [0, 0, .. UInt64(timestamp), .. UInt16(entryType), .. entry, 0, 0];
        return new SignedCertificateTimestamp(
            LogId,
            timestamp,
            _key.SignData(input, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
        );
    }

    private static byte[] UInt24(int value) => [(byte)(value >> 16), (byte)(value >> 8), (byte)value];

    internal static byte[] UInt16(int value) => [(byte)(value >> 8), (byte)value];

    internal static byte[] UInt64(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}

/// <summary>A promise to log a certificate; the timestamp counts milliseconds since 1970.</summary>
internal sealed record SignedCertificateTimestamp(byte[] LogId, ulong Timestamp, byte[] Signature)
{
    // hash sha256 (4), signature ecdsa (3), then the DER signature behind its length
    private byte[] DigitallySigned => [4, 3, .. CtLog.UInt16(Signature.Length), .. Signature];

    /// <summary>A TLS-encoded SignedCertificateTimestampList that holds this one.</summary>
    public byte[] ToList()
    {
        byte[] sct = [0, .. LogId, .. CtLog.UInt64(Timestamp), 0, 0, .. DigitallySigned];
        return [.. CtLog.UInt16(sct.Length + 2), .. CtLog.UInt16(sct.Length), .. sct];
    }

    /// <summary>The add-chain answer of RFC 6962 section 4.1, which Fulcio hands on as a detached SCT.</summary>
    public byte[] ToAddChainResponse() =>
        Encoding.UTF8.GetBytes(
            new JsonObject
            {
                ["sct_version"] = 0,
                ["id"] = Convert.ToBase64String(LogId),
                ["timestamp"] = Timestamp,
                ["extensions"] = "",
                ["signature"] = Convert.ToBase64String(DigitallySigned),
            }.ToJsonString()
        );
}

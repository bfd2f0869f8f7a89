using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Trust;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Verification;

/// <summary>
/// Step 3: a trusted certificate transparency log has promised to publish the certificate (RFC 6962 3.2 and 3.3). What it signed is the
/// certificate without the list of promises, rebuilt here from the certificate's own bytes. Promises of unknown logs are passed over; one
/// of a known log that is wrong is fatal.
/// </summary>
internal static class SctStep
{
    private const byte Version1 = 0;
    private const byte CertificateTimestamp = 0;
    private const ushort PrecertificateEntry = 1;
    private const byte HashSha256 = 4;
    private const byte SignatureEcdsa = 3;
    private const byte SignatureRsa = 1;

    /// <param name="leaf">The signing certificate.</param>
    /// <param name="issuer">Who issued it.</param>
    /// <param name="root">Whom to believe.</param>
    /// <param name="required">Whether a promise is needed also where the root names no certificate transparency log.</param>
    public static void Run(Certificate leaf, Certificate issuer, TrustedRoot root, bool required = true)
    {
        if (!required && !root.NamesCertificateTransparencyLogs)
        {
            return;
        }

        if (leaf.Find(Oids.SctList) is not { } extension)
        {
            throw Fail(SctMissing, "a signed certificate timestamp in the certificate", "none");
        }

        var verified = false;
        foreach (var sct in Split(extension.Value))
        {
            verified |= Verify(Read(sct), root, leaf, issuer);
        }

        if (!verified)
        {
            throw root.WhyUnusable("ctlogs", [])
                ?? Fail(SctLogUnknown, "a signed certificate timestamp by a log of the trusted root", "none");
        }
    }

    private static bool Verify(in Sct sct, TrustedRoot root, Certificate leaf, Certificate issuer)
    {
        VerificationException? refusal = null;
        foreach (var log in root.CertificateTransparencyLogs)
        {
            if (!log.LogId.Span.SequenceEqual(sct.LogId.Span))
            {
                continue;
            }

            using var signed = SignedBytes(sct, leaf.Precertificate, issuer);
            if (log.Key is null || !log.Verify(signed.Written, sct.Signature.Span))
            {
                refusal ??= Fail(SctSignatureInvalid, $"a signed certificate timestamp signed by {log.Name}", "an invalid signature");
            }
            else if (!log.Window.Contains(sct.Time))
            {
                refusal ??= Fail(SctOutsideLogWindow, $"a signed certificate timestamp within {log.Window}", $"{sct.Time:u}");
            }
            else
            {
                return true;
            }
        }

        return refusal is null ? false : throw refusal;
    }

    private static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> extensionValue)
    {
        try
        {
            var reader = new DerReader(extensionValue);
            var list = reader.OctetString();
            reader.End();
            List<ReadOnlyMemory<byte>> scts = new(1);
            var rest = Prefixed(ref list);
            if (!list.IsEmpty || rest.IsEmpty)
            {
                throw Malformed();
            }

            while (!rest.IsEmpty)
            {
                if (scts.Count >= Limits.SctCount)
                {
                    throw Malformed();
                }

                scts.Add(Prefixed(ref rest));
            }

            return scts;
        }
        catch (AsnContentException)
        {
            throw Malformed();
        }
    }

    private static Sct Read(ReadOnlyMemory<byte> sct)
    {
        if (sct.Length < 43 || sct.Span[0] != Version1)
        {
            throw Malformed();
        }

        var logId = sct.Slice(1, 32);
        var milliseconds = BinaryPrimitives.ReadUInt64BigEndian(sct.Span[33..]);
        var rest = sct[41..];
        var extensions = Prefixed(ref rest);
        if (
            rest.Length < 2
            || rest.Span[0] != HashSha256
            || rest.Span[1] is not (SignatureEcdsa or SignatureRsa)
            || milliseconds > (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        )
        {
            throw Malformed();
        }

        rest = rest[2..];
        var signature = Prefixed(ref rest);
        return rest.IsEmpty ? new Sct(logId, milliseconds, extensions, signature) : throw Malformed();
    }

    /// <summary>Takes bytes with a two-byte length in front.</summary>
    private static ReadOnlyMemory<byte> Prefixed(ref ReadOnlyMemory<byte> data)
    {
        if (data.Length < 2 || data.Length - 2 < BinaryPrimitives.ReadUInt16BigEndian(data.Span))
        {
            throw Malformed();
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(data.Span);
        var taken = data.Slice(2, length);
        data = data[(2 + length)..];
        return taken;
    }

    /// <summary>The digitally-signed struct of a promise for a precertificate (RFC 6962 3.2).</summary>
    private static ScratchBytes SignedBytes(in Sct sct, ReadOnlySpan<byte> tbs, Certificate issuer)
    {
        Span<byte> issuerKeyHash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(issuer.Spki.Span, issuerKeyHash);
        var signed = new ScratchBytes(1 + 1 + 8 + 2 + 32 + 3 + tbs.Length + 2 + sct.Extensions.Length);
        signed.Append([Version1, CertificateTimestamp]);
        signed.AppendBigEndian(sct.Milliseconds);
        signed.AppendBigEndian(PrecertificateEntry);
        signed.Append(issuerKeyHash);
        signed.Append([(byte)(tbs.Length >> 16)]);
        signed.AppendBigEndian((ushort)tbs.Length);
        signed.Append(tbs);
        signed.AppendBigEndian((ushort)sct.Extensions.Length);
        signed.Append(sct.Extensions.Span);
        return signed;
    }

    private static VerificationException Malformed() =>
        Fail(SctMalformed, "a list of RFC 6962 signed certificate timestamps", "something else");

    private static VerificationException Fail(VerificationFailure reason, string expected, string actual) =>
        new(
            reason,
            VerificationStep.SignedCertificateTimestamp,
            expected,
            actual,
            "The certificate was perhaps issued in secret. Check that the trusted root is the signer's instance and up to date; "
                + "otherwise do not use the artifact."
        );

    private readonly record struct Sct(
        ReadOnlyMemory<byte> LogId,
        ulong Milliseconds,
        ReadOnlyMemory<byte> Extensions,
        ReadOnlyMemory<byte> Signature
    )
    {
        public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds((long)Milliseconds);
    }
}

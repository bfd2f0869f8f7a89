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

        byte[]? precertificate = null;
        var verified = false;
        foreach (var sct in Split(extension.Value))
        {
            verified |= Verify(Read(sct), root, precertificate ??= RebuildPrecertificate(leaf), issuer);
        }

        if (!verified)
        {
            throw root.WhyUnusable("ctlogs", [])
                ?? Fail(SctLogUnknown, "a signed certificate timestamp by a log of the trusted root", "none");
        }
    }

    private static bool Verify(in Sct sct, TrustedRoot root, byte[] tbs, Certificate issuer)
    {
        VerificationException? refusal = null;
        foreach (var log in root.CertificateTransparencyLogs)
        {
            if (!log.LogId.Span.SequenceEqual(sct.LogId.Span))
            {
                continue;
            }

            var signed = SignedBytes(sct, tbs, issuer);
            if (log.Key is null || !log.Verify(signed, sct.Signature.Span))
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
                scts.Add(scts.Count < Limits.SctCount ? Prefixed(ref rest) : throw Malformed());
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

    /// <summary>The TBSCertificate without the list of promises, every other byte kept (RFC 6962 3.2).</summary>
    private static byte[] RebuildPrecertificate(Certificate leaf)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER, leaf.Tbs.Length);
        using (writer.PushSequence())
        {
            var before = new DerReader(leaf.TbsBeforeExtensions);
            while (before.HasData)
            {
                writer.WriteEncodedValue(before.Encoded().Span);
            }

            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3, isConstructed: true)))
            using (writer.PushSequence())
            {
                foreach (var extension in leaf.Extensions)
                {
                    if (!extension.Oid.Span.SequenceEqual(Oids.SctList))
                    {
                        writer.WriteEncodedValue(extension.Encoded.Span);
                    }
                }
            }
        }

        return writer.Encode();
    }

    private static byte[] SignedBytes(in Sct sct, byte[] tbs, Certificate issuer)
    {
        var bytes = new byte[1 + 1 + 8 + 2 + 32 + 3 + tbs.Length + 2 + sct.Extensions.Length];
        var span = bytes.AsSpan(2);
        BinaryPrimitives.WriteUInt64BigEndian(span, sct.Milliseconds);
        BinaryPrimitives.WriteUInt16BigEndian(span[8..], 1);
        SHA256.HashData(issuer.Spki.Span, span[10..]);
        span[42] = (byte)(tbs.Length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(span[43..], (ushort)tbs.Length);
        tbs.CopyTo(span[45..]);
        BinaryPrimitives.WriteUInt16BigEndian(span[(45 + tbs.Length)..], (ushort)sct.Extensions.Length);
        sct.Extensions.Span.CopyTo(span[(47 + tbs.Length)..]);
        return bytes;
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

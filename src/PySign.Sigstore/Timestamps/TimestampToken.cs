using System.Formats.Asn1;
using System.Security.Cryptography;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Timestamps;

/// <summary>An RFC 3161 timestamp response, read strictly: status granted, CMS SignedData with one signer over one TSTInfo. Nothing in it
/// is verified yet.</summary>
internal sealed class TimestampToken
{
    private TimestampToken() { }

    /// <summary>When the authority says that it saw the data.</summary>
    public required DateTimeOffset GenTime { get; init; }

    public required HashAlgorithmName ImprintHash { get; init; }

    public required ReadOnlyMemory<byte> Imprint { get; init; }

    /// <summary>The nonce's content bytes; empty when the request had none.</summary>
    public required ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>The TSTInfo, whose hash the signer signs.</summary>
    public required ReadOnlyMemory<byte> TstInfo { get; init; }

    /// <summary>Certificates that came along, DER.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; init; }

    public required CmsSigner Signer { get; init; }

    /// <exception cref="VerificationException">It is not a granted, well-formed response.</exception>
    public static TimestampToken Parse(ReadOnlyMemory<byte> response)
    {
        if (response.Length > Limits.TimestampBytes)
        {
            throw TimestampRefusal.Malformed($"at most {Limits.TimestampBytes} bytes", $"{response.Length}");
        }

        try
        {
            return Read(response);
        }
        catch (AsnContentException e)
        {
            throw TimestampRefusal.Malformed("strict DER", e.Message.TrimEnd('.'), e);
        }
    }

    private static TimestampToken Read(ReadOnlyMemory<byte> response)
    {
        // TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL } (RFC 3161 2.4.2)
        var outer = new DerReader(response);
        var resp = outer.Sequence();
        outer.End();
        var status = resp.Sequence();
        if (status.SmallInteger() is var code && code > 1)
        {
            throw TimestampRefusal.Of(VerificationFailure.TimestampNotGranted, "status granted", $"status {code}");
        }

        var contentInfo = resp.Sequence();
        resp.End();
        Expect(ref contentInfo, Oids.SignedData, "SignedData");
        var content = contentInfo.Context(0);
        contentInfo.End();
        var signedData = content.Sequence();
        content.End();
        return ReadSignedData(signedData);
    }

    private static TimestampToken ReadSignedData(DerReader signedData)
    {
        // SignedData (RFC 5652 5.1); version 3 because the content is not plain data.
        if (signedData.SmallInteger() != 3)
        {
            throw new AsnContentException("SignedData version 3 was expected");
        }

        var digests = signedData.Set();
        var encapsulated = signedData.Sequence();
        Expect(ref encapsulated, Oids.TstInfo, "TSTInfo");
        var wrapper = encapsulated.Context(0);
        encapsulated.End();
        var tstInfo = wrapper.OctetString();
        wrapper.End();
        var certificates = signedData.NextIsContext(0) ? ReadCertificates(signedData.Context(0)) : [];
        var signerInfos = signedData.Set();
        signedData.End();
        var signer = CmsSigner.Read(signerInfos.Sequence());
        signerInfos.End();
        var listed = false;
        while (digests.HasData)
        {
            listed |= SignatureAlgorithm.ReadHash(digests.Sequence()) == signer.DigestHash;
        }

        if (!listed)
        {
            throw new AsnContentException("the signer's digest algorithm is not listed");
        }

        return ReadTstInfo(tstInfo, certificates, signer);
    }

    private static List<ReadOnlyMemory<byte>> ReadCertificates(DerReader set)
    {
        List<ReadOnlyMemory<byte>> certificates = [];
        while (set.HasData)
        {
            if (certificates.Count == Limits.ChainCertificates)
            {
                throw new AsnContentException("there are too many certificates");
            }

            certificates.Add(set.Encoded());
        }

        return certificates;
    }

    private static TimestampToken ReadTstInfo(ReadOnlyMemory<byte> encoded, List<ReadOnlyMemory<byte>> certificates, CmsSigner signer)
    {
        // TSTInfo (RFC 3161 2.4.2)
        var outer = new DerReader(encoded);
        var info = outer.Sequence();
        outer.End();
        if (info.SmallInteger() != 1)
        {
            throw new AsnContentException("TSTInfo version 1 was expected");
        }

        info.Oid();
        var (hash, imprint) = ReadImprint(info.Sequence());
        info.IntegerBytes();
        if (!info.NextIs(Asn1Tag.GeneralizedTime))
        {
            throw new AsnContentException("a GeneralizedTime was expected");
        }

        var time = info.Time();
        var nonce = ReadOptional(ref info);

        // Extensions would follow; none is understood, so there must be none.
        info.End();
        return new TimestampToken
        {
            GenTime = time,
            ImprintHash = hash,
            Imprint = imprint,
            Nonce = nonce,
            TstInfo = encoded,
            Certificates = certificates,
            Signer = signer,
        };
    }

    /// <summary>MessageImprint: the hash of what the authority saw.</summary>
    private static (HashAlgorithmName Hash, ReadOnlyMemory<byte> Imprint) ReadImprint(DerReader imprint)
    {
        var hash = SignatureAlgorithm.ReadHash(imprint.Sequence());
        var hashed = imprint.OctetString();
        imprint.End();
        return hashed.Length == Digests.LengthOf(hash)
            ? (hash, hashed)
            : throw new AsnContentException("the imprint's length is not its hash's");
    }

    /// <summary>Accuracy, ordering and tsa, which say nothing here, and the nonce between them.</summary>
    private static ReadOnlyMemory<byte> ReadOptional(ref DerReader info)
    {
        if (info.NextIs(Asn1Tag.Sequence))
        {
            info.Sequence();
        }

        if (info.NextIs(Asn1Tag.Boolean))
        {
            info.Boolean();
        }

        var nonce = info.NextIs(Asn1Tag.Integer) ? info.IntegerBytes() : default;
        if (info.NextIsContext(0))
        {
            info.Context(0);
        }

        return nonce;
    }

    private static void Expect(ref DerReader reader, ReadOnlySpan<byte> oid, string name)
    {
        if (!reader.Oid().Span.SequenceEqual(oid))
        {
            throw new AsnContentException($"{name} was expected");
        }
    }
}

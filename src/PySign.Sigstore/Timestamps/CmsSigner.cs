using System.Formats.Asn1;
using System.Security.Cryptography;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Timestamps;

/// <summary>
/// The one SignerInfo of a timestamp (RFC 5652 5.3): who signed, and the signed attributes content type, message digest and
/// signing certificate, each exactly once with exactly one value.
/// </summary>
internal sealed class CmsSigner
{
    private CmsSigner() { }

    /// <summary>Issuer name of the signer's certificate, encoded; empty when named by key identifier.</summary>
    public ReadOnlyMemory<byte> Issuer { get; private init; }

    public ReadOnlyMemory<byte> SerialNumber { get; private init; }

    /// <summary>Subject key identifier of the signer's certificate; empty when named by issuer and serial number.</summary>
    public ReadOnlyMemory<byte> KeyIdentifier { get; private init; }

    public required HashAlgorithmName DigestHash { get; init; }

    public required SignatureAlgorithm Algorithm { get; init; }

    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>The signed attributes as they are signed: as a SET, not with the tag that they have in the SignerInfo.</summary>
    public required ReadOnlyMemory<byte> SignedAttributes { get; init; }

    /// <summary>The digest of the TSTInfo that is signed.</summary>
    public ReadOnlyMemory<byte> MessageDigest { get; private set; }

    /// <summary>The digest of the certificate that the signer says it is.</summary>
    public ReadOnlyMemory<byte> CertificateHash { get; private set; }

    /// <summary>The hash of <see cref="CertificateHash"/>; SHA-1 (null) in the old form of the attribute.</summary>
    public HashAlgorithmName? CertificateHashAlgorithm { get; private set; }

    /// <exception cref="AsnContentException">It is not such a SignerInfo.</exception>
    public static CmsSigner Read(DerReader info)
    {
        var (issuer, serial, keyIdentifier) = ReadSignerIdentifier(ref info);
        var hash = SignatureAlgorithm.ReadHash(info.Sequence());
        if (!info.NextIsContext(0))
        {
            throw new AsnContentException("signed attributes were expected");
        }

        var attributes = info.Encoded();
        var asSet = attributes.ToArray();
        asSet[0] = 0x31;
        var algorithm = SignatureAlgorithm.Read(info.Encoded(), hash);
        var signature = info.OctetString();
        if (info.NextIsContext(1))
        {
            // Unsigned attributes say nothing that anybody signed.
            info.Context(1);
        }

        info.End();
        var signer = new CmsSigner
        {
            Issuer = issuer,
            SerialNumber = serial,
            KeyIdentifier = keyIdentifier,
            DigestHash = hash,
            Algorithm = algorithm,
            Signature = signature,
            SignedAttributes = asSet,
        };
        signer.ReadAttributes(new DerReader(asSet).SetContent());
        return signer;
    }

    /// <summary>SignerIdentifier, whose form the version in front of it tells.</summary>
    private static (ReadOnlyMemory<byte> Issuer, ReadOnlyMemory<byte> Serial, ReadOnlyMemory<byte> KeyIdentifier) ReadSignerIdentifier(
        ref DerReader info
    )
    {
        switch (info.SmallInteger())
        {
            case 1:
                var name = info.Sequence();
                var issuer = name.Encoded();
                var serial = name.IntegerBytes();
                name.End();
                return (issuer, serial, default);
            case 3:
                return (default, default, info.ContextPrimitive(0));
            default:
                throw new AsnContentException("SignerInfo version 1 or 3 was expected");
        }
    }

    private void ReadAttributes(DerReader attributes)
    {
        int contentTypes = 0,
            digests = 0,
            certificates = 0;
        while (attributes.HasData)
        {
            var attribute = attributes.Sequence();
            var oid = attribute.Oid().Span;
            var values = attribute.Set();
            attribute.End();
            if (oid.SequenceEqual(Oids.ContentType))
            {
                contentTypes++;
                if (!values.Oid().Span.SequenceEqual(Oids.TstInfo))
                {
                    throw new AsnContentException("the signed content type is not TSTInfo");
                }

                values.End();
            }
            else if (oid.SequenceEqual(Oids.MessageDigest))
            {
                digests++;
                MessageDigest = values.OctetString();
                values.End();
            }
            else if (oid.SequenceEqual(Oids.SigningCertificateV2) || oid.SequenceEqual(Oids.SigningCertificate))
            {
                certificates++;
                ReadSigningCertificate(values, oid.SequenceEqual(Oids.SigningCertificateV2));
            }
        }

        if (contentTypes != 1 || digests != 1 || certificates != 1)
        {
            throw new AsnContentException(
                "content type, message digest and signing certificate were expected as signed attributes, each once"
            );
        }
    }

    /// <summary>SigningCertificateV2 (RFC 5035 3) and SigningCertificate (RFC 2634 5.4); the first certificate named is the
    /// signer's.</summary>
    private void ReadSigningCertificate(DerReader values, bool second)
    {
        var signing = values.Sequence();
        values.End();
        var ids = signing.Sequence();
        var id = ids.Sequence();
        CertificateHashAlgorithm =
            !second ? null
            : id.NextIs(Asn1Tag.Sequence) ? SignatureAlgorithm.ReadHash(id.Sequence())
            : HashAlgorithmName.SHA256;
        CertificateHash = id.OctetString();
    }
}

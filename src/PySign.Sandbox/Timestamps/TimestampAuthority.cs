using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using PySign.Sandbox.Fulcio;

namespace PySign.Sandbox.Timestamps;

/// <summary>An RFC 3161 timestamp authority: a root, a leaf with a critical timeStamping usage, and the tokens it signs.</summary>
internal sealed class TimestampAuthority : IDisposable
{
    /// <summary>The policy of Sigstore's authority.</summary>
    public const string Policy = "1.3.6.1.4.1.57264.2";

    private static readonly Oid _tstInfo = new("1.2.840.113549.1.9.16.1.4");
    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa _leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _signer;
    private readonly TimeProvider _time;

    public TimestampAuthority(TimeProvider time, DateTimeOffset validFrom, DateTimeOffset validUntil)
    {
        _time = time;
        var root = new CertificateRequest("O=sandbox.localhost, CN=sandbox tsa root", _rootKey, HashAlgorithmName.SHA384);
        root.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        root.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(root.PublicKey, false));
        Root = root.CreateSelfSigned(validFrom, validUntil);

        var leaf = new CertificateRequest("O=sandbox.localhost, CN=sandbox tsa", _leafKey, HashAlgorithmName.SHA384);
        leaf.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        leaf.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.8")], critical: true));
        leaf.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(leaf.PublicKey, false));
        leaf.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Root, true, false));
        Leaf = leaf.Create(
            Root.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_rootKey),
            validFrom,
            validUntil,
            CertificateAuthority.NewSerial()
        );
        _signer = Leaf.CopyWithPrivateKey(_leafKey);
    }

    public X509Certificate2 Root { get; }

    public X509Certificate2 Leaf { get; }

    public string ChainPem => CertificateAuthority.Pem(Leaf) + CertificateAuthority.Pem(Root);

    /// <summary>A TimeStampResp (DER) without a token: status rejection (2), failure systemFailure (bit 25).</summary>
    public static byte[] Reject()
    {
        var response = new AsnWriter(AsnEncodingRules.DER);
        using (response.PushSequence())
        using (response.PushSequence())
        {
            response.WriteInteger(2);
            response.WriteBitString([0, 0, 0, 0x40], unusedBitCount: 6);
        }

        return response.Encode();
    }

    /// <summary>A TimeStampResp (DER) that grants a token for the hash and echoes the nonce (two's complement, big endian).</summary>
    public byte[] Grant(string hashOid, byte[] hash, byte[]? nonce, bool includeCertificate, TimeSpan ahead = default)
    {
        var cms = new SignedCms(new ContentInfo(_tstInfo, Info(hashOid, hash, nonce, _time.GetUtcNow() + ahead)));
        var cmsSigner = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, _signer)
        {
            DigestAlgorithm = new Oid("2.16.840.1.101.3.4.2.1"),
            IncludeOption = includeCertificate ? X509IncludeOption.EndCertOnly : X509IncludeOption.None,
        };
        cmsSigner.SignedAttributes.Add(new AsnEncodedData("1.2.840.113549.1.9.16.2.47", SigningCertificateV2()));
        cms.ComputeSignature(cmsSigner);

        var response = new AsnWriter(AsnEncodingRules.DER);
        using (response.PushSequence())
        {
            using (response.PushSequence())
            {
                response.WriteInteger(0);
            }

            response.WriteEncodedValue(cms.Encode());
        }

        return response.Encode();
    }

    public void Dispose()
    {
        _signer.Dispose();
        Leaf.Dispose();
        Root.Dispose();
        _rootKey.Dispose();
        _leafKey.Dispose();
    }

    // RFC 3161 section 2.4.2
    private static byte[] Info(string hashOid, byte[] hash, byte[]? nonce, DateTimeOffset now)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteObjectIdentifier(Policy);
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(hashOid);
                    writer.WriteNull();
                }

                writer.WriteOctetString(hash);
            }

            writer.WriteInteger(new BigInteger(CertificateAuthority.NewSerial(), isBigEndian: true));
            writer.WriteGeneralizedTime(now, omitFractionalSeconds: true);
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
            }

            if (nonce is not null)
            {
                writer.WriteInteger(new BigInteger(nonce, isBigEndian: true));
            }
        }

        return writer.Encode();
    }

    // RFC 5035: the default hash is SHA-256, so only the hash is written.
    private byte[] SigningCertificateV2()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteOctetString(SHA256.HashData(Leaf.RawData));
        }

        return writer.Encode();
    }
}

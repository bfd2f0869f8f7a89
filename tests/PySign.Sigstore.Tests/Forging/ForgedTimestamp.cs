using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PySign.Sigstore.Tests.Forging;

/// <summary>A timestamp authority that makes whatever timestamp it is told to.</summary>
internal sealed class ForgedTimestamp
{
    private const string Sha256Oid = "2.16.840.1.101.3.4.2.1";

    private X509Certificate2? _issued;
    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ECDsa? SignedBy { get; set; }

    public DateTimeOffset GenTime { get; set; } = Forge.Now.AddSeconds(1);

    public X509Extension ExtendedKeyUsage { get; set; } = Forge.Usage(true, "1.3.6.1.5.5.7.3.8");

    public List<X509Extension> MoreExtensions { get; } = [];

    public X509KeyUsageFlags? KeyUsage { get; set; } = X509KeyUsageFlags.DigitalSignature;

    public DateTimeOffset RootNotAfter { get; set; } = Forge.Now.AddYears(2);

    public HashAlgorithmName ImprintHash { get; set; } = HashAlgorithmName.SHA256;

    /// <summary>The hash that the signing certificate is named by: SHA-1 in the old attribute (RFC 2634), any other in the new one (RFC
    /// 5035), where SHA-256 is not written.</summary>
    public HashAlgorithmName CertificateHash { get; set; } = HashAlgorithmName.SHA256;

    public DateTimeOffset NotBefore { get; set; } = Forge.Now.AddDays(-1);

    public DateTimeOffset NotAfter { get; set; } = Forge.Now.AddDays(1);

    public int Status { get; set; }

    public byte[]? ImprintOf { get; set; }

    public string ContentType { get; set; } = "1.2.840.113549.1.9.16.1.4";

    public bool WrongMessageDigest { get; set; }

    public bool WrongCertificateHash { get; set; }

    public bool WithoutSigningCertificate { get; set; }

    public bool WithoutSignedAttributes { get; set; }

    public bool TwoSigners { get; set; }

    public byte[]? Embedded { get; set; }

    public bool EmbedOwn { get; set; }

    public byte[] Trailing { get; set; } = [];

    public X509Certificate2 Root
    {
        get
        {
            var request = new CertificateRequest("CN=tsa root", _rootKey, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
            return request.Create(
                request.SubjectName,
                X509SignatureGenerator.CreateForECDsa(_rootKey),
                Forge.Now.AddYears(-2),
                RootNotAfter,
                [1]
            );
        }
    }

    /// <summary>Issued once: ECDSA signs differently each time, and trusted root and token must name the same certificate.</summary>
    public X509Certificate2 Certificate => _issued ??= Issue();

    private X509Certificate2 Issue()
    {
        var request = new CertificateRequest("CN=tsa", Key, HashAlgorithmName.SHA256);
        if (KeyUsage is { } usage)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        }

        request.CertificateExtensions.Add(ExtendedKeyUsage);
        MoreExtensions.ForEach(request.CertificateExtensions.Add);
        return request.Create(Root.SubjectName, X509SignatureGenerator.CreateForECDsa(_rootKey), NotBefore, NotAfter, [7]);
    }

    public byte[] Response(byte[] signature)
    {
        var tstInfo = TstInfo(ImprintOf ?? signature);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteInteger(Status);
            }

            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.7.2");
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    WriteSignedData(writer, tstInfo);
                }
            }
        }

        return [.. writer.Encode(), .. Trailing];
    }

    private void WriteSignedData(AsnWriter writer, byte[] tstInfo)
    {
        using var sequence = writer.PushSequence();
        writer.WriteInteger(3);
        using (writer.PushSetOf())
        {
            WriteHash(writer);
        }

        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier("1.2.840.113549.1.9.16.1.4");
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                writer.WriteOctetString(tstInfo);
            }
        }

        if (Embedded is not null || EmbedOwn)
        {
            using (writer.PushSetOf(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                writer.WriteEncodedValue(Embedded ?? Certificate.RawData);
            }
        }

        using (writer.PushSetOf())
        {
            WriteSigner(writer, tstInfo);
            if (TwoSigners)
            {
                WriteSigner(writer, tstInfo);
            }
        }
    }

    private void WriteSigner(AsnWriter writer, byte[] tstInfo)
    {
        using var sequence = writer.PushSequence();
        writer.WriteInteger(1);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(Root.SubjectName.RawData);
            writer.WriteInteger(7);
        }

        WriteHash(writer);
        var attributes = Attributes(tstInfo);
        if (!WithoutSignedAttributes)
        {
            byte[] implicitTag = [0xA0, .. attributes[1..]];
            writer.WriteEncodedValue(implicitTag);
        }

        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier("1.2.840.10045.4.3.2");
        }

        writer.WriteOctetString(
            (SignedBy ?? Key).SignData(
                WithoutSignedAttributes ? tstInfo : attributes,
                HashAlgorithmName.SHA256,
                DSASignatureFormat.Rfc3279DerSequence
            )
        );
    }

    private byte[] Attributes(byte[] tstInfo)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSetOf())
        {
            Attribute(writer, "1.2.840.113549.1.9.3", w => w.WriteObjectIdentifier(ContentType));
            Attribute(writer, "1.2.840.113549.1.9.4", w => w.WriteOctetString(SHA256.HashData(WrongMessageDigest ? [1] : tstInfo)));
            if (!WithoutSigningCertificate)
            {
                Attribute(
                    writer,
                    CertificateHash == HashAlgorithmName.SHA1 ? "1.2.840.113549.1.9.16.2.12" : "1.2.840.113549.1.9.16.2.47",
                    WriteSigningCertificate
                );
            }
        }

        return writer.Encode();
    }

    private void WriteSigningCertificate(AsnWriter writer)
    {
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            if (CertificateHash != HashAlgorithmName.SHA1 && CertificateHash != HashAlgorithmName.SHA256)
            {
                WriteHash(writer, CertificateHash);
            }

            writer.WriteOctetString(CryptographicOperations.HashData(CertificateHash, WrongCertificateHash ? [1] : Certificate.RawData));
        }
    }

    private static void Attribute(AsnWriter writer, string oid, Action<AsnWriter> value)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            using (writer.PushSetOf())
            {
                value(writer);
            }
        }
    }

    private byte[] TstInfo(byte[] data)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteObjectIdentifier("1.3.6.1.4.1.57264.2");
            using (writer.PushSequence())
            {
                WriteHash(writer, ImprintHash);
                writer.WriteOctetString(CryptographicOperations.HashData(ImprintHash, data));
            }

            writer.WriteInteger(42);
            writer.WriteGeneralizedTime(GenTime, omitFractionalSeconds: GenTime.Millisecond == 0);
        }

        return writer.Encode();
    }

    private static void WriteHash(AsnWriter writer, HashAlgorithmName? hash = null)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(
                hash?.Name switch
                {
                    "SHA384" => "2.16.840.1.101.3.4.2.2",
                    "SHA512" => "2.16.840.1.101.3.4.2.3",
                    _ => Sha256Oid,
                }
            );
        }
    }
}

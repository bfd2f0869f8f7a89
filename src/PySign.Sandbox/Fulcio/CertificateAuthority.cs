using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PySign.Sandbox.CertificateTransparency;

namespace PySign.Sandbox.Fulcio;

/// <summary>How the promise of the transparency log travels, or how it is spoilt.</summary>
internal enum SctDelivery
{
    Embedded,
    Detached,
    Missing,
    WrongKey,
}

/// <summary>A chain, leaf first, and the add-chain answer when the promise is not embedded.</summary>
internal sealed record IssuedCertificate(string[] ChainPem, byte[]? DetachedSct);

/// <summary>Root and intermediate (P-384) that issue code-signing certificates for ten minutes.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(10);
    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa _intermediateKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa _retiredRootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa _retiredKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly CtLog _log;
    private readonly TimeProvider _time;

    public CertificateAuthority(CtLog log, TimeProvider time, DateTimeOffset validFrom)
    {
        _log = log;
        _time = time;
        Root = CreateRoot(_rootKey, validFrom, validFrom.AddYears(10));
        Intermediate = CreateIntermediate(_intermediateKey, Root, _rootKey, validFrom, validFrom.AddYears(10));
        RetiredRoot = CreateRoot(_retiredRootKey, validFrom.AddYears(-2), validFrom);
        RetiredIntermediate = CreateIntermediate(_retiredKey, RetiredRoot, _retiredRootKey, validFrom.AddYears(-2), validFrom);
    }

    public X509Certificate2 Root { get; }

    public X509Certificate2 Intermediate { get; }

    /// <summary>The authority before the present one: still in the trusted root, for what it issued in its time.</summary>
    public X509Certificate2 RetiredRoot { get; }

    public X509Certificate2 RetiredIntermediate { get; }

    /// <summary>Intermediate, then root.</summary>
    public string ChainPem => Pem(Intermediate) + Pem(Root);

    public IssuedCertificate Issue(
        PublicKey key,
        IReadOnlyList<X509Extension> identity,
        SctDelivery delivery,
        bool retired = false,
        TimeSpan ahead = default
    )
    {
        var issuer = retired ? RetiredIntermediate : Intermediate;
        var request = new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.3")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(key, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        foreach (var extension in identity)
        {
            request.CertificateExtensions.Add(extension);
        }

        var start = _time.GetUtcNow() + ahead;
        var serial = NewSerial();
        var bare = Create(request, start, serial, retired);
        if (delivery is SctDelivery.Detached or SctDelivery.Missing)
        {
            var promise = delivery is SctDelivery.Detached ? _log.SignCertificate(bare).ToAddChainResponse() : null;
            return new IssuedCertificate(Chain(bare, retired), promise);
        }

        using var foreign = delivery is SctDelivery.WrongKey ? new CtLog(_time) : null;
        var sct = (foreign ?? _log).SignPrecertificate(TbsCertificate(bare), issuer.PublicKey.ExportSubjectPublicKeyInfo());
        var list = new AsnWriter(AsnEncodingRules.DER);
        list.WriteOctetString(sct.ToList());
        request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.11129.2.4.2", list.Encode(), critical: false));
        return new IssuedCertificate(Chain(Create(request, start, serial, retired), retired), null);
    }

    public void Dispose()
    {
        Root.Dispose();
        Intermediate.Dispose();
        RetiredRoot.Dispose();
        RetiredIntermediate.Dispose();
        _rootKey.Dispose();
        _intermediateKey.Dispose();
        _retiredRootKey.Dispose();
        _retiredKey.Dispose();
    }

    public static string Pem(X509Certificate2 certificate) => certificate.ExportCertificatePem() + "\n";

    /// <summary>160 random bits, positive, never with a leading zero.</summary>
    public static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(20);
        serial[0] = (byte)(serial[0] & 0x7F | 0x40);
        return serial;
    }

    private byte[] Create(CertificateRequest request, DateTimeOffset start, byte[] serial, bool retired)
    {
        using var certificate = request.Create(
            Intermediate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(retired ? _retiredKey : _intermediateKey),
            start,
            start + _lifetime,
            serial
        );
        return certificate.RawData;
    }

    private string[] Chain(byte[] leaf, bool retired) =>
        [
            PemEncoding.WriteString("CERTIFICATE", leaf) + "\n",
            Pem(retired ? RetiredIntermediate : Intermediate),
            Pem(retired ? RetiredRoot : Root),
        ];

    private static X509Certificate2 CreateRoot(ECDsa key, DateTimeOffset validFrom, DateTimeOffset validUntil)
    {
        var request = new CertificateRequest("O=sandbox.localhost, CN=sandbox fulcio root", key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 1, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(validFrom, validUntil);
    }

    private static X509Certificate2 CreateIntermediate(
        ECDsa key,
        X509Certificate2 root,
        ECDsa rootKey,
        DateTimeOffset validFrom,
        DateTimeOffset validUntil
    )
    {
        var request = new CertificateRequest("O=sandbox.localhost, CN=sandbox fulcio intermediate", key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.3")], critical: false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, true, false));
        return request.Create(root.SubjectName, X509SignatureGenerator.CreateForECDsa(rootKey), validFrom, validUntil, NewSerial());
    }

    private static byte[] TbsCertificate(byte[] certificate) =>
        new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence().ReadEncodedValue().ToArray();
}

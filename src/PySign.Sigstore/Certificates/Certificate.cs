using System.Formats.Asn1;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Certificates;

/// <summary>One extension of a certificate.</summary>
internal readonly record struct CertificateExtension(
    ReadOnlyMemory<byte> Oid,
    bool Critical,
    ReadOnlyMemory<byte> Value,
    ReadOnlyMemory<byte> Encoded
);

/// <summary>An X.509 v3 certificate read strictly (RFC 5280 4.1), as slices of its own DER.</summary>
internal sealed class Certificate
{
    public const int DigitalSignatureUsage = 1 << 0;
    public const int KeyCertSignUsage = 1 << 5;

    private VerificationKey? _key;
    private CertificateIdentity? _identity;
    private byte[]? _precertificate;

    private Certificate() { }

    public required ReadOnlyMemory<byte> Der { get; init; }

    public required ReadOnlyMemory<byte> Tbs { get; init; }

    /// <summary>The fields of the TBS in front of the extensions.</summary>
    public required ReadOnlyMemory<byte> TbsBeforeExtensions { get; init; }

    public required SignatureAlgorithm Algorithm { get; init; }

    public required ReadOnlyMemory<byte> Signature { get; init; }

    public required ReadOnlyMemory<byte> SerialNumber { get; init; }

    /// <summary>The issuer's name, encoded; names are compared byte by byte, as Sigstore's authorities write them.</summary>
    public required ReadOnlyMemory<byte> Issuer { get; init; }

    public required ReadOnlyMemory<byte> Subject { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public required ReadOnlyMemory<byte> Spki { get; init; }

    public required CertificateExtension[] Extensions { get; init; }

    public required CertificateConstraints Constraints { get; init; }

    public bool IsSelfIssued => Issuer.Span.SequenceEqual(Subject.Span);

    /// <summary>The key, read at first use.</summary>
    /// <exception cref="VerificationException">The key is of a kind that is not supported.</exception>
    public VerificationKey Key =>
        _key ??=
            VerificationKey.TryRead(Spki, out var problem)
            ?? throw Refusal.Certificate(
                VerificationFailure.KeyUnsupported,
                "a certificate for a P-256, P-384, P-521, RSA (2048 to 4096 bits) or Ed25519 key",
                problem
            );

    /// <summary>Whom it was issued to, read at first use.</summary>
    /// <exception cref="VerificationException">It names nobody, several, or in a form that is not known.</exception>
    public CertificateIdentity Identity => _identity ??= CertificateIdentity.Read(this);

    /// <summary>The TBSCertificate without the list of promises, every other byte kept (RFC 6962 3.2); rebuilt at first use.</summary>
    public ReadOnlySpan<byte> Precertificate => _precertificate ??= RebuildPrecertificate();

    public bool IsValidAt(DateTimeOffset time) => NotBefore <= time && time <= NotAfter;

    public bool IsSignedBy(Certificate issuer) => issuer.Key.VerifyData(Algorithm, Tbs.Span, Signature.Span);

    public CertificateExtension? Find(ReadOnlySpan<byte> oid)
    {
        foreach (ref readonly var extension in Extensions.AsSpan())
        {
            if (extension.Oid.Span.SequenceEqual(oid))
            {
                return extension;
            }
        }

        return null;
    }

    /// <summary>Reads DER.</summary>
    /// <exception cref="VerificationException">It is not a strict X.509 v3 certificate.</exception>
    public static Certificate Parse(ReadOnlyMemory<byte> der)
    {
        if (der.Length > Limits.CertificateBytes)
        {
            throw Refusal.Certificate(
                VerificationFailure.CertificateMalformed,
                $"a certificate of at most {Limits.CertificateBytes} bytes",
                $"{der.Length} bytes"
            );
        }

        try
        {
            return Read(der);
        }
        catch (AsnContentException e)
        {
            throw Refusal.Certificate(
                VerificationFailure.CertificateMalformed,
                "a strict DER X.509 v3 certificate",
                e.Message.TrimEnd('.'),
                e
            );
        }
    }

    private static void RequireVersion3(DerReader version)
    {
        if (version.SmallInteger() != 2)
        {
            throw new AsnContentException("version 3 was expected");
        }

        version.End();
    }

    private static Certificate Read(ReadOnlyMemory<byte> der)
    {
        var outer = new DerReader(der);
        var certificate = outer.Sequence();
        outer.End();
        var tbsEncoded = certificate.Encoded();
        var algorithmEncoded = certificate.Encoded();
        var signature = certificate.BitString();
        certificate.End();
        return ReadTbs(der, tbsEncoded, algorithmEncoded, signature);
    }

    /// <summary>TBSCertificate (RFC 5280 4.1), version 3, without the unique identifiers that nobody uses.</summary>
    private static Certificate ReadTbs(
        ReadOnlyMemory<byte> der,
        ReadOnlyMemory<byte> tbsEncoded,
        ReadOnlyMemory<byte> algorithmEncoded,
        ReadOnlyMemory<byte> signature
    )
    {
        var tbsOuter = new DerReader(tbsEncoded);
        var tbs = tbsOuter.Sequence();
        var content = tbs.Rest;
        RequireVersion3(tbs.Context(0));
        var serial = tbs.IntegerBytes();
        if (!tbs.Encoded().Span.SequenceEqual(algorithmEncoded.Span))
        {
            throw new AsnContentException("the signed and the outer signature algorithm differ");
        }

        var issuer = Name(ref tbs);
        var validity = tbs.Sequence();
        var notBefore = validity.Time();
        var notAfter = validity.Time();
        validity.End();
        var subject = Name(ref tbs);
        var spki = tbs.Encoded();
        var before = content[..(content.Length - tbs.Rest.Length)];
        var wrapper = tbs.Context(3);
        tbs.End();
        var extensions = ReadExtensions(wrapper);
        return new Certificate
        {
            Der = der,
            Tbs = tbsEncoded,
            TbsBeforeExtensions = before,
            Algorithm = SignatureAlgorithm.Read(algorithmEncoded),
            Signature = signature,
            SerialNumber = serial,
            Issuer = issuer,
            Subject = subject,
            NotBefore = notBefore,
            NotAfter = notAfter,
            Spki = spki,
            Extensions = extensions,
            Constraints = CertificateConstraints.Read(extensions),
        };
    }

    private static ReadOnlyMemory<byte> Name(ref DerReader reader)
    {
        var encoded = reader.Encoded();
        var check = new DerReader(encoded);
        check.Sequence();
        return encoded;
    }

    private static CertificateExtension[] ReadExtensions(DerReader wrapper)
    {
        var list = wrapper.Sequence();
        wrapper.End();
        var extensions = new CertificateExtension[CountUpTo(Limits.CertificateExtensions, list)];
        for (var i = 0; i < extensions.Length; i++)
        {
            extensions[i] = ReadExtension(list.Encoded());
            foreach (ref readonly var other in extensions.AsSpan(0, i))
            {
                if (other.Oid.Span.SequenceEqual(extensions[i].Oid.Span))
                {
                    throw new AsnContentException($"the extension {Oids.Dotted(other.Oid.Span)} appears twice");
                }
            }
        }

        return extensions;
    }

    private static int CountUpTo(int most, DerReader list)
    {
        var count = 0;
        while (list.HasData)
        {
            list.Encoded();
            count++;
            if (count > most)
            {
                throw new AsnContentException("there are too many extensions");
            }
        }

        return count;
    }

    private static CertificateExtension ReadExtension(ReadOnlyMemory<byte> encoded)
    {
        var outer = new DerReader(encoded);
        var extension = outer.Sequence();
        var oid = extension.Oid();
        var critical = extension.NextIs(Asn1Tag.Boolean) && extension.Boolean();
        var value = extension.OctetString();
        extension.End();
        return new CertificateExtension(oid, critical, value, encoded);
    }

    private byte[] RebuildPrecertificate()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER, Tbs.Length);
        using (writer.PushSequence())
        {
            var before = new DerReader(TbsBeforeExtensions);
            while (before.HasData)
            {
                writer.WriteEncodedValue(before.Encoded().Span);
            }

            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3)))
            using (writer.PushSequence())
            {
                WriteExtensionsButPromises(writer);
            }
        }

        return writer.Encode();
    }

    private void WriteExtensionsButPromises(AsnWriter writer)
    {
        foreach (ref readonly var extension in Extensions.AsSpan())
        {
            if (!extension.Oid.Span.SequenceEqual(Oids.SctList))
            {
                writer.WriteEncodedValue(extension.Encoded.Span);
            }
        }
    }
}

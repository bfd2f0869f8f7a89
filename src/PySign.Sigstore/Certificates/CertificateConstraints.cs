using System.Formats.Asn1;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Certificates;

/// <summary>What a certificate may be used for: the extensions that path validation decides by (RFC 5280 4.2.1.3, .9, .12).</summary>
internal sealed class CertificateConstraints
{
    private CertificateConstraints() { }

    /// <summary>Whether basicConstraints says that this is an authority.</summary>
    public bool IsAuthority { get; private set; }

    /// <summary>How many further authorities may follow; null when not limited.</summary>
    public int? PathLength { get; private set; }

    /// <summary>The key usage bits, bit 0 lowest; null without the extension.</summary>
    public int? KeyUsage { get; private set; }

    /// <summary>The extended key usages; null without the extension.</summary>
    public ReadOnlyMemory<byte>[]? ExtendedKeyUsages { get; private set; }

    public bool ExtendedKeyUsageIsCritical { get; private set; }

    /// <summary>The key's identifier; empty without the extension.</summary>
    public ReadOnlyMemory<byte> SubjectKeyIdentifier { get; private set; }

    /// <summary>A critical extension that is not understood here; empty if there is none.</summary>
    public ReadOnlyMemory<byte> UnknownCritical { get; private set; }

    public bool Allows(int keyUsageBit) => KeyUsage is { } usage && (usage & keyUsageBit) != 0;

    public bool Lists(ReadOnlySpan<byte> extendedKeyUsage)
    {
        foreach (var usage in ExtendedKeyUsages ?? [])
        {
            if (usage.Span.SequenceEqual(extendedKeyUsage))
            {
                return true;
            }
        }

        return false;
    }

    public static CertificateConstraints Read(CertificateExtension[] extensions)
    {
        var constraints = new CertificateConstraints();
        foreach (var extension in extensions)
        {
            var oid = extension.Oid.Span;
            var reader = new DerReader(extension.Value);
            if (oid.SequenceEqual(Oids.BasicConstraints))
            {
                var basic = reader.Sequence();
                reader.End();
                var authority = basic.NextIs(Asn1Tag.Boolean) && basic.Boolean();
                int? length = basic.HasData ? basic.SmallInteger() : null;
                basic.End();
                constraints.IsAuthority = authority;
                constraints.PathLength = length;
            }
            else if (oid.SequenceEqual(Oids.KeyUsage))
            {
                constraints.KeyUsage = reader.NamedBits();
                reader.End();
            }
            else if (oid.SequenceEqual(Oids.ExtendedKeyUsage))
            {
                constraints.ExtendedKeyUsages = ReadUsages(reader);
                constraints.ExtendedKeyUsageIsCritical = extension.Critical;
            }
            else if (oid.SequenceEqual(Oids.SubjectKeyIdentifier) && !extension.Critical)
            {
                constraints.SubjectKeyIdentifier = reader.OctetString();
                reader.End();
            }
            else if (extension.Critical && !oid.SequenceEqual(Oids.SubjectAltName))
            {
                constraints.UnknownCritical = extension.Oid;
            }
        }

        return constraints;
    }

    private static ReadOnlyMemory<byte>[] ReadUsages(DerReader reader)
    {
        var sequence = reader.Sequence();
        reader.End();
        List<ReadOnlyMemory<byte>> usages = new(2);
        while (sequence.HasData)
        {
            usages.Add(sequence.Oid());
        }

        return usages.Count > 0 ? [.. usages] : throw new AsnContentException("an extended key usage extension names none");
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PySign.Sigstore.Tests.Forging;

/// <summary>A DSSE payload and its type.</summary>
internal sealed record DsseText(string Payload, string Type = "application/vnd.in-toto+json");

/// <summary>An authority between the trusted one and the leaf, with whatever it is told to have.</summary>
internal sealed class ForgedIntermediate
{
    public X500DistinguishedName Name { get; } = new("CN=between");

    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The key that the leaf is signed with; a right leaf is signed with its issuer's.</summary>
    public ECDsa Signs { get; set; }

    public ECDsa? SignedBy { get; set; }

    public DateTimeOffset NotBefore { get; set; } = Forge.Now.AddDays(-1);

    public DateTimeOffset NotAfter { get; set; } = Forge.Now.AddDays(1);

    public List<X509Extension> Extensions { get; } =
    [new X509BasicConstraintsExtension(true, false, 0, true), new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true)];

    public ForgedIntermediate() => Signs = Key;
}

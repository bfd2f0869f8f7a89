using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Trust;

/// <summary>A key of the TUF repository, in the form of the public instance's: ECDSA P-256 as PEM.</summary>
internal sealed class TufSigningKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TufSigningKey()
    {
        Public = new JsonObject
        {
            ["keytype"] = "ecdsa",
            ["scheme"] = "ecdsa-sha2-nistp256",
            ["keyval"] = new JsonObject { ["public"] = _key.ExportSubjectPublicKeyInfoPem() },
        };
        Id = Convert.ToHexStringLower(SHA256.HashData(TufJson.Canonical(Public)));
    }

    /// <summary>The hash of the public form: a name by the specification, but older clients compute it.</summary>
    public string Id { get; }

    public JsonObject Public { get; }

    public JsonObject Sign(byte[] canonical) =>
        new()
        {
            ["keyid"] = Id,
            ["sig"] = Convert.ToHexStringLower(_key.SignData(canonical, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
        };

    public void Dispose() => _key.Dispose();
}

using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>A key pair of a simulated repository, with the id and the public form that its metadata shows.</summary>
internal sealed record TestKey(string Id, JsonObject Public, Func<byte[], byte[]> Sign)
{
    private static int _count;

    public static TestKey Ecdsa(string? id = null, string keyType = "ecdsa", ECCurve? curve = null)
    {
        var key = ECDsa.Create(curve ?? ECCurve.NamedCurves.nistP256);
        var bits = key.KeySize;
        return new TestKey(
            id ?? NewId(),
            Form(keyType, $"ecdsa-sha2-nistp{bits}", key.ExportSubjectPublicKeyInfoPem()),
            data =>
                key.SignData(data, bits == 256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence)
        );
    }

    public static TestKey Rsa()
    {
        var key = RSA.Create(2048);
        return new TestKey(
            NewId(),
            Form("rsa", "rsassa-pss-sha256", key.ExportSubjectPublicKeyInfoPem()),
            data => key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
        );
    }

    public static TestKey Ed25519(string? id = null)
    {
        var signer = new Ed25519Signer(RandomNumberGenerator.GetBytes(32));
        return new TestKey(id ?? NewId(), Form("ed25519", "ed25519", Convert.ToHexStringLower(signer.PublicKey)), signer.Sign);
    }

    /// <summary>The same key under another id.</summary>
    public TestKey Renamed(string id) => this with { Id = id, Public = (JsonObject)Public.DeepClone() };

    private static JsonObject Form(string type, string scheme, string text) =>
        new()
        {
            ["keytype"] = type,
            ["scheme"] = scheme,
            ["keyval"] = new JsonObject { ["public"] = text },
        };

    // Ids are names; nothing may depend on how they come about.
    private static string NewId() => $"key-{Interlocked.Increment(ref _count)}";
}

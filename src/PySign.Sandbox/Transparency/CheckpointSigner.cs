using System.Security.Cryptography;
using System.Text;

namespace PySign.Sandbox.Transparency;

/// <summary>A log's note key (C2SP signed-note): its name, its key id and its signatures.</summary>
internal abstract class CheckpointSigner(string name) : IDisposable
{
    /// <summary>The name on the note's signature line: the log's host without port.</summary>
    public string Name { get; } = name;

    /// <summary>SHA-256 that identifies the log; its first four bytes are the note's key hint.</summary>
    public abstract byte[] KeyId { get; }

    public abstract byte[] SubjectPublicKeyInfo { get; }

    /// <summary>The key's name in a trusted root (protobuf-specs PublicKeyDetails).</summary>
    public abstract string KeyDetails { get; }

    public string PublicKeyPem => PemEncoding.WriteString("PUBLIC KEY", SubjectPublicKeyInfo) + "\n";

    public abstract byte[] Sign(byte[] message);

    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>A whole signed note: text, blank line, one signature line.</summary>
    public string Checkpoint(string origin, long size, byte[] root)
    {
        var text = FormattableString.Invariant($"{origin}\n{size}\n{Convert.ToBase64String(root)}\n");
        byte[] signature = [.. KeyId.AsSpan(0, 4), .. Sign(Encoding.UTF8.GetBytes(text))];
        return $"{text}\n\u2014 {Name} {Convert.ToBase64String(signature)}\n";
    }
}

internal sealed class EcdsaCheckpointSigner(string name) : CheckpointSigner(name)
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public override byte[] KeyId => SHA256.HashData(SubjectPublicKeyInfo);

    public override byte[] SubjectPublicKeyInfo => _key.ExportSubjectPublicKeyInfo();

    public override string KeyDetails => "PKIX_ECDSA_P256_SHA_256";

    public override byte[] Sign(byte[] message) => _key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    public override void Dispose()
    {
        _key.Dispose();
        base.Dispose();
    }
}

internal sealed class RsaCheckpointSigner(string name) : CheckpointSigner(name)
{
    private readonly RSA _key = RSA.Create(2048);

    public override byte[] KeyId => SHA256.HashData(SubjectPublicKeyInfo);

    public override byte[] SubjectPublicKeyInfo => _key.ExportSubjectPublicKeyInfo();

    public override string KeyDetails => "PKIX_RSA_PKCS1V15_2048_SHA256";

    public override byte[] Sign(byte[] message) => _key.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public override void Dispose()
    {
        _key.Dispose();
        base.Dispose();
    }
}

internal sealed class Ed25519CheckpointSigner(string name) : CheckpointSigner(name)
{
    private readonly Ed25519Key _key = Ed25519Key.Generate();

    // Unlike ECDSA, the id binds the name and the algorithm byte 0x01 to the raw key.
    public override byte[] KeyId => SHA256.HashData([.. Encoding.UTF8.GetBytes(Name), 0x0A, 0x01, .. _key.PublicKey]);

    public override byte[] SubjectPublicKeyInfo => _key.SubjectPublicKeyInfo;

    public override string KeyDetails => "PKIX_ED25519";

    public override byte[] Sign(byte[] message) => _key.Sign(message);
}

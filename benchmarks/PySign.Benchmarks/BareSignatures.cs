using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Timestamps;
using PySign.Sigstore.Transparency;
using PySign.Sigstore.Trust;

namespace PySign.Benchmarks;

/// <summary>
/// The yardstick of a verification: the signatures that it stands on, over their real bytes and by the framework alone, each once. They are
/// the authority's on the certificate, the promises of the certificate transparency log and of Rekor, the checkpoint's, the timestamp's and
/// the artifact's. What they sign is put together beforehand; the keys of the trusted root are read, as the verifier has read them; the
/// signer's key is read beforehand or anew, like the verifier's.
/// </summary>
internal sealed class BareSignatures : IDisposable
{
    private readonly List<Check> _checks = [];
    private readonly Check _artifact;
    private readonly ECParameters _signer;

    public BareSignatures(Bundle bundle, TrustedRoot root, byte[] content)
    {
        var material = bundle.VerificationMaterial;
        var leaf = Certificate.Parse(material.Certificates[0]);
        var issuer = IssuerOf(leaf, root);
        Add(issuer.Spki, leaf.Algorithm.Hash, leaf.Tbs.ToArray(), leaf.Signature);
        var (promised, promise) = Promise(leaf, issuer);
        Add(root.CertificateTransparencyLogs[0].Spki, HashAlgorithmName.SHA256, promised, promise);
        foreach (var entry in material.LogEntries)
        {
            var log = root.TransparencyLogs.Single(one => one.LogId.Span.SequenceEqual(entry.LogId.Span));
            var checkpoint = Checkpoint.Parse(entry.InclusionProof!.Checkpoint!);
            Add(log.Spki, log.Hash, SignedEntry(entry), entry.SignedEntryTimestamp!.Value);
            Add(log.Spki, log.Hash, checkpoint.SignedText.ToArray(), checkpoint.Signatures.Single().Signature);
        }

        foreach (var timestamp in material.Timestamps)
        {
            var signer = TimestampToken.Parse(timestamp).Signer;
            var authority = root
                .TimestampAuthorities.Select(one => one.Chain[0])
                .First(leaf => leaf.SerialNumber.Span.SequenceEqual(signer.SerialNumber.Span));
            Add(authority.Spki, signer.Algorithm.Hash, signer.SignedAttributes.ToArray(), signer.Signature);
        }

        Add(leaf.Spki, HashAlgorithmName.SHA256, content, bundle.Signature);
        _artifact = _checks[^1];
        _signer = _artifact.Key.ExportParameters(includePrivateParameters: false);
    }

    /// <summary>How many signatures there are.</summary>
    public int Count => _checks.Count;

    /// <summary>All of them, with keys that are read already.</summary>
    public void Run()
    {
        foreach (var check in _checks)
        {
            Require(check, check.Key);
        }
    }

    /// <summary>All of them, and the signer's key read first.</summary>
    public void RunWithNewKey()
    {
        using var key = ECDsa.Create(_signer);
        foreach (var check in _checks)
        {
            Require(check, check == _artifact ? key : check.Key);
        }
    }

    public void Dispose() => _checks.ForEach(check => check.Key.Dispose());

    private static void Require(Check check, ECDsa key)
    {
        if (!key.VerifyData(check.Data, check.Signature, check.Hash, DSASignatureFormat.Rfc3279DerSequence))
        {
            throw new CryptographicException("The yardstick itself is broken.");
        }
    }

    private void Add(ReadOnlyMemory<byte> spki, HashAlgorithmName hash, byte[] data, ReadOnlyMemory<byte> signature)
    {
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(spki.Span, out _);
        _checks.Add(new Check(key, hash, data, signature.ToArray()));
    }

    private static Certificate IssuerOf(Certificate leaf, TrustedRoot root) =>
        root
            .CertificateAuthorities.Where(authority => authority.Window.Contains(leaf.NotBefore))
            .SelectMany(authority => authority.Chain)
            .First(certificate => certificate.Subject.Span.SequenceEqual(leaf.Issuer.Span));

    /// <summary>The one promise in the certificate, without extensions, and what it signs (RFC 6962 3.2 and 3.3).</summary>
    private static (byte[] Signed, byte[] Signature) Promise(Certificate leaf, Certificate issuer)
    {
        var list = new DerReader(leaf.Find(Oids.SctList)!.Value.Value).OctetString().ToArray();
        const int Version = 4;
        const int Time = Version + 1 + 32;
        const int Signature = Time + 8 + 2 + 2 + 2;
        var tbs = leaf.Precertificate.ToArray();
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, tbs.Length);
        byte[] signed = [0, 0, .. list[Time..(Time + 8)], 0, 1, .. SHA256.HashData(issuer.Spki.Span), .. length[1..], .. tbs, 0, 0];
        return (signed, list[Signature..]);
    }

    private static byte[] SignedEntry(TransparencyLogEntry entry) =>
        Encoding.UTF8.GetBytes(
            $"{{\"body\":\"{Convert.ToBase64String(entry.CanonicalizedBody.Span)}\",\"integratedTime\":{entry.IntegratedTime},"
                + $"\"logID\":\"{Convert.ToHexStringLower(entry.LogId.Span)}\",\"logIndex\":{entry.LogIndex}}}"
        );

    private sealed record Check(ECDsa Key, HashAlgorithmName Hash, byte[] Data, byte[] Signature);
}

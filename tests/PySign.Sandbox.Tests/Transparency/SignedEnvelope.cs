using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PySign.Sandbox.Tests.Transparency;

/// <summary>A DSSE envelope signed by a bare P-256 key, as Rekor v1 takes it.</summary>
internal sealed class SignedEnvelope : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public SignedEnvelope() =>
        Signature = _key.SignData(
            [.. Encoding.UTF8.GetBytes($"DSSEv1 {PayloadType.Length} {PayloadType} {Payload.Length} "), .. Payload],
            HashAlgorithmName.SHA256,
            DSASignatureFormat.Rfc3279DerSequence
        );

    public byte[] Payload { get; set; } = Encoding.UTF8.GetBytes("""{"_type":"https://in-toto.io/Statement/v1"}""");

    public string PayloadType { get; set; } = "application/vnd.in-toto+json";

    public byte[] Signature { get; }

    public string Pem => _key.ExportSubjectPublicKeyInfoPem();

    public string Json =>
        JsonSerializer.Serialize(
            new
            {
                payload = Payload,
                payloadType = PayloadType,
                signatures = new[] { new { sig = Signature, keyid = "" } },
            }
        );

    public object ForV1(string? pem = null, string? json = null) =>
        new
        {
            apiVersion = "0.0.1",
            kind = "dsse",
            spec = new { proposedContent = new { envelope = json ?? Json, verifiers = new[] { Encoding.UTF8.GetBytes(pem ?? Pem) } } },
        };

    public void Dispose() => _key.Dispose();
}

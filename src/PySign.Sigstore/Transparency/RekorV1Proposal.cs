using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Cryptography;

namespace PySign.Sigstore.Transparency;

/// <summary>What Rekor v1 is sent: hashedrekord 0.0.1 for an artifact, dsse 0.0.1 for an envelope (rekor pkg/types).</summary>
internal static class RekorV1Proposal
{
    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(LogSubmission submission)
    {
        var verifier = Convert.ToBase64String(Encoding.ASCII.GetBytes(submission.VerifierPem));
        return submission.Envelope is { } envelope
            ? JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    apiVersion = "0.0.1",
                    kind = "dsse",
                    spec = new
                    {
                        proposedContent = new { envelope = Envelope(envelope, submission.Signature), verifiers = new[] { verifier } },
                    },
                },
                _json
            )
            : JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    apiVersion = "0.0.1",
                    kind = "hashedrekord",
                    spec = new
                    {
                        signature = new { content = Convert.ToBase64String(submission.Signature), publicKey = new { content = verifier } },
                        data = new
                        {
                            hash = new
                            {
                                algorithm = Digests.LowerName(submission.Hash),
                                value = Convert.ToHexStringLower(submission.Digest),
                            },
                        },
                    },
                },
                _json
            );
    }

    /// <summary>The envelope as a JSON document of its own; the log keeps only its hash, and the hash of the payload.</summary>
    private static string Envelope(DsseEnvelope envelope, byte[] signature) =>
        JsonSerializer.Serialize(
            new
            {
                payload = Convert.ToBase64String(envelope.Payload.Span),
                payloadType = envelope.PayloadType,
                signatures = new[] { new { sig = Convert.ToBase64String(signature) } },
            },
            _json
        );
}

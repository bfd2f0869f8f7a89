using System.Globalization;
using System.Text;
using PySign.Formats;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Bundles;

/// <summary>A signed statement about artifacts, with exactly one signature (DSSE v1).</summary>
public sealed record DsseEnvelope
{
    internal DsseEnvelope() { }

    /// <summary>What the payload is, such as <c>application/vnd.in-toto+json</c>.</summary>
    public required string PayloadType { get; init; }

    /// <summary>The payload's bytes.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The signature over the pre-authentication encoding of type and payload.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>The signer's name for its key; unauthenticated, never used.</summary>
    public string KeyId { get; init; } = "";

    /// <summary>Reads the payload as an in-toto statement. Reading proves nothing: the signature is the verifier's to check.</summary>
    /// <exception cref="VerificationException">The payload is of another type, or not a statement.</exception>
    public InTotoStatement ReadStatement()
    {
        if (PayloadType != InTotoStatement.PayloadType)
        {
            throw new VerificationException(
                VerificationFailure.PayloadTypeUnknown,
                VerificationStep.Signature,
                $"a payload of type {InTotoStatement.PayloadType}",
                $"\"{ProtoJson.Shorten(PayloadType)}\"",
                "The envelope holds a document that is not an in-toto statement: it says nothing about an artifact."
            );
        }

        try
        {
            return InTotoStatement.Parse(Payload);
        }
        catch (StatementException e)
        {
            throw new VerificationException(
                VerificationFailure.StatementMalformed,
                VerificationStep.Signature,
                $"an in-toto statement with {e.Expected}",
                e.Found,
                "What was signed is not a statement that can be read. Fetch it again; if it is as it was published, have it made again."
            );
        }
    }

    /// <summary>The bytes that are signed: <c>DSSEv1 len type len payload</c>, lengths in bytes (DSSE protocol, "Signature
    /// Definition").</summary>
    internal byte[] PreAuthenticationEncoding() => PreAuthenticationEncoding(PayloadType, Payload.Span);

    internal static byte[] PreAuthenticationEncoding(string payloadType, ReadOnlySpan<byte> payload)
    {
        var head = Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {Encoding.UTF8.GetByteCount(payloadType)} {payloadType} {payload.Length} ")
        );
        var encoded = new byte[head.Length + payload.Length];
        head.CopyTo(encoded, 0);
        payload.CopyTo(encoded.AsSpan(head.Length));
        return encoded;
    }
}

/// <summary>A signature over an artifact's bytes.</summary>
public sealed record MessageSignature
{
    internal MessageSignature() { }

    /// <summary>The signature, in the key's own encoding (ECDSA: DER).</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>The digest that the signer says the artifact has. A hint: it must be right, and proves nothing.</summary>
    public MessageDigest? Digest { get; init; }
}

/// <summary>A digest with the name of its algorithm.</summary>
public sealed record MessageDigest
{
    internal MessageDigest() { }

    /// <summary>The algorithm's proto name: <c>SHA2_256</c>, <c>SHA2_384</c> or <c>SHA2_512</c>.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The digest's bytes.</summary>
    public required ReadOnlyMemory<byte> Value { get; init; }
}

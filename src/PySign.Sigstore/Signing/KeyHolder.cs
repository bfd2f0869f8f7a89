using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Signing;

/// <summary>What a key is asked to sign.</summary>
/// <param name="Hash">The hash that made the digest: SHA-256, or with a log of version 2 the one that belongs to the key's curve.</param>
/// <param name="Digest">The digest, to be signed as it is.</param>
public sealed record DigestToSign(HashAlgorithmName Hash, ReadOnlyMemory<byte> Digest)
{
    /// <summary>How key services call what is wanted: <c>ECDSA_SHA_256</c>, <c>RSASSA_PKCS1_V1_5_SHA_256</c>, and the same with 384 and
    /// 512.</summary>
    public string Algorithm { get; internal init; } = "";
}

/// <summary>Who signs with a private key.</summary>
internal interface IKeyHolder : IDisposable
{
    Task<byte[]> SignAsync(DigestToSign digest, CancellationToken cancellationToken);
}

/// <summary>A key that was read from a file.</summary>
internal sealed class KeyInMemory(AsymmetricAlgorithm key) : IKeyHolder
{
    private readonly Lock _gate = new();

    public Task<byte[]> SignAsync(DigestToSign digest, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(
                key is ECDsa ecdsa
                    ? ecdsa.SignHash(digest.Digest.Span, DSASignatureFormat.Rfc3279DerSequence)
                    : ((RSA)key).SignHash(digest.Digest.ToArray(), digest.Hash, RSASignaturePadding.Pkcs1)
            );
        }
    }

    public void Dispose() => key.Dispose();
}

/// <summary>
/// A key in a hardware module or a key service. What comes back is believed only when the known public key verifies it: nothing is
/// logged or timestamped that would not verify. One digest at a time, because a module has one session, and a person one finger.
/// </summary>
internal sealed class KeyElsewhere(VerificationKey known, Func<DigestToSign, CancellationToken, Task<ReadOnlyMemory<byte>>> sign)
    : IKeyHolder
{
    private readonly SemaphoreSlim _one = new(1, 1);

    public async Task<byte[]> SignAsync(DigestToSign digest, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var asked = digest with { Algorithm = $"{(known is RsaKey ? "RSASSA_PKCS1_V1_5" : "ECDSA")}_SHA_{digest.Digest.Length * 8}" };
            return Checked(digest, await sign(asked, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private byte[] Checked(DigestToSign digest, ReadOnlyMemory<byte> signature)
    {
        if (known is RsaKey rsa)
        {
            if (rsa.IsPss(digest.Hash, digest.Digest.Span, signature.Span))
            {
                throw Refused(
                    SigningFailure.SignerOutput,
                    "it has PSS padding",
                    "Have it sign with PKCS #1 v1.5 padding: RSASSA_PKCS1_V1_5_SHA_256."
                );
            }
        }
        else if (known.VerifyHash(digest.Hash, digest.Digest.Span, signature.Span) is false && AsDer(signature.Span) is { } der)
        {
            signature = der;
        }

        return known.VerifyHash(digest.Hash, digest.Digest.Span, signature.Span)
            ? signature.ToArray()
            : throw Refused(
                SigningFailure.SignerKey,
                "the stated public key does not verify it",
                "State the public key of the key that signs, and have the digest itself signed, not hashed again. Nothing was logged."
            );
    }

    /// <summary>Key services give r and s behind each other (IEEE P1363); Sigstore's formats have DER.</summary>
    private byte[]? AsDer(ReadOnlySpan<byte> signature)
    {
        if (signature.Length != 2 * FieldBytes())
        {
            return null;
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new BigInteger(signature[..(signature.Length / 2)], isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new BigInteger(signature[(signature.Length / 2)..], isUnsigned: true, isBigEndian: true));
        }

        return writer.Encode();
    }

    private int FieldBytes() =>
        known.KeyDetails switch
        {
            "PKIX_ECDSA_P256_SHA_256" => 32,
            "PKIX_ECDSA_P384_SHA_384" => 48,
            _ => 66,
        };

    private static SigningException Refused(SigningFailure reason, string what, string advice) =>
        new(reason, "", $"The signature of the external key cannot be used: {what}", advice);
}

using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using PySign.Http;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Timestamps;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Signing;

/// <summary>Asks an RFC 3161 timestamp authority over HTTP (RFC 3161 3.4) and takes nothing but a trusted timestamp of this very
/// request.</summary>
internal sealed class TimestampClient(ServiceClient http, Uri uri, TrustedRoot root)
{
    private const string Service = "Timestamp authority";
    private const int NonceBytes = 16;

    /// <param name="data">The signature.</param>
    /// <param name="certificate">Whose life the time must lie in, or no verifier would take the signature; null for a managed key.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The whole response, DER, as a bundle carries it.</returns>
    public async Task<ReadOnlyMemory<byte>> TimestampAsync(
        ReadOnlyMemory<byte> data,
        Certificate? certificate,
        CancellationToken cancellationToken
    )
    {
        var nonce = NewNonce();
        var response = await SendAsync(Request(data.Span, nonce), cancellationToken).ConfigureAwait(false);
        try
        {
            var token = TimestampToken.Parse(response);
            if (!token.Nonce.Span.SequenceEqual(nonce))
            {
                throw Wrong("it has another nonce, so it is the answer to another request", null);
            }

            TimestampVerification.Verify(token, data.Span, root);
            if (certificate is not null && (token.GenTime < certificate.NotBefore || token.GenTime > certificate.NotAfter))
            {
                throw Wrong(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"it says {token.GenTime:u}, and the certificate is valid from {certificate.NotBefore:u} to "
                            + $"{certificate.NotAfter:u}"
                    ),
                    null
                );
            }

            return response;
        }
        catch (VerificationException e)
        {
            throw Wrong($"expected {e.Expected}; found {e.Actual}", e);
        }
    }

    private async Task<byte[]> SendAsync(byte[] request, CancellationToken cancellationToken)
    {
        var response = await http.SendToAsync(
                new ServiceRequest
                {
                    Service = Service,
                    Method = HttpMethod.Post,
                    Uri = uri,
                    Body = RequestBody.Bytes(request, "application/timestamp-query"),
                    Headers = [new("Accept", "application/timestamp-reply")],
                    MaxResponseBytes = Limits.TimestampBytes,
                    Repeatable = true,
                },
                SigningFailure.TimestampRefused,
                "The URL must be the full one of the authority, such as https://timestamp.sigstore.dev/api/v1/timestamp.",
                cancellationToken
            )
            .ConfigureAwait(false);
        return response.Body;
    }

    /// <summary>Random, positive and without a leading zero, so that there is exactly one DER form of it.</summary>
    private static byte[] NewNonce()
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        nonce[0] = (byte)(nonce[0] & 0x7F | 0x40);
        return nonce;
    }

    /// <summary>TimeStampReq (RFC 3161 2.4.1): SHA-256, nonce, and the certificate asked for, as old verifiers need it.</summary>
    private static byte[] Request(ReadOnlySpan<byte> data, byte[] nonce)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier("2.16.840.1.101.3.4.2.1");
                    writer.WriteNull();
                }

                writer.WriteOctetString(SHA256.HashData(data));
            }

            writer.WriteInteger(new BigInteger(nonce, isUnsigned: true, isBigEndian: true));
            writer.WriteBoolean(true);
        }

        return writer.Encode();
    }

    private static SigningException Wrong(string what, Exception? inner) =>
        new(
            SigningFailure.TimestampWrong,
            Service,
            $"the timestamp is wrong: {what}",
            "Nothing was logged. Check that services and trusted root belong to the same instance; otherwise report this to its operator.",
            inner
        );
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PySign.Http;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Identity;

namespace PySign.Sigstore.Signing;

/// <summary>Asks a Fulcio certificate authority, API v2 (fulcio.proto), for certificates.</summary>
internal sealed class FulcioClient(ServiceClient http, Uri baseUri)
{
    public const string Service = "Fulcio";

    public Uri BaseUri => baseUri;

    private const int MaxCertificates = 10;

    private static readonly JsonDocumentOptions _options = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Requests a certificate; what comes back is only parsed here.</summary>
    public async Task<Certificate> RequestAsync(EphemeralKey key, IdentityToken token, CancellationToken cancellationToken)
    {
        var request = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["certificateSigningRequest"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(key.SigningRequestPem() + "\n")),
            }
        );
        var response = await http.SendToAsync(
                new ServiceRequest
                {
                    Service = Service,
                    Method = HttpMethod.Post,
                    Uri = EndpointPath.Under(baseUri, "/api/v2/signingCert"),
                    Body = RequestBody.Bytes(request, "application/json"),
                    Credential = ServiceCredential.Bearer(token.Raw),
                    Repeatable = true, // Another certificate for the same key does no harm.
                },
                SigningFailure.CertificateRefused,
                "Fulcio does not say what it has against a token: it may have expired, be for another audience, or come from an issuer "
                    + "that it does not know.",
                cancellationToken
            )
            .ConfigureAwait(false);
        return Read(response.Body);
    }

    private static Certificate Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, _options);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw Malformed("a JSON object was expected");
            }

            if (root.TryGetProperty("signedCertificateDetachedSct", out _))
            {
                throw new SigningException(
                    SigningFailure.CertificateNotTransparent,
                    Service,
                    "the certificate came with a detached SCT, which a bundle cannot carry",
                    "Use a Fulcio instance that embeds the SCT in its certificates."
                );
            }

            return
                root.TryGetProperty("signedCertificateEmbeddedSct", out var signed)
                && signed.ValueKind == JsonValueKind.Object
                && signed.TryGetProperty("chain", out var chain)
                && chain.ValueKind == JsonValueKind.Object
                && chain.TryGetProperty("certificates", out var certificates)
                && certificates.ValueKind == JsonValueKind.Array
                && certificates.GetArrayLength() is > 0 and <= MaxCertificates
                && certificates[0].ValueKind == JsonValueKind.String
                ? Certificate.Parse(ReadPem(certificates[0].GetString()!))
                : throw Malformed($"signedCertificateEmbeddedSct.chain with 1 to {MaxCertificates} certificates was expected");
        }
        catch (JsonException e)
        {
            throw Malformed("well-formed JSON was expected", e);
        }
        catch (VerificationException e)
        {
            throw Malformed($"expected {e.Expected}; found {e.Actual}", e);
        }
    }

    /// <summary>One PEM certificate and nothing else.</summary>
    private static byte[] ReadPem(string pem)
    {
        var text = pem.AsSpan().Trim();
        return
            text.Length <= Limits.PemChars
            && PemEncoding.TryFind(text, out var fields)
            && text[fields.Label] is "CERTIFICATE"
            && text[fields.Location].Length == text.Length
            ? Convert.FromBase64String(text[fields.Base64Data].ToString())
            : throw Malformed("one PEM certificate was expected");
    }

    private static SigningException Malformed(string what, Exception? inner = null) =>
        new(
            SigningFailure.CertificateAnswerMalformed,
            Service,
            $"its answer cannot be used: {what}",
            "Check that the URL is a Fulcio instance with API v2.",
            inner
        );
}

using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using PySign.Http;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Transparency;

/// <summary>Rekor v2 (rekor-tiles, CLIENTS.md): entries of kind hashedrekord 0.0.2.</summary>
internal sealed class RekorV2Client(ServiceClient http, Uri baseUri) : ILogClient
{
    private const string Service = "Rekor v2";

    public Uri Address => baseUri;

    public bool IsV1 => false;

    public async Task<string?> CheckpointAsync(CancellationToken cancellationToken)
    {
        var answer = await http.TryGetAsync(Service, EndpointPath.Under(baseUri, "/api/v2/checkpoint"), cancellationToken)
            .ConfigureAwait(false);
        return answer is null || !Utf8.IsValid(answer) ? null : Encoding.UTF8.GetString(answer);
    }

    public async Task<TransparencyLogEntry> UploadAsync(LogSubmission submission, CancellationToken cancellationToken)
    {
        var response = await http.SendToAsync(
                new ServiceRequest
                {
                    Service = Service,
                    Method = HttpMethod.Post,
                    Uri = EndpointPath.Under(baseUri, "/api/v2/log/entries"),
                    Body = RequestBody.Bytes(Request(submission), "application/json"),
                    Timeout = TimeSpan.FromSeconds(60), // It answers when a checkpoint covers the entry: 2 to 10 seconds.
                    AlsoAccepted = [HttpStatusCode.Conflict],
                    Repeatable = true, // The log takes the same entry only once, and says so.
                },
                SigningFailure.LogRefused,
                "The log did not take the entry; a log that answers 405 is closed, and the signing config has the current one.",
                cancellationToken
            )
            .ConfigureAwait(false);
        if (response.Status == HttpStatusCode.Conflict)
        {
            throw new LogEntryExistsException(baseUri.Host, response.Header("x-log-index"));
        }

        try
        {
            return TransparencyLogEntry.Parse(response.Body);
        }
        catch (VerificationException e)
        {
            throw new SigningException(
                SigningFailure.LogAnswerMalformed,
                Service,
                $"its answer cannot be used: expected {e.Expected}; found {e.Actual}",
                "Check that the URL is a Rekor v2 instance. An entry may have been published.",
                e
            );
        }
    }

    /// <summary>The digest is the artifact's, or that of the envelope's pre-authentication encoding: what the key has signed.</summary>
    private static byte[] Request(LogSubmission submission)
    {
        Dictionary<string, object> verifier = new(StringComparer.Ordinal) { ["keyDetails"] = submission.KeyDetails };
        verifier[submission.IsCertificate ? "x509Certificate" : "publicKey"] = new
        {
            rawBytes = Convert.ToBase64String(submission.Verifier.Span),
        };
        return JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                hashedRekordRequestV002 = new
                {
                    digest = Convert.ToBase64String(submission.Digest),
                    signature = new { content = Convert.ToBase64String(submission.Signature), verifier },
                },
            }
        );
    }
}

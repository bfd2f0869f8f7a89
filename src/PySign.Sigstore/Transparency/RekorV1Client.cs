using System.Net;
using PySign.Http;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Transparency;

/// <summary>Rekor v1 (openapi.yaml): entries of kind hashedrekord 0.0.1 and dsse 0.0.1.</summary>
internal sealed class RekorV1Client(ServiceClient http, Uri baseUri) : ILogClient
{
    private const string Service = "Rekor";
    private const string EntriesPath = "/api/v1/log/entries";

    public Uri Address => baseUri;

    public bool IsV1 => true;

    public async Task<string?> CheckpointAsync(CancellationToken cancellationToken)
    {
        var answer = await http.TryGetAsync(Service, EndpointPath.Under(baseUri, "/api/v1/log"), cancellationToken).ConfigureAwait(false);
        return answer is null ? null : RekorV1Answer.ReadCheckpoint(answer);
    }

    public async Task<TransparencyLogEntry> UploadAsync(LogSubmission submission, CancellationToken cancellationToken)
    {
        var response = await http.SendToAsync(
                new ServiceRequest
                {
                    Service = Service,
                    Method = HttpMethod.Post,
                    Uri = EndpointPath.Under(baseUri, EntriesPath),
                    Body = RequestBody.Bytes(RekorV1Proposal.Write(submission), "application/json"),
                    Headers = [new("Accept", "application/json")],
                    AlsoAccepted = [HttpStatusCode.Conflict],
                    Repeatable = true, // The log takes the same entry only once, and says so.
                },
                SigningFailure.LogRefused,
                "The log did not take the entry; nothing was published for this file.",
                cancellationToken
            )
            .ConfigureAwait(false);
        if (response.Status != HttpStatusCode.Conflict)
        {
            return RekorV1Answer.Read(response.Body);
        }

        // An earlier attempt of ours got through and only its answer was lost: fetch what it made. It is verified like any other.
        var uuid = response.Headers.Location is { } location ? Uuid(location.OriginalString) : null;
        var existing = await http.SendToAsync(
                new ServiceRequest
                {
                    Service = Service,
                    Method = HttpMethod.Get,
                    Uri = EndpointPath.Under(
                        baseUri,
                        $"{EntriesPath}/{uuid ?? throw RekorV1Answer.Malformed("it has the entry already, but names no UUID of it")}"
                    ),
                    Headers = [new("Accept", "application/json")],
                },
                SigningFailure.LogRefused,
                "The log says that it has the entry, and does not hand it out.",
                cancellationToken
            )
            .ConfigureAwait(false);
        return RekorV1Answer.Read(existing.Body);
    }

    /// <summary>The last part of the location, when it is an entry's id: 64 hexadecimal digits, with the tree's 16 in front or
    /// not.</summary>
    private static string? Uuid(string location)
    {
        var last = location.AsSpan(location.LastIndexOf('/') + 1);
        return last.Length is 64 or 80 && last.ContainsOnlyHex() ? last.ToString() : null;
    }
}

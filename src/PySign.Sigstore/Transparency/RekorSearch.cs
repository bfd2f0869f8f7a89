using System.Security.Cryptography;
using System.Text;
using PySign.Http;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Transparency;

/// <summary>
/// Finds the entries of a signature in a Rekor v1 log (<c>POST /api/v1/log/entries/retrieve</c>). Rekor v2 has no search. What the log
/// answers is only a candidate; the verifier judges it.
/// </summary>
/// <param name="rekor">The log's URL; https, or loopback.</param>
/// <param name="handler">Sends the requests; null for the network.</param>
public sealed class RekorSearch(Uri rekor, HttpMessageHandler? handler = null)
{
    private readonly Uri _endpoint = new(
        (rekor ?? throw new ArgumentNullException(nameof(rekor))).AbsoluteUri.TrimEnd('/') + "/api/v1/log/entries/retrieve"
    );

    internal static VerificationException NotAllowed() =>
        Fail(
            OnlineSearchNotAllowed,
            "a bundle, or permission to search the log",
            "a detached signature, which carries no proof of its time",
            "Verify with the bundle (.sigstore.json), or allow the online search in the log."
        );

    internal static VerificationException FoundNothing() =>
        Fail(
            OnlineSearchFoundNothing,
            "a log entry of the signature",
            "none",
            "The signature was never logged there, or the artifact is another one."
        );

    /// <summary>The entries of exactly this artifact, signature and certificate, the earliest first.</summary>
    internal async Task<IReadOnlyList<TransparencyLogEntry>> FindAsync(
        DetachedSignature signature,
        byte[] sha256,
        CancellationToken cancellationToken
    )
    {
        using var client = new ServiceClient(new ServiceClientOptions { Handler = handler });
        try
        {
            var response = await client
                .SendAsync(
                    new ServiceRequest
                    {
                        Service = "Rekor",
                        Method = HttpMethod.Post,
                        Uri = _endpoint,
                        Body = RequestBody.Bytes(Query(signature, sha256), "application/json"),
                        Repeatable = true,
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            return Read(response.Body);
        }
        catch (Exception e) when (e is ServiceException or SigningException)
        {
            throw NoAnswer(e.Message.TrimEnd('.'), e);
        }
        catch (VerificationException e)
        {
            // What cannot be read is the log's answer, and no bundle that somebody should fetch again.
            throw NoAnswer($"one that cannot be used: expected {e.Expected}; found {e.Actual}", e);
        }
    }

    private static VerificationException NoAnswer(string actual, Exception inner) =>
        Fail(OnlineSearchUnavailable, "an answer of the log's search", actual, "Try again later, or verify with the bundle.", inner);

    private static byte[] Query(DetachedSignature signature, byte[] sha256)
    {
        var pem = PemEncoding.WriteString(CertificatePem.CertificateLabel, signature.Certificate.Span) + "\n";
        return Encoding.ASCII.GetBytes(
            "{\"entries\":[{\"apiVersion\":\"0.0.1\",\"kind\":\"hashedrekord\","
                + "\"spec\":{\"data\":{\"hash\":{\"algorithm\":\"sha256\",\"value\":\""
                + Convert.ToHexStringLower(sha256)
                + "\"}},\"signature\":{\"content\":\""
                + Convert.ToBase64String(signature.Signature.Span)
                + "\",\"publicKey\":{\"content\":\""
                + Convert.ToBase64String(Encoding.ASCII.GetBytes(pem))
                + "\"}}}}]}"
        );
    }

    private static List<TransparencyLogEntry> Read(byte[] body)
    {
        var json = ProtoJson.Bundle;
        using var document = json.Parse(body, Limits.DocumentBytes);
        List<TransparencyLogEntry> entries = [];
        foreach (var item in json.Array(document.RootElement, "the log's answer", Limits.LogEntries))
        {
            foreach (var property in json.Object(item, "the log's answer[]"))
            {
                if (entries.Count >= Limits.LogEntries)
                {
                    throw json.Fail(TooManyItems, $"at most {Limits.LogEntries} entries in the log's answer", "more");
                }

                entries.Add(RekorV1Answer.ReadEntry(property.Value));
            }
        }

        entries.Sort(static (a, b) => Nullable.Compare(a.IntegratedTime, b.IntegratedTime));
        return entries;
    }

    private static VerificationException Fail(
        VerificationFailure reason,
        string expected,
        string actual,
        string advice,
        Exception? inner = null
    ) => new(reason, VerificationStep.OnlineSearch, expected, actual, advice, inner);
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Cake.PySign.Common.Network;
using PySign.Formats;
using PySign.Http;
using PySign.Packaging;
using PySign.Packaging.Attestations;
using PySign.Packaging.Distributions;
using PySign.Packaging.Indexes;
using PySign.Packaging.Names;

namespace Cake.PySign.Audit;

/// <summary>An index's answer, or why there is none.</summary>
internal readonly record struct IndexAnswer<T>(T? Value, AuditState State, AuditReason Reason, string? Detail)
    where T : class
{
    public static IndexAnswer<T> Of(T value) => new(value, AuditState.Attested, AuditReason.None, null);

    public static IndexAnswer<T> Failed(AuditState state, AuditReason reason, string detail) => new(null, state, reason, detail);
}

/// <summary>
/// What an index says: one page a project, and provenance where the page announces it. Every answer is bounded; what changed alone is asked
/// for again. An origin that cannot be reached is asked a few times and then left alone.
/// </summary>
internal sealed class AuditIndex(ServiceClient client, Uri root, ServiceCredential? credential, AuditCache? cache) : IDisposable
{
    private const string PageAccept = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

    private const string ProvenanceAccept = Provenance.MediaType + ", application/json;q=0.5";
    private const long MaxPageBytes = 32L << 20;
    private const int MostFailures = 3;

    // An index that says so is not asked again for this long; no word of an index holds longer.
    private static readonly TimeSpan _longestFreshness = TimeSpan.FromMinutes(10);

    private static readonly RetryPolicy _retry = RetryPolicy.Default with { MaxAttempts = 3, Deadline = TimeSpan.FromMinutes(2) };

    private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.Ordinal);
    private readonly Lazy<Uri?> _integrity = new(() => Verify.IntegrityApi.BesideOf(root));
    private int _integrityAnswers;
    private int _requests;

    public Uri Root => root;

    /// <summary>How many requests were sent.</summary>
    public int Requests => _requests;

    /// <summary>The page of a project.</summary>
    public async Task<IndexAnswer<SimpleIndex>> PageAsync(ProjectName name, CancellationToken cancellationToken)
    {
        var url = new Uri(ServiceAddress.Below(root, name.Normalized).AbsoluteUri + "/");
        var answer = await GetAsync(url, PageAccept, MaxPageBytes, cancellationToken).ConfigureAwait(false);
        if (answer.Value is not { } page)
        {
            return answer.Reason == AuditReason.NotInIndex
                ? IndexAnswer<SimpleIndex>.Failed(
                    AuditState.Unverifiable,
                    AuditReason.NotInIndex,
                    $"{Shown(root)} has no project {name.Normalized}."
                )
                : IndexAnswer<SimpleIndex>.Failed(answer.State, answer.Reason, answer.Detail!);
        }

        return Parse(page, url);
    }

    /// <summary>The provenance that a page announces.</summary>
    public async Task<IndexAnswer<Provenance>> ProvenanceAsync(Uri url, CancellationToken cancellationToken)
    {
        if (Unsafe(url) is { } why)
        {
            return IndexAnswer<Provenance>.Failed(AuditState.Unverifiable, AuditReason.ProvenanceLinkUnsafe, why);
        }

        var answer = await GetAsync(url, ProvenanceAccept, Provenance.MaxBytes, cancellationToken).ConfigureAwait(false);
        if (answer.Value is not { } document)
        {
            return answer.Reason switch
            {
                AuditReason.NotInIndex => IndexAnswer<Provenance>.Failed(
                    AuditState.Unverifiable,
                    AuditReason.ProvenanceMissing,
                    $"The index announces provenance and {Shown(url)} has none."
                ),
                AuditReason.NotAnIndex => IndexAnswer<Provenance>.Failed(
                    AuditState.Unverifiable,
                    AuditReason.ProvenanceTooLarge,
                    answer.Detail!
                ),
                _ => IndexAnswer<Provenance>.Failed(answer.State, answer.Reason, answer.Detail!),
            };
        }

        return Read(document, url);
    }

    /// <summary>
    /// What the integrity API beside the index says of a file, where the page says nothing. An index whose API never gave an answer is not
    /// asked again.
    /// </summary>
    /// <returns>Provenance; the state <see cref="AuditState.Unattested"/> where the API says that there is none; else that the index is
    /// silent.</returns>
    public async Task<IndexAnswer<Provenance>> IntegrityAsync(DistributionFileName name, CancellationToken cancellationToken)
    {
        var silent = IndexAnswer<Provenance>.Failed(
            AuditState.IndexWithoutAttestations,
            AuditReason.IndexSilent,
            $"The pages of {Shown(root)} say nothing about attestations."
        );
        if (_integrity.Value is not { } api || Volatile.Read(ref _integrityAnswers) < 0)
        {
            return silent;
        }

        var url = ServiceAddress.Below(api, name.Name.Normalized, name.Version.Normalized, name.Value, "provenance");
        var answer = await GetAsync(url, ProvenanceAccept, Provenance.MaxBytes, cancellationToken).ConfigureAwait(false);
        if (answer.Value is { } document && document.ContentType is Provenance.MediaType or "application/json")
        {
            Volatile.Write(ref _integrityAnswers, 1);
            return Read(answer.Value!, url);
        }

        if (answer.Detail is { } said && said.Contains($"No provenance available for {name.Value}", StringComparison.Ordinal))
        {
            Volatile.Write(ref _integrityAnswers, 1);
            return IndexAnswer<Provenance>.Failed(AuditState.Unattested, AuditReason.None, "The integrity API has no provenance of it.");
        }

        if (answer.State == AuditState.Unknown && Volatile.Read(ref _integrityAnswers) > 0)
        {
            return IndexAnswer<Provenance>.Failed(answer.State, answer.Reason, answer.Detail!);
        }

        Interlocked.CompareExchange(ref _integrityAnswers, -1, 0);
        return silent;
    }

    /// <summary>The digest of a file's bytes, which are not kept.</summary>
    public async Task<Sha256Digest?> DigestAsync(Uri url, CancellationToken cancellationToken)
    {
        if (Unsafe(url) is not null)
        {
            return null;
        }

        try
        {
            Interlocked.Increment(ref _requests);
            var content = await client
                .DownloadAsync(
                    Request(url, 4L << 30) with
                    {
                        Redirects = RedirectPolicy.SameOrigin,
                    },
                    static () => Stream.Null,
                    cancellationToken
                )
                .ConfigureAwait(false);
            return content.Sha256;
        }
        catch (ServiceException)
        {
            return null;
        }
    }

    public void Dispose() => client.Dispose();

    private static string Shown(Uri uri) => uri.GetLeftPart(UriPartial.Path);

    // An index on the network has no business with services of this machine.
    private string? Unsafe(Uri url)
    {
        if (EndpointRule.Refusal(url) is { } refusal)
        {
            return $"{AuditText.Shown(url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped))}: "
                + $"{refusal}";
        }

        return EndpointRule.IsLoopback(url) && !EndpointRule.IsLoopback(root) ? $"{Shown(url)} is an address of this machine" : null;
    }

    private static IndexAnswer<Fetched> GivenUp(string origin) =>
        IndexAnswer<Fetched>.Failed(
            AuditState.Unknown,
            AuditReason.Unreachable,
            $"{origin} could not be reached {MostFailures} times and is not asked again."
        );

    private async Task<IndexAnswer<Fetched>> GetAsync(Uri url, string accept, long maxBytes, CancellationToken cancellationToken)
    {
        var kept = cache?.Find(url);
        var bytes = kept is null ? null : cache!.Bytes(kept);
        if (bytes is not null && kept!.FreshUntil > client.Time.GetUtcNow())
        {
            return IndexAnswer<Fetched>.Of(new Fetched(bytes, kept.ContentType));
        }

        var origin = ServiceAddress.Origin(url);
        if (_failures.GetValueOrDefault(origin) >= MostFailures)
        {
            return GivenUp(origin);
        }

        List<KeyValuePair<string, string>> headers = [new("Accept", accept)];
        if (bytes is not null && kept!.ETag.Length > 0)
        {
            headers.Add(new("If-None-Match", kept.ETag));
        }

        try
        {
            Interlocked.Increment(ref _requests);
            var response = await client
                .SendAsync(
                    Request(url, maxBytes) with
                    {
                        Headers = headers,
                        AlsoAccepted = [HttpStatusCode.NotFound, HttpStatusCode.NotModified],
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            _failures[origin] = 0;
            return Keep(url, response, kept, bytes);
        }
        catch (ServiceException e)
        {
            return Failure(e, origin);
        }
    }

    private ServiceRequest Request(Uri url, long maxBytes) =>
        new()
        {
            Service = "Index",
            Method = HttpMethod.Get,
            Uri = url,
            Credential = EndpointRule.SameOrigin(root, url) ? credential : null,
            MaxResponseBytes = maxBytes,
            Retry = _retry,
            Redirects = RedirectPolicy.SameOrigin,
        };

    private IndexAnswer<Fetched> Keep(Uri url, ServiceResponse response, KeptAnswer? kept, byte[]? bytes)
    {
        if (response.Status == HttpStatusCode.NotFound)
        {
            return IndexAnswer<Fetched>.Failed(AuditState.Unverifiable, AuditReason.NotInIndex, Message(response));
        }

        var fresh = client.Time.GetUtcNow() + Freshness(response.Headers.CacheControl);
        if (response.Status == HttpStatusCode.NotModified)
        {
            if (bytes is null)
            {
                return IndexAnswer<Fetched>.Failed(
                    AuditState.Unknown,
                    AuditReason.ServerError,
                    $"{Shown(url)} says that nothing changed, and was not asked that."
                );
            }

            cache!.Keep(url, kept!.ETag, kept.ContentType, bytes, fresh);
            return IndexAnswer<Fetched>.Of(new Fetched(bytes, kept.ContentType));
        }

        var contentType = response.ContentType?.ToLowerInvariant() ?? "";
        cache?.Keep(url, response.Header("ETag") ?? "", contentType, response.Body, fresh);
        return IndexAnswer<Fetched>.Of(new Fetched(response.Body, contentType));
    }

    private static TimeSpan Freshness(CacheControlHeaderValue? control)
    {
        if (control is null || control.NoCache || control.NoStore || control.MaxAge is not { } age || age <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        return age < _longestFreshness ? age : _longestFreshness;
    }

    private static string Message(ServiceResponse response)
    {
        try
        {
            using var json = JsonDocument.Parse(response.Body);
            return json.RootElement.TryGetProperty("message", out var message) ? message.GetString() ?? "" : "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    private IndexAnswer<Fetched> Failure(ServiceException e, string origin)
    {
        var status = (int?)e.Status ?? 0;
        var reason = e.Reason switch
        {
            ServiceFailure.TimedOut => AuditReason.TimedOut,
            ServiceFailure.RedirectRefused or ServiceFailure.EndpointRefused => AuditReason.Redirected,
            ServiceFailure.ResponseTooLarge => AuditReason.NotAnIndex,
            ServiceFailure.Status when status == 429 => AuditReason.RateLimited,
            ServiceFailure.Status when status is 401 or 403 => AuditReason.Forbidden,
            ServiceFailure.Status => AuditReason.ServerError,
            _ => AuditReason.Unreachable,
        };
        if (reason is AuditReason.Unreachable or AuditReason.TimedOut)
        {
            _failures.AddOrUpdate(origin, 1, static (_, failures) => failures + 1);
        }

        return IndexAnswer<Fetched>.Failed(AuditState.Unknown, reason, AuditText.Shown(e.Message));
    }

    private static IndexAnswer<Provenance> Read(Fetched document, Uri url)
    {
        if (document.ContentType is not (Provenance.MediaType or "application/json"))
        {
            return IndexAnswer<Provenance>.Failed(
                AuditState.Unverifiable,
                AuditReason.ProvenanceMediaType,
                $"{Shown(url)} answered with '{AuditText.Shown(document.ContentType)}', which is not provenance."
            );
        }

        try
        {
            return IndexAnswer<Provenance>.Of(Provenance.Parse(document.Bytes));
        }
        catch (PackagingException e)
        {
            return IndexAnswer<Provenance>.Failed(AuditState.Unverifiable, AuditReason.ProvenanceMalformed, AuditText.Shown(e.Message));
        }
    }

    private static IndexAnswer<SimpleIndex> Parse(Fetched page, Uri url)
    {
        var isJson = page.ContentType is "application/vnd.pypi.simple.v1+json" or "application/vnd.pypi.simple.latest+json";
        if (
            !isJson
            && page.ContentType is not ("text/html" or "application/vnd.pypi.simple.v1+html" or "application/vnd.pypi.simple.latest+html")
        )
        {
            return NotAnIndex($"{Shown(url)} answered with '{AuditText.Shown(page.ContentType)}', which is not a simple index.");
        }

        try
        {
            var index = isJson ? SimpleIndex.ParseJson(page.Bytes, url) : SimpleIndex.ParseHtml(Encoding.UTF8.GetString(page.Bytes), url);

            // A login page of a proxy is HTML without links too.
            return !isJson && index.Files.Count + index.OtherFileNames.Count == 0 && index.ApiVersion is null
                ? NotAnIndex($"{Shown(url)} is a page without files and without a version of the index API.")
                : IndexAnswer<SimpleIndex>.Of(index);
        }
        catch (PackagingException e) when (isJson)
        {
            return IndexAnswer<SimpleIndex>.Failed(AuditState.Unverifiable, AuditReason.IndexInconsistent, AuditText.Shown(e.Message));
        }
        catch (PackagingException e)
        {
            return NotAnIndex(AuditText.Shown(e.Message));
        }
    }

    private static IndexAnswer<SimpleIndex> NotAnIndex(string detail) =>
        IndexAnswer<SimpleIndex>.Failed(AuditState.Unknown, AuditReason.NotAnIndex, detail);

    private sealed record Fetched(byte[] Bytes, string ContentType);
}

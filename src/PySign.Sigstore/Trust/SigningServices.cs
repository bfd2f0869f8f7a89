using PySign.Http;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Trust;

/// <summary>One transparency log to upload to.</summary>
/// <param name="Uri">The log's base URL.</param>
/// <param name="MajorApiVersion">1 (Rekor v1) or 2 (rekor-tiles).</param>
/// <param name="Operator">Who runs it; empty when not known.</param>
public sealed record TransparencyLogService(Uri Uri, int MajorApiVersion, string Operator = "");

/// <summary>The services that one signature needs: every one of them is used.</summary>
public sealed record SigningServices
{
    /// <summary>The certificate authority's base URL; null where a managed key signs, which needs none.</summary>
    public required Uri? Fulcio { get; init; }

    /// <summary>The transparency logs; every one gets an entry. At least one, except where a managed key signs.</summary>
    public required IReadOnlyList<TransparencyLogService> Logs { get; init; }

    /// <summary>The full URLs of timestamp authorities; at least one is needed when no Rekor v1 log is used, for Rekor v2 tells no
    /// time.</summary>
    public IReadOnlyList<Uri> TimestampAuthorities { get; init; } = [];

    /// <summary>The audience that the certificate authority wants in tokens.</summary>
    public string Audience { get; init; } = "sigstore";

    /// <summary>
    /// The public-good instance as its signing config names it (TUF target signing_config.v0.2.json, August 2026): Rekor v1 and one
    /// timestamp authority. The config changes over time; read the current one where it is at hand.
    /// </summary>
    public static SigningServices PublicGood { get; } =
        ForUrls(
            new Uri("https://fulcio.sigstore.dev"),
            new Uri("https://rekor.sigstore.dev"),
            new Uri("https://timestamp.sigstore.dev/api/v1/timestamp")
        );

    /// <summary>The staging instance, for trying out: its certificates and log entries are public too, and worth nothing.</summary>
    public static SigningServices Staging { get; } =
        ForUrls(
            new Uri("https://fulcio.sigstage.dev"),
            new Uri("https://rekor.sigstage.dev"),
            new Uri("https://timestamp.sigstage.dev/api/v1/timestamp")
        );

    /// <summary>Services by URL, with Rekor v1, as <c>FULCIO_URL</c> and <c>REKOR_URL</c> name them.</summary>
    /// <param name="fulcio">The certificate authority's base URL.</param>
    /// <param name="rekor">The log's base URL.</param>
    /// <param name="timestampAuthority">The timestamp authority's full URL; null for none.</param>
    public static SigningServices ForUrls(Uri fulcio, Uri rekor, Uri? timestampAuthority = null) =>
        new()
        {
            Fulcio = fulcio,
            Logs = [new TransparencyLogService(rekor, 1)],
            TimestampAuthorities = timestampAuthority is null ? [] : [timestampAuthority],
        };

    /// <summary>Services for a managed key, which needs no certificate authority; with none at all nothing is called.</summary>
    /// <param name="logs">The logs that get an entry; none, for what nobody else shall know of.</param>
    /// <param name="timestampAuthorities">The full URLs of timestamp authorities; at least one if all logs are Rekor v2.</param>
    public static SigningServices ForKey(IReadOnlyList<TransparencyLogService> logs, IReadOnlyList<Uri> timestampAuthorities) =>
        new()
        {
            Fulcio = null,
            Logs = logs,
            TimestampAuthorities = timestampAuthorities,
        };

    /// <summary>The services that a signing config file names for now.</summary>
    /// <param name="path">A <c>signing_config.v0.2.json</c>, at most 1 MiB.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="SigningException">The file is not a signing config, or names no services that can be used now.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SigningServices FromFile(string path, DateTimeOffset now) => SigningConfig.Load(path).Select(now);

    /// <summary>Refuses what could not end in a verifiable signature, before anything is called.</summary>
    internal void Check()
    {
        if (Logs.Count == 0 && Fulcio is not null)
        {
            throw Unusable("no transparency log is named", "Name at least one.");
        }

        if (Logs.FirstOrDefault(static log => log.MajorApiVersion is not (1 or 2)) is { } unknown)
        {
            throw Unusable(
                $"the log {unknown.Uri} has API version {unknown.MajorApiVersion}; 1 and 2 are known",
                "Name another log, or update Cake.PySign."
            );
        }

        if (TimestampAuthorities.Count == 0 && Logs.Count > 0 && Logs.All(static log => log.MajorApiVersion == 2))
        {
            throw Unusable("a Rekor v2 log states no time, and no timestamp authority is named", "Name a timestamp authority.");
        }

        foreach (var uri in new[] { Fulcio }.OfType<Uri>().Concat(Logs.Select(static log => log.Uri)).Concat(TimestampAuthorities))
        {
            if (EndpointRule.Refusal(uri) is { } refusal)
            {
                throw Unusable(
                    $"the address of {(uri.IsAbsoluteUri ? uri.Host : "a service")} is refused: {refusal}",
                    "Correct the service's URL."
                );
            }
        }
    }

    private static SigningException Unusable(string what, string advice) =>
        new(SigningFailure.NoUsableService, "", "Nothing can be signed with these services: " + what, advice);
}

using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Trust;
using PySign.Sigstore.Trust;

namespace Cake.PySign.Sign;

/// <summary>
/// The services to sign with, by one rule: the signing config of the settings; else the URLs, each from its setting or else its environment
/// variable; else the signing config of the instance that is trusted. Never a mixture: signatures of one instance and logs of another
/// verify nowhere.
/// </summary>
internal static class ChosenServices
{
    public static async Task<SigningServices> FromAsync(
        SigningRequest request,
        Services work,
        ChosenTrust trust,
        CancellationToken cancellationToken
    )
    {
        var settings = request.Signing;
        var now = work.Time.GetUtcNow();
        if (settings is { UploadToLog: false, UsesKey: false })
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "UploadToLog is false, but no Key and no Signer is set: a signature by an identity means nothing without a log, for its "
                    + "certificate lives for minutes.",
                "Sign with a key, or let it be logged."
            );
        }

        if (Named(request, work.Environment, now) is not { } services)
        {
            // Who signs for nobody outside to know asks no public service for the time either.
            services = settings.UploadToLog
                ? Select(await trust.SigningConfigAsync(cancellationToken).ConfigureAwait(false), request, now)
                : SigningServices.ForKey([], []);
        }

        if (request.OnlyRekorV1)
        {
            // The log's own time is enough, and the published form of an attestation has no place for another.
            services = services with
            {
                TimestampAuthorities = [],
            };
        }

        return settings.Key is null
            ? services with
            {
                Audience = settings.Audience,
            }
            : SigningServices.ForKey(settings.UploadToLog ? services.Logs : [], services.TimestampAuthorities);
    }

    private static SigningServices? Named(SigningRequest request, ICakeEnvironment environment, DateTimeOffset now)
    {
        var settings = request.Signing;
        if (settings.SigningConfig is { } config)
        {
            if (settings.FulcioUrl is not null || settings.RekorUrl is not null || settings.TimestampUrl is not null)
            {
                throw new PySignException(
                    PySignFailure.InvalidSettings,
                    "SigningConfig is set together with FulcioUrl, RekorUrl or TimestampUrl.",
                    "Use the config, or the URLs."
                );
            }

            return Load(config.MakeAbsolute(environment), request, now);
        }

        var fulcio = settings.FulcioUrl ?? Variable(environment, "FULCIO_URL");
        var rekor = settings.RekorUrl ?? Variable(environment, "REKOR_URL");
        var tsa = settings.TimestampUrl ?? Variable(environment, "TSA_URL");
        if (fulcio is null && rekor is null && tsa is null)
        {
            return null;
        }

        RequireUsable(request, fulcio, rekor);
        return new SigningServices
        {
            Fulcio = fulcio,
            Logs = rekor is null ? [] : [new TransparencyLogService(rekor, settings.RekorApiVersion)],
            TimestampAuthorities = tsa is null ? [] : [tsa],
        };
    }

    private static void RequireUsable(SigningRequest request, Uri? fulcio, Uri? rekor)
    {
        var settings = request.Signing;
        if (settings.UploadToLog && (rekor is null || (fulcio is null && !settings.UsesKey)))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"{(rekor is null ? "RekorUrl (REKOR_URL)" : "FulcioUrl (FULCIO_URL)")} is not set, but other service URLs are.",
                "Name certificate authority and log together: signatures of one instance and logs of another verify nowhere."
            );
        }

        if (request.OnlyRekorV1 && settings.RekorApiVersion != 1)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"RekorApiVersion is {settings.RekorApiVersion}, but attestations for an index are only sure to be accepted with a log "
                    + "of version 1.",
                "Name a log of version 1 with RekorUrl."
            );
        }
    }

    private static SigningServices Select(SigningConfig config, SigningRequest request, DateTimeOffset now) =>
        request.Signing.UsesKey && !request.OnlyRekorV1 ? config.SelectForKey(now)
        : request.OnlyRekorV1 ? config.SelectWithRekorV1(now)
        : config.Select(now);

    private static SigningServices Load(FilePath path, SigningRequest request, DateTimeOffset now) =>
        File.Exists(path.FullPath)
            ? Select(SigningConfig.Load(path.FullPath), request, now)
            : throw new PySignException(PySignFailure.MissingFile, $"There is no signing config at '{path}'.", "Correct SigningConfig.");

    private static Uri? Variable(ICakeEnvironment environment, string name) =>
        environment.GetEnvironmentVariable(name) switch
        {
            null or "" => null,
            var text when Uri.TryCreate(text, UriKind.Absolute, out var uri) => uri,
            _ => throw new PySignException(
                PySignFailure.InvalidSettings,
                $"The environment variable {name} holds no URL.",
                "Correct it, or unset it."
            ),
        };
}

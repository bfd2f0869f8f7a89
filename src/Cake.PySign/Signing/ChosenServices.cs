using Cake.Core;
using Cake.Core.IO;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Trust;

namespace Cake.PySign.Signing;

/// <summary>The services that settings name: a signing config, or URLs, or the ones of the instance that is trusted. Never a mixture.</summary>
internal static class ChosenServices
{
    public static async Task<SigningServices> FromAsync(
        CosignSignBlobSettings settings, ICakeEnvironment environment, ChosenTrust trust, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var urls = settings.FulcioUrl is not null || settings.RekorUrl is not null || settings.TimestampUrl is not null;
        if (settings.SigningConfig is { } config)
        {
            return urls
                ? throw new PySignException(
                    PySignFailure.InvalidSettings,
                    "SigningConfig is set together with FulcioUrl, RekorUrl or TimestampUrl.",
                    "Use the config, or the URLs.")
                : Load(config.MakeAbsolute(environment)).Select(now) with { Audience = settings.Audience };
        }

        if (!urls)
        {
            var current = await trust.SigningConfigAsync(cancellationToken).ConfigureAwait(false);
            return current.Select(now) with { Audience = settings.Audience };
        }

        if (settings.FulcioUrl is null || settings.RekorUrl is null)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"{(settings.FulcioUrl is null ? "FulcioUrl" : "RekorUrl")} is not set, but other service URLs are.",
                "Name certificate authority and log together: signatures of one instance and logs of another verify nowhere.");
        }

        return new SigningServices
        {
            Fulcio = settings.FulcioUrl,
            Logs = [new TransparencyLogService(settings.RekorUrl, settings.RekorApiVersion)],
            TimestampAuthorities = settings.TimestampUrl is null ? [] : [settings.TimestampUrl],
            Audience = settings.Audience,
        };
    }

    private static SigningConfig Load(FilePath path) => File.Exists(path.FullPath)
        ? SigningConfig.Load(path.FullPath)
        : throw new PySignException(PySignFailure.MissingFile, $"There is no signing config at '{path}'.", "Correct SigningConfig.");
}

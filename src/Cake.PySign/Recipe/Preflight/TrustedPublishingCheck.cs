using Cake.PySign.Publish;
using PySign.Packaging.Names;

namespace Cake.PySign.Recipe.Preflight;

/// <summary>
/// Trusted publishing as far as it can be tried without an upload: audience, identity, and the exchange itself where the project exists.
/// The exchange by a pending publisher creates its project, so it is left to the stage that publishes.
/// </summary>
internal static class TrustedPublishingCheck
{
    public static async Task CheckAsync(PreflightContext check, CancellationToken cancellationToken)
    {
        var release = check.Release;
        if (!release.UsesTrustedPublishing || check.Options.RepositoryUrl is not { } repository)
        {
            return;
        }

        var environment = release.Context.Environment;
        var services = release.Services.Reaching(check.Options.Network);
        var publishing = new TrustedPublishing(services);
        var index = check.Options.Index.Url ?? ConsumerVerificationStage.IndexOf(check.Options);
        bool exists;
        using (var connection = services.Connections.Basic(index, null, null, allowStorage: false, release.Log))
        {
            exists = (
                await connection
                    .GetAsync(
                        Common.Network.ServiceAddress.Below(index, ProjectName.Parse(check.Ledger.Name).Normalized, ""),
                        "application/vnd.pypi.simple.v1+json, text/html;q=0.5",
                        "Looking for the project at the index",
                        cancellationToken
                    )
                    .ConfigureAwait(false)
            ).Found;
        }

        try
        {
            var identity = await publishing.IdentifyAsync(repository, cancellationToken).ConfigureAwait(false);
            if (!exists)
            {
                check.Report.Unknown(
                    $"whether a pending publisher for {check.Ledger.NormalizedName} is registered: exchanging the token would create the "
                        + "project"
                );
                return;
            }

            await publishing.MintAsync(repository, identity, cancellationToken).ConfigureAwait(false);
        }
        catch (PySignException e) when (check.IsAlone)
        {
            // The job that publishes may run in an environment, or have the token that this one has not.
            if (
                e.Message.Contains("invalid-publisher", StringComparison.Ordinal)
                && e.Message.Contains("environment:", StringComparison.Ordinal)
            )
            {
                throw;
            }

            if (e.Message.Contains("no identity token", StringComparison.Ordinal))
            {
                check.Report.Unknown("whether the index knows the publisher: this job has no identity token for it");
                return;
            }

            throw;
        }
    }
}

using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Network;
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
        var exists = await ExistsAsync(check, index, services, cancellationToken).ConfigureAwait(false);
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
        catch (PySignException e) when (check.IsAlone && IsOfThisJob(e))
        {
            check.Report.Unknown("whether the index knows the publisher: this job has no identity token for it");
        }
    }

    /// <summary>Whether only this job lacks what the one that publishes may have: an identity token.</summary>
    private static bool IsOfThisJob(PySignException e) => e.Message.Contains("no identity token", StringComparison.Ordinal);

    private static async Task<bool> ExistsAsync(PreflightContext check, Uri index, Services services, CancellationToken cancellationToken)
    {
        using var connection = services.Connections.Basic(index, null, null, allowStorage: false, check.Release.Log);
        var answer = await connection
            .GetAsync(
                ServiceAddress.Below(index, ProjectName.Parse(check.Ledger.Name).Normalized, ""),
                "application/vnd.pypi.simple.v1+json, text/html;q=0.5",
                "Looking for the project at the index",
                cancellationToken
            )
            .ConfigureAwait(false);
        return answer.Found;
    }
}

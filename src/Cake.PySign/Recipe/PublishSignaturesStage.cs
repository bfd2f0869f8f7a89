using Cake.PySign.Publish;
using Cake.PySign.Recipe.Preflight;

namespace Cake.PySign.Recipe;

/// <summary>Publishes every file of every signature to the generic registry. It runs before the packages go up.</summary>
internal static class PublishSignaturesStage
{
    public static async Task RunAsync(Release release, CancellationToken cancellationToken)
    {
        if (release.Options.DryRun && DryRun.HasNoSignatures(release))
        {
            await PreflightStage.PlanAsync(release, DestinationCheck.SignaturesAsync, cancellationToken).ConfigureAwait(false);
            return;
        }

        // Read once: what the index is asked about each, its metadata too, is known from here on.
        release.Dist.Inspect();
        var ledger = release.Dist.ReadSigned();
        var plan = await ReleasePlan.MakeAsync(release, ledger, cancellationToken).ConfigureAwait(false);
        if (release.Options.DryRun)
        {
            return;
        }

        if (release.SharesTag && release.Together is null && plan.SignatureSettings.Store.Kind == StoreKind.GitHubRelease)
        {
            release.Log.Warning(
                "Another project has this tag too, and its files are not in this run: the tag's release becomes public with this one's. A "
                    + "later run adds the other's, except where the repository makes releases immutable: there release both with "
                    + "PySign-Release."
            );
        }

        // Before the release, whose page then says how they are found.
        ledger = await RepositoryAttestations.PublishAsync(release, ledger, cancellationToken).ConfigureAwait(false);
        using var assets = await ReleaseAssets.AddAsync(release, ledger, plan, cancellationToken).ConfigureAwait(false);
        await UploadAsync(release, ledger, assets.Plan, plan.SignatureSettings, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What reached the store is in the ledger, also where the rest did not. Only signatures have receipts.</summary>
    private static async Task UploadAsync(
        Release release,
        Ledger ledger,
        UploadPlan plan,
        GenericUploadSettings settings,
        CancellationToken cancellationToken
    )
    {
        var receipts = new Receipts(release, ledger, LedgerDestination.PublishSignatures);
        var signatures = ledger.SignatureFiles.Select(part => part.Name).ToHashSet(StringComparer.Ordinal);
        settings.Received = receipt =>
        {
            if (signatures.Contains(receipt.Path.GetFilename().FullPath))
            {
                receipts.Add(receipt);
            }
        };
        try
        {
            await release.Generic.CarryOutAsync(plan, settings, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            receipts.Write();
        }
    }
}

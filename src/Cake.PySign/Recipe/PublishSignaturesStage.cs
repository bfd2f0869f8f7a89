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

        var ledger = release.Dist.ReadSigned();
        await release.VerifyAsync(ledger, cancellationToken).ConfigureAwait(false);
        var plan = await ReleasePlan.MakeAsync(release, ledger, cancellationToken).ConfigureAwait(false);
        plan.Print(release);
        plan.RefuseDifferent(ConsumerVerificationStage.UsersPolicy(release));
        if (release.Options.DryRun)
        {
            return;
        }

        var receipts = new Receipts(release, ledger, ReleaseStage.PublishSignatures);
        plan.SignatureSettings.Received = receipts.Add;
        try
        {
            await release.Generic.CarryOutAsync(plan.Signatures, plan.SignatureSettings, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            receipts.Write();
        }

        await RepositoryAttestations.PublishAsync(release, release.Dist.ReadSigned(), cancellationToken).ConfigureAwait(false);
    }
}

namespace Cake.PySign.Recipe;

/// <summary>Publishes every file of every signature to the generic registry. It runs before the packages go up.</summary>
internal static class PublishSignaturesStage
{
    public static async Task RunAsync(Release release, CancellationToken cancellation)
    {
        if (release.Options.DryRun && DryRun.HasNoSignatures(release))
        {
            return;
        }

        var ledger = release.Dist.ReadSigned();
        await release.VerifyAsync(ledger, cancellation).ConfigureAwait(false);
        var plan = await ReleasePlan.MakeAsync(release, ledger, cancellation).ConfigureAwait(false);
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
            await release.Generic.CarryOutAsync(plan.Signatures, plan.SignatureSettings, cancellation).ConfigureAwait(false);
        }
        finally
        {
            receipts.Write();
        }
    }
}

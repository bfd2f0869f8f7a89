using Cake.PySign.Publishing;

namespace Cake.PySign.Recipe;

/// <summary>Publishes the distributions, once their signatures are public.</summary>
internal static class PublishStage
{
    public static async Task RunAsync(Release release, CancellationToken cancellation)
    {
        if (release.Options.DryRun && DryRun.HasNoSignatures(release))
        {
            return;
        }

        var ledger = release.Dist.ReadSigned();
        if (!release.Options.DryRun)
        {
            RequireReceipts(ledger);
        }

        await release.VerifyAsync(ledger, cancellation).ConfigureAwait(false);
        var plan = await ReleasePlan.MakeAsync(release, ledger, cancellation).ConfigureAwait(false);
        plan.Print(release);
        plan.RefuseDifferent();
        if (release.Options.DryRun)
        {
            return;
        }

        RequireServed(plan.Signatures);
        var receipts = new Receipts(release, ledger, ReleaseStage.Publish);
        plan.PackageSettings.Received = receipts.Add;
        try
        {
            await release.Index.CarryOutAsync(plan.Packages, plan.PackageSettings, cancellation).ConfigureAwait(false);
        }
        finally
        {
            receipts.Write();
        }

        await RestoreSignaturesAsync(release, plan, cancellation).ConfigureAwait(false);
    }

    private static void RequireReceipts(Ledger ledger)
    {
        foreach (var file in ledger.Files)
        {
            var published = file.ReceiptsOf(ReleaseStage.PublishSignatures).Select(receipt => (receipt.File, receipt.Sha256)).ToHashSet();
            if (!file.Signature!.Files.All(part => published.Contains((part.Name, part.Sha256))))
            {
                throw Unsigned(file.Name);
            }
        }
    }

    /// <summary>The ledger remembers that they were published; the registry is asked whether they still are.</summary>
    private static void RequireServed(UploadPlan signatures)
    {
        if (signatures.Missing.FirstOrDefault() is { } missing)
        {
            throw Unsigned(missing.Name, $" {signatures.Registry} does not serve it.");
        }
    }

    private static PySignException Unsigned(string name, string detail = "") => new(
        PySignFailure.MissingFile,
        $"The signatures of '{name}' have not been published: nothing may be public unsigned.{detail}",
        "Run PySign-PublishSignatures first, and hand its ledger on to this job.");

    /// <summary>
    /// An index keeps the first file of a name for ever, a generic registry serves the newest: of two runs at the same time the one whose packages
    /// are in the index has won, and where the other one's signatures shadow its own, it puts its own on top again.
    /// </summary>
    private static async Task RestoreSignaturesAsync(Release release, ReleasePlan plan, CancellationToken cancellation)
    {
        var served = await release.Generic.PlanAsync(plan.Signatures.Uploads.Select(upload => upload.File), plan.SignatureSettings, cancellation).ConfigureAwait(false);
        var shadowed = served.Uploads.Where(upload => upload.State != PlannedState.Identical).ToList();
        if (shadowed.Count == 0)
        {
            return;
        }

        foreach (var upload in shadowed)
        {
            release.Log.Warning(
                $"{upload.Name}: another run of the same version published over this one's signature (here {upload.Sha256}, there {upload.There?.Sha256 ?? "nothing"}). "
                + "The packages are this run's, and its signature is put back.");
        }

        await release.Generic.CarryOutAsync(
            new UploadPlan(served.Registry, [.. shadowed.Select(upload => upload with { There = null })]), plan.SignatureSettings, cancellation).ConfigureAwait(false);
    }
}

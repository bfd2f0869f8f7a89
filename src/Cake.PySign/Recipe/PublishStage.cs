using Cake.PySign.Publish;
using Cake.PySign.Recipe.Preflight;
using Cake.PySign.Recipe.Report;

namespace Cake.PySign.Recipe;

/// <summary>Publishes the distributions, once their signatures are public.</summary>
internal static class PublishStage
{
    public static async Task RunAsync(Release release, CancellationToken cancellationToken)
    {
        if (release.Options.DryRun && DryRun.HasNoSignatures(release))
        {
            await PreflightStage.PlanAsync(release, DestinationCheck.PackagesAsync, cancellationToken).ConfigureAwait(false);
            return;
        }

        using var copies = new PrivateCopies(release.Services.Digests);
        if (!release.Options.DryRun)
        {
            Copy(release, copies, cancellationToken);
        }

        var ledger = release.Dist.ReadSigned();
        if (!release.Options.DryRun)
        {
            RequireReceipts(ledger);
        }

        var plan = await ReleasePlan.MakeAsync(release, ledger, cancellationToken).ConfigureAwait(false);
        if (release.Options.DryRun)
        {
            return;
        }

        await RequireServedAsync(release, plan.Signatures, plan.SignatureSettings, cancellationToken).ConfigureAwait(false);
        var published = await UploadAsync(release, ledger, plan, copies, cancellationToken).ConfigureAwait(false);
        var served = await ServedAfterwardsAsync(release, plan, cancellationToken).ConfigureAwait(false);
        await AnnounceAsync(release, published, served, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What reached the index is in the ledger, also where the rest did not.</summary>
    private static async Task<IReadOnlyList<UploadReceipt>> UploadAsync(
        Release release,
        Ledger ledger,
        ReleasePlan plan,
        PrivateCopies copies,
        CancellationToken cancellationToken
    )
    {
        var receipts = new Receipts(release, ledger, LedgerDestination.Publish);
        plan.PackageSettings.Received = receipts.Add;
        try
        {
            return await release.Index.CarryOutAsync(plan.Packages, plan.PackageSettings, copies, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            receipts.Write();
        }
    }

    /// <summary>The signatures as they are served once the packages are public: another run of the same version may have begun meanwhile,
    /// and stopped.</summary>
    private static async Task<UploadPlan> ServedAfterwardsAsync(Release release, ReleasePlan plan, CancellationToken cancellationToken)
    {
        var served = await release
            .Generic.PlanAsync(plan.Signatures.Uploads.Select(upload => upload.Path), plan.SignatureSettings, cancellationToken)
            .ConfigureAwait(false);
        UploadPlan.RefuseDifferent(served);
        await RequireServedAsync(release, served, plan.SignatureSettings, cancellationToken).ConfigureAwait(false);
        return served;
    }

    /// <summary>Tells people where the files are and how they are verified.</summary>
    private static async Task AnnounceAsync(
        Release release,
        IReadOnlyList<UploadReceipt> published,
        UploadPlan served,
        CancellationToken cancellationToken
    )
    {
        // Addresses as the registries gave them just now: the ledger's are remembered, and whoever can write it could name others.
        var addresses = published
            .Select(receipt => (Name: receipt.Path.GetFilename().FullPath, receipt.Url))
            .Concat(served.Uploads.Select(upload => (Name: upload.FileName, upload.There!.Url)))
            .ToDictionary(file => file.Name, file => file.Url, StringComparer.Ordinal);
        VerificationNotes.Write(release, addresses);
        await GitLabReleases.WriteAsync(release, addresses, cancellationToken).ConfigureAwait(false);
        ReleaseReportFiles.Write(release);
    }

    /// <summary>What may have to be sent is copied by the reading that everything after it relies on; what is public already is
    /// not.</summary>
    private static void Copy(Release release, PrivateCopies copies, CancellationToken cancellationToken)
    {
        foreach (var file in release.Dist.Store.Read().Files.Where(file => !file.ReceiptsOf(LedgerDestination.Publish).Any()))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (File.Exists(release.Dist.File(file.Name).FullPath))
            {
                copies.Take(release.Dist.File(file.Name));
            }
        }
    }

    private static void RequireReceipts(Ledger ledger)
    {
        foreach (var file in ledger.Files)
        {
            var published = file.ReceiptsOf(LedgerDestination.PublishSignatures)
                .Select(receipt => (receipt.File, receipt.Sha256))
                .ToHashSet();
            if (!file.Signature!.Files.All(part => published.Contains((part.Name, part.Sha256))))
            {
                throw Unsigned(file.Name);
            }
        }

        var statement = ledger.Statement!;
        if (
            !statement.Receipts.Any(receipt =>
                receipt.Stage == LedgerDestination.PublishSignatures
                && (receipt.File, receipt.Sha256) == (statement.File.Name, statement.File.Sha256)
            )
        )
        {
            throw Unsigned(statement.File.Name);
        }
    }

    /// <summary>The ledger remembers that they were published; the registry is asked whether they still are. Where a run that lost has put
    /// its signature over this one's, which came first, this one's is sent again: the newest is served.</summary>
    private static async Task RequireServedAsync(
        Release release,
        UploadPlan signatures,
        GenericUploadSettings settings,
        CancellationToken cancellationToken
    )
    {
        if (signatures.Missing.FirstOrDefault() is { } missing)
        {
            throw Unsigned(missing.FileName, $" {signatures.Registry} does not serve it.");
        }

        foreach (var upload in signatures.Shadowed)
        {
            release.Log.Warning(upload.ToString().Trim());
        }

        if (signatures.Shadowed.Any())
        {
            await release.Generic.CarryOutAsync(signatures, settings, cancellationToken).ConfigureAwait(false);
        }
    }

    private static PySignException Unsigned(string name, string detail = "") =>
        new(
            PySignFailure.MissingFile,
            $"The signatures of '{name}' have not been published: nothing may be public unsigned.{detail}",
            "Run PySign-PublishSignatures first, and hand its ledger on to this job."
        );
}

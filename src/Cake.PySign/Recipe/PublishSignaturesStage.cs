using Cake.PySign.Publishing;

namespace Cake.PySign.Recipe;

/// <summary>Publishes every file of every signature to the generic registry. It runs before the packages go up.</summary>
internal static class PublishSignaturesStage
{
    public static async Task RunAsync(Release release, CancellationToken cancellation)
    {
        var ledger = release.Dist.ReadSigned();
        await release.VerifyAsync(ledger, cancellation).ConfigureAwait(false);

        var parts = ledger.Files.SelectMany(file => file.Signature!.Files).ToList();
        var receipts = await release.Context.GenericUpload(
            parts.Select(part => release.Dist.File(part.Name)),
            GenericPackage.Address(release, ledger, new GenericUploadSettings()),
            cancellation).ConfigureAwait(false);

        foreach (var file in ledger.Files)
        {
            ledger = ledger.With(file.Received(ReleaseStage.PublishSignatures, file.Signature!.Files.Select(part => Receipts.Of(release, ReleaseStage.PublishSignatures, receipts, part.Name, part.Sha256))));
        }

        release.Dist.Store.Write(ledger);
    }
}

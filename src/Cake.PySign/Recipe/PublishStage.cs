using Cake.PySign.Publishing;

namespace Cake.PySign.Recipe;

/// <summary>Publishes the distributions, once their signatures are public.</summary>
internal static class PublishStage
{
    public static async Task RunAsync(Release release, CancellationToken cancellation)
    {
        var ledger = release.Dist.ReadSigned();
        foreach (var file in ledger.Files)
        {
            var published = file.ReceiptsOf(ReleaseStage.PublishSignatures).Select(receipt => (receipt.File, receipt.Sha256)).ToHashSet();
            if (!file.Signature!.Files.All(part => published.Contains((part.Name, part.Sha256))))
            {
                throw new PySignException(
                    PySignFailure.MissingFile,
                    $"The signatures of '{file.Name}' have not been published: nothing may be public unsigned.",
                    "Run PySign-PublishSignatures first, and hand its ledger on to this job.");
            }
        }

        await release.VerifyAsync(ledger, cancellation).ConfigureAwait(false);
        var options = release.Options;
        var receipts = await release.Context.TwineUpload(
            ledger.Files.Select(file => release.Dist.File(file.Name)),
            new TwineUploadSettings
            {
                RepositoryUrl = options.RepositoryUrl ?? throw Release.Missing("PYSIGN_REPOSITORY_URL", "where twine uploads, such as https://gitlab.com/api/v4/projects/42/packages/pypi"),
                IndexUrl = options.IndexUrl,
                UserName = options.UserName,
                Password = options.Password,
                PythonPath = options.Python,
            },
            cancellation).ConfigureAwait(false);

        foreach (var file in ledger.Files)
        {
            ledger = ledger.With(file.Received(ReleaseStage.Publish, [Receipts.Of(release, ReleaseStage.Publish, receipts, file.Name, file.Sha256)]));
        }

        release.Dist.Store.Write(ledger);
    }
}

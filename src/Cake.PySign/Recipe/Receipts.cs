using Cake.PySign.Publishing;

namespace Cake.PySign.Recipe;

/// <summary>A receipt enters the ledger only for the very bytes that the ledger names.</summary>
internal static class Receipts
{
    public static LedgerReceipt Of(Release release, ReleaseStage stage, IReadOnlyList<UploadReceipt> receipts, string name, string sha256)
    {
        var receipt = receipts.SingleOrDefault(one => one.File.GetFilename().ToString() == name);
        return receipt?.Sha256 == sha256
            ? new LedgerReceipt(stage.ToString(), name, receipt.Url.AbsoluteUri, receipt.Sha256, release.Time.GetUtcNow())
            : throw new PySignException(
                PySignFailure.DigestMismatch,
                $"'{name}' was published with SHA-256 {receipt?.Sha256 ?? "(nothing)"}, the ledger names {sha256}.",
                "The file changed while it was uploaded. Find out what writes into the folder, and look at what the registry holds.");
    }
}

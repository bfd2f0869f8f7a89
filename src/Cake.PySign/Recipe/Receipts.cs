using Cake.PySign.Publish;
using PySign.Formats;

namespace Cake.PySign.Recipe;

/// <summary>
/// Writes receipts into the ledger as they come, each for the very bytes that the ledger names. A large ledger is not rewritten for each
/// of a thousand receipts: writing takes at most a tenth of the time, and a receipt that a killed process did not write down is found again
/// by the next run.
/// </summary>
internal sealed class Receipts(Release release, Ledger ledger, LedgerDestination stage)
{
    private const int Share = 10;

    private readonly Dictionary<string, (string Owner, Sha256Digest Sha256)> _expected = ledger
        .Files.SelectMany(file =>
            (file.Signature?.Files ?? [])
                .Select(part => (part.Name, Owner: file.Name, part.Sha256))
                .Append((file.Name, Owner: file.Name, file.Sha256))
        )
        .Concat(ledger.Statement is { } statement ? [(statement.File.Name, Owner: statement.File.Name, statement.File.Sha256)] : [])
        .ToDictionary(file => file.Name, file => (file.Owner, file.Sha256), StringComparer.Ordinal);

    private readonly Dictionary<string, List<LedgerReceipt>> _open = new(StringComparer.Ordinal);
    private Ledger _ledger = ledger;
    private long _written = release.Time.GetTimestamp();
    private TimeSpan _cost;

    /// <summary>Takes a receipt; called one at a time.</summary>
    public void Add(UploadReceipt receipt)
    {
        var name = receipt.Path.GetFilename().ToString();
        var (owner, sha256) = _expected[name];
        if (receipt.Sha256 != sha256)
        {
            throw new PySignException(
                PySignFailure.DigestMismatch,
                $"'{name}' was published with SHA-256 {receipt.Sha256}, the ledger names {sha256}.",
                "The file changed while it was uploaded. Find out what writes into the folder, and look at what the registry holds."
            );
        }

        if (!_open.TryGetValue(owner, out var receipts))
        {
            _open[owner] = receipts = [];
        }

        receipts.Add(new LedgerReceipt(stage, name, receipt.Url.AbsoluteUri, receipt.Sha256, release.Time.GetUtcNow()));
        if (release.Time.GetElapsedTime(_written) >= Share * _cost)
        {
            Write();
        }
    }

    /// <summary>Writes what is not written yet.</summary>
    public void Write()
    {
        if (_open.Count == 0)
        {
            return;
        }

        var started = release.Time.GetTimestamp();
        _ledger = _ledger with
        {
            Files =
            [
                .. _ledger.Files.Select(file => _open.TryGetValue(file.Name, out var receipts) ? file.Received(stage, receipts) : file),
            ],
            Statement =
                _ledger.Statement is { } statement && _open.TryGetValue(statement.File.Name, out var own)
                    ? statement.Received(stage, own)
                    : _ledger.Statement,
        };
        release.Dist.Store.Write(_ledger);
        _open.Clear();
        _written = release.Time.GetTimestamp();
        _cost = release.Time.GetElapsedTime(started, _written);
    }
}

using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Sign;

namespace Cake.PySign.Recipe;

/// <summary>Puts each signature into the ledger when it is made. A ledger of a thousand files is written in batches of a quarter of a
/// second.</summary>
internal sealed class SignatureBook(LedgerStore store, Ledger ledger, TimeProvider time)
{
    private static readonly TimeSpan _batch = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private long? _written;
    private bool _isOpen;

    /// <summary>The ledger with all signatures so far.</summary>
    public Ledger Ledger { get; private set; } = ledger;

    /// <summary>Enters a signature whose files are written; called from any thread.</summary>
    /// <exception cref="PySignException">Other bytes were signed than the ledger names.</exception>
    public void Add(SignedBlob blob)
    {
        lock (_gate)
        {
            var file = Ledger[blob.Path.GetFilename().ToString()];
            if (blob.Sha256 != file.Sha256)
            {
                throw new PySignException(
                    PySignFailure.DigestMismatch,
                    $"'{blob.Path}' changed while it was signed: expected SHA-256 {file.Sha256}, signed {blob.Sha256}.",
                    "Somebody writes into the folder between the stages. Find out who; then build again."
                );
            }

            Ledger = Ledger.With(file with { Signature = Describe(blob), Receipts = [] });
            _isOpen = true;
            if (_written is not { } last || time.GetElapsedTime(last) >= _batch)
            {
                Write();
            }
        }
    }

    /// <summary>Writes what is not written yet.</summary>
    public void Write()
    {
        lock (_gate)
        {
            if (_isOpen)
            {
                store.Write(Ledger);
                _isOpen = false;
                _written = time.GetTimestamp();
            }
        }
    }

    private static LedgerSignature Describe(SignedBlob blob) =>
        new(
            blob.Identity,
            blob.Issuer,
            [
                .. new[] { blob.Bundle, blob.Signature, blob.Certificate }
                    .OfType<FilePath>()
                    .Select(part => new LedgerSignatureFile(part.GetFilename().ToString(), FileDigest.Of(part))),
            ],
            [.. blob.LogEntries.Select(entry => new LedgerLog(entry.Log, entry.Index, entry.IntegratedTime))]
        );
}

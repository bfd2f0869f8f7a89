using Cake.PySign.Common.Logging;

namespace Cake.PySign.Publish;

/// <summary>Hands out receipts, one at a time, as soon as each is known: what a caller has written down by then survives the
/// process.</summary>
internal sealed class ReceiptDesk(SafeLog log, Action<UploadReceipt>? received, UploadProgress progress)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, UploadReceipt> _receipts = new(StringComparer.Ordinal);

    public void Hand(UploadReceipt receipt)
    {
        lock (_gate)
        {
            if (_receipts.TryAdd(receipt.Path.FullPath, receipt))
            {
                if (progress.Line(receipt) is { } line)
                {
                    log.Information(line);
                }

                received?.Invoke(receipt);
            }
        }
    }

    /// <summary>Every receipt, in the order of the plan; each file has one.</summary>
    public IReadOnlyList<UploadReceipt> Of(UploadPlan plan)
    {
        lock (_gate)
        {
            return [.. plan.Uploads.Select(upload => _receipts[upload.Path.FullPath])];
        }
    }
}

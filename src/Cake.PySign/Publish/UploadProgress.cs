using System.Globalization;

namespace Cake.PySign.Publish;

/// <summary>
/// How far an upload is: files, bytes and the time that is left by the pace so far. Up to a hundred files have a line each; of more, which
/// are signatures, a tenth has one, because the plan and the ledger name them all. Not for several threads at once.
/// </summary>
internal sealed class UploadProgress(UploadPlan plan, TimeProvider time)
{
    private const int MaxLines = 100;
    private const int Shares = 10;
    private const long MiB = 1 << 20;

    private readonly long _started = time.GetTimestamp();
    private readonly long _bytes = plan.Uploads.Sum(upload => upload.Size);
    private readonly long _open = plan.Missing.Concat(plan.Shadowed).Sum(upload => upload.Size);
    private int _files;
    private long _done;
    private long _sent;

    /// <summary>What is said of a receipt; null for nothing.</summary>
    public string? Line(UploadReceipt receipt)
    {
        _files++;
        _done += receipt.Size;
        _sent += receipt.State == UploadState.Uploaded ? receipt.Size : 0;
        var count = plan.Uploads.Count;
        if (count > MaxLines)
        {
            var tenth = _files * Shares / count;
            return tenth > (_files - 1) * Shares / count ? $"Published: {Text(count)}" : null;
        }

        var what = receipt.State == UploadState.Uploaded ? "Published" : "Already there";
        var line = $"{what}: {receipt.Url}  sha256 {receipt.Sha256}";
        return count > 3 ? $"{line}  ({Text(count)})" : line;
    }

    private string Text(int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{_files} of {count} files, {Size(_done)} of {Size(_bytes)}{Left()}");

    private string Left()
    {
        if (_sent == 0 || _sent >= _open)
        {
            return "";
        }

        var left = time.GetElapsedTime(_started) * ((double)(_open - _sent) / _sent);
        return string.Create(CultureInfo.InvariantCulture, $", about {Math.Ceiling(left.TotalSeconds):0} s left");
    }

    private static string Size(long bytes) =>
        bytes < MiB
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB")
            : string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / MiB:0.0} MiB");
}

using System.Threading.Channels;
using Cake.PySign.Common.Network;

namespace Cake.PySign.Publish;

/// <summary>
/// Reads back what twine has sent while twine is still busy with the next file, so that each receipt is there as soon as it can be. twine
/// names a file when it begins with it: the one before is then done.
/// </summary>
internal sealed class TwineReadBack(IEnumerable<LocalDistribution> files, PublishedFiles remote, ReceiptDesk desk, TimeProvider time)
{
    private const string Begin = "Uploading ";

    // The index of a thousand files is long, and each look reads all of it: listing takes at most a fifth of the time.
    private const int Share = 4;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _longestInterval = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, LocalDistribution> _files = files.ToDictionary(file => file.FileName, StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly HashSet<LocalDistribution> _sent = [];
    private readonly Channel<bool> _more = Channel.CreateUnbounded<bool>();
    private LocalDistribution? _current;

    /// <summary>Takes a line of twine's output.</summary>
    public void Line(string text)
    {
        var line = text.Trim();
        if (!line.StartsWith(Begin, StringComparison.Ordinal) || !_files.TryGetValue(line[Begin.Length..], out var next))
        {
            return;
        }

        lock (_gate)
        {
            if (_current is { } done && done != next && _sent.Add(done))
            {
                _more.Writer.TryWrite(true);
            }

            _current = next;
        }
    }

    /// <summary>Hands out receipts until it is stopped; what it is reading then it reads to the end, unless that is canceled too: nothing
    /// is read twice.</summary>
    /// <returns>Why twine must be stopped; <see langword="null"/> when it need not be.</returns>
    public async Task<PySignException?> RunAsync(CancellationToken stop, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _more.Reader.ReadAsync(stop).ConfigureAwait(false);
                var look = await remote.ReadAsync(Sent(), cancellationToken).ConfigureAwait(false);
                HandOut(look.Served, desk);
                Forget(look.Served.Keys);
                var pause = Math.Clamp(Share * look.Listing.Ticks, _interval.Ticks, _longestInterval.Ticks);
                await Task.Delay(TimeSpan.FromTicks(pause), time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (PySignException e)
        {
            // Other bytes than ours are final; anything else is looked at again when twine has ended.
            return e.Reason is PySignFailure.Conflict or PySignFailure.DigestMismatch ? e : null;
        }
    }

    /// <summary>Hands out a receipt for each file that is served as it was sent.</summary>
    /// <exception cref="PySignException">Other bytes are served.</exception>
    public static void HandOut(IReadOnlyDictionary<LocalDistribution, RegistryDownload> served, ReceiptDesk desk)
    {
        var other = served.Where(pair => pair.Key.Sha256 != pair.Value.Sha256).ToList();
        if (other.Count > 0)
        {
            throw UploadPlan.Conflict(
                "the registry serves other bytes than this run publishes; another run publishes the same version",
                other.Select(pair => (pair.Key.FileName, pair.Key.Sha256, pair.Value.Sha256))
            );
        }

        foreach (var (file, download) in served)
        {
            desk.Hand(
                new UploadReceipt
                {
                    Path = file.Path,
                    Sha256 = download.Sha256,
                    Url = download.Url,
                    Size = download.Size,
                    State = UploadState.Uploaded,
                }
            );
        }
    }

    private void Forget(IEnumerable<LocalDistribution> received)
    {
        lock (_gate)
        {
            _sent.ExceptWith(received);
        }
    }

    private List<LocalDistribution> Sent()
    {
        lock (_gate)
        {
            return [.. _sent];
        }
    }
}

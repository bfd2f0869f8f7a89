using System.Collections.Concurrent;
using Cake.Core.IO;
using PySign.Formats;
using PySign.Packaging.Distributions;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Common;

/// <summary>
/// The digests of the files that one call or one stage works on, each computed once: sixty wheels of a release are not read again by each
/// of its checks. A file that was touched since is read again. What leaves the machine is hashed as it leaves, whatever is known here.
/// </summary>
internal sealed class KnownDigests
{
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>The SHA-256 of a file.</summary>
    /// <exception cref="PySignException">The file cannot be read.</exception>
    public Sha256Digest Of(FilePath path)
    {
        // Its state from before the reading: what is written meanwhile is noticed by the next who asks.
        var state = State.Of(path);
        return Find(path, state) is { } known
            ? known.Sha256
            : (_known[path.FullPath] = new Known(state, Read(path, () => FileDigest.Of(path)), null, RecordChecked: false)).Sha256;
    }

    /// <summary>The file for a signature or its verification, which reads it only for a key that signs another digest.</summary>
    public Artifact Artifact(FilePath path) => global::PySign.Sigstore.Verification.Artifact.FromFile(path.FullPath, Of(path));

    /// <summary>What a distribution holds, and its digest, by one reading of the same bytes.</summary>
    /// <param name="path">The distribution.</param>
    /// <param name="checkRecord">Whether a wheel is held against its RECORD.</param>
    /// <exception cref="PySignException">The file cannot be read.</exception>
    public InspectedDistribution Inspect(FilePath path, bool checkRecord = false)
    {
        var state = State.Of(path);
        return Find(path, state) is { Inspected: { } inspected } known && (known.RecordChecked || !checkRecord)
            ? inspected
            : Inspect(path, checkRecord, state, null);
    }

    /// <summary>The same, read in any case, into a copy.</summary>
    public InspectedDistribution Copy(FilePath path, Stream copyTo) => Inspect(path, checkRecord: false, State.Of(path), copyTo);

    private InspectedDistribution Inspect(FilePath path, bool checkRecord, State state, Stream? copyTo)
    {
        SpecialFile.Refuse(path.FullPath);
        var inspected = Read(path, () => InspectedDistribution.Read(path.FullPath, checkRecord, copyTo));
        _known[path.FullPath] = new Known(state, inspected.Sha256, inspected, checkRecord);
        return inspected;
    }

    /// <summary>What it means that a file cannot be read, which was there when it was listed.</summary>
    public static PySignException Unreadable(string path, Exception cause) =>
        new(
            PySignFailure.MissingFile,
            $"'{path}' cannot be read: {cause.Message}",
            "Find out what removed or locked it, or correct the permissions; then run again.",
            cause
        );

    private static T Read<T>(FilePath path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path.FullPath, e);
        }
    }

    private Known? Find(FilePath path, State state) =>
        _known.TryGetValue(path.FullPath, out var known) && known.State == state ? known : null;

    private readonly record struct State(long Length, DateTime Written)
    {
        public static State Of(FilePath path)
        {
            var file = new FileInfo(path.FullPath);
            return file.Exists ? new State(file.Length, file.LastWriteTimeUtc) : default;
        }
    }

    private sealed record Known(State State, Sha256Digest Sha256, InspectedDistribution? Inspected, bool RecordChecked);
}

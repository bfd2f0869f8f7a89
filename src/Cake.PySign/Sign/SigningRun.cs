using System.Globalization;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Logging;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Sign;

/// <summary>
/// Takes many files through signing. Each one's output is written as soon as it is signed and verified, so that what is finished stays
/// finished whatever becomes of the rest; files that fail are accounted for one by one.
/// </summary>
internal sealed class SigningRun<T>(SigningSession session, SafeLog log, KnownDigests digests, TimeProvider time)
    where T : class
{
    // Of so few, nobody waits long enough to ask how many are left.
    private const int MaxUncounted = 3;

    private readonly Dictionary<string, T> _finished = [];
    private readonly Lock _gate = new();
    private int _said;

    public required Func<Signer, FilePath, Artifact, CancellationToken, Task<SignedArtifact>> Sign { get; init; }

    /// <summary>Writes the output of one file.</summary>
    public required Func<FilePath, SignedArtifact, T> Write { get; init; }

    /// <summary>A signature of the same signer that is kept; null for none.</summary>
    public required Func<FilePath, SignedArtifact?> Keep { get; init; }

    /// <summary>The one line that is said of a file as soon as its output is written; null to say nothing of single files.</summary>
    public Func<T, string>? Line { get; init; }

    /// <summary>Told what was written, if anything was, and of which files, before what is missing becomes an error.</summary>
    public Action<IReadOnlyList<T>, IReadOnlyList<FilePath>>? Finished { get; init; }

    /// <returns>What was written, in the order of the files.</returns>
    /// <exception cref="BlobSigningException">Some files are signed and some are not.</exception>
    /// <exception cref="SigningException">None is, and the reason is known.</exception>
    public async Task<IReadOnlyList<T>> RunAsync(IReadOnlyList<FilePath> paths, int maxParallel, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var artifacts = paths.Select(path => digests.Artifact(path)).ToList();
        var places = artifacts.Zip(paths).ToDictionary(pair => pair.First, pair => pair.Second);
        var results = await new SigningBatch(maxParallel)
            .RunAsync(
                artifacts,
                async (artifact, cancellationToken) =>
                {
                    var signed = await SignAsync(places[artifact], artifact, cancellationToken).ConfigureAwait(false);
                    Say(places[artifact], paths.Count, started);
                    return signed;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        var missing = results
            .Zip(paths)
            .Where(static pair => pair.First.Failure is not null)
            .Select(static pair =>
                pair.First.Failure is SigningException e
                    ? new UnsignedBlob(pair.Second, e.Reason, e.Message)
                    : new UnsignedBlob(pair.Second, null, "It was stopped before it was finished.")
            )
            .ToList();
        var done = paths.Where(path => _finished.ContainsKey(path.FullPath)).ToList();
        List<T> written = [.. done.Select(path => _finished[path.FullPath])];
        if (done.Count > 0)
        {
            Finished?.Invoke(written, done);
        }

        if (missing.Count == 0)
        {
            return written;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var cause = results.FirstOrDefault(static result => result.Failure is SigningException)?.Failure;
        throw done.Count == 0 && cause is not null
            ? cause
            : new BlobSigningException(done, missing, cause) { Signatures = [.. written.OfType<SignedBlob>()] };
    }

    private void Say(FilePath path, int count, long started)
    {
        if (Line is null)
        {
            return;
        }

        lock (_gate)
        {
            _said++;
            var line = Line(_finished[path.FullPath]);
            var left = time.GetElapsedTime(started) * ((double)(count - _said) / _said);
            log.Information(
                count <= MaxUncounted
                    ? line
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{line}  ({_said} of {count} files{(_said < count ? $", about {Math.Ceiling(left.TotalSeconds):0} s left" : "")})"
                    )
            );
        }
    }

    private async Task<SignedArtifact> SignAsync(FilePath path, Artifact artifact, CancellationToken cancellationToken)
    {
        var signed = Keep(path);
        if (signed is not null)
        {
            log.Information($"{path.GetFilename()} keeps the signature that it has");
        }
        else
        {
            signed = await Sign(await session.SignerAsync(cancellationToken).ConfigureAwait(false), path, artifact, cancellationToken)
                .ConfigureAwait(false);
        }

        foreach (var remark in signed.Remarks)
        {
            log.Warning($"{path.GetFilename()}: {remark}");
        }

        try
        {
            var written = Write(path, signed);
            lock (_gate)
            {
                _finished[path.FullPath] = written;
            }

            return signed;
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or PySignException { Reason: PySignFailure.OutputUnwritable })
        {
            throw new SigningException(
                SigningFailure.OutputUnwritable,
                "",
                $"the signature of {path.GetFilename()} was made and logged, but cannot be written: {e.Message}",
                "Make room, or correct the permissions.",
                e
            );
        }
    }
}

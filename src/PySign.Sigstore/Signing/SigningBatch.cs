using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Signing;

/// <summary>
/// Signs many artifacts within a bound and accounts for every one of them. A service that stays away through all retries, or answers
/// wrongly, fails the one file; when it does so several times without a success between, nothing more is sent: the rest would fare no
/// better, and could leave public entries for nothing.
/// </summary>
public sealed class SigningBatch(int maxParallel)
{
    private const int MaxFailuresInARow = 5;

    private int _failuresInARow;
    private volatile SigningException? _stop;

    /// <summary>Signs all, a bounded number at a time, and returns one result for each in the same order.</summary>
    public async Task<IReadOnlyList<SigningResult>> RunAsync(
        IReadOnlyList<Artifact> artifacts,
        Func<Artifact, CancellationToken, Task<SignedArtifact>> sign,
        CancellationToken cancellationToken
    )
    {
        var results = new SigningResult[artifacts.Count];

        // Not the token: after cancellation too, every artifact gets its result.
        await Parallel
            .ForAsync(
                0,
                artifacts.Count,
                new ParallelOptions { MaxDegreeOfParallelism = maxParallel },
                async (i, _) => results[i] = await SignAsync(artifacts[i], sign, cancellationToken).ConfigureAwait(false)
            )
            .ConfigureAwait(false);
        return results;
    }

    private async Task<SigningResult> SignAsync(
        Artifact artifact,
        Func<Artifact, CancellationToken, Task<SignedArtifact>> sign,
        CancellationToken cancellationToken
    )
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_stop is { } stop)
            {
                throw new SigningException(
                    SigningFailure.NotBegun,
                    "",
                    "Not begun, because others failed before: " + stop.Message,
                    "",
                    stop
                )
                {
                    Service = stop.Service,
                };
            }

            var signed = await sign(artifact, cancellationToken).ConfigureAwait(false);
            Interlocked.Exchange(ref _failuresInARow, 0);
            return new SigningResult(artifact, signed, null);
        }
        catch (SigningException e)
        {
            if (StopsTheRest(e.Reason))
            {
                _stop ??= e;
            }

            return new SigningResult(artifact, null, e);
        }
        catch (OperationCanceledException e)
        {
            return new SigningResult(artifact, null, e);
        }
    }

    private bool StopsTheRest(SigningFailure reason) =>
        reason switch
        {
            // These concern the one file; a log may refuse one entry and take the next.
            SigningFailure.ArtifactUnreadable
            or SigningFailure.StatementInvalid
            or SigningFailure.OutputUnwritable
            or SigningFailure.LogRefused
            or SigningFailure.TimestampRefused
            or SigningFailure.NotBegun => false,
            SigningFailure.CredentialsExpired
            or SigningFailure.SignerMissing
            or SigningFailure.SignerTimedOut
            or SigningFailure.SignerKey => true,
            _ => Interlocked.Increment(ref _failuresInARow) >= MaxFailuresInARow,
        };
}

/// <summary>What became of one artifact of many: either signed or not.</summary>
/// <param name="Artifact">The artifact.</param>
/// <param name="Signature">The signature; null when there is none.</param>
/// <param name="Failure">A <see cref="SigningException"/> or <see cref="OperationCanceledException"/>; null when it is signed.</param>
public sealed record SigningResult(Artifact Artifact, SignedArtifact? Signature, Exception? Failure);

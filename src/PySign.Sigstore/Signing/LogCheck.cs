using PySign.Sigstore.Errors;
using PySign.Sigstore.Transparency;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Signing;

/// <summary>
/// Whether a log is one of the trusted root, asked before the first entry is uploaded: an entry is public and permanent, so nothing is
/// logged where our own verification would then refuse it. The log's own checkpoint is held to the verifier's own rules. A log that shows
/// none says nothing about itself; its first entry is verified like every other.
/// </summary>
internal sealed class LogCheck(IReadOnlyList<ILogClient> logs, TrustedRoot root) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile bool _isDone;

    /// <exception cref="SigningException">With reason <see cref="SigningFailure.LogUntrusted"/>.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (_isDone)
        {
            return;
        }

        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isDone)
            {
                await Task.WhenAll(logs.Select(log => EnsureAsync(log, cancellationToken))).ConfigureAwait(false);
                _isDone = true;
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task EnsureAsync(ILogClient log, CancellationToken cancellationToken)
    {
        if (await log.CheckpointAsync(cancellationToken).ConfigureAwait(false) is not { } note || TryParse(note) is not { } checkpoint)
        {
            return;
        }

        VerificationException? refusal = null;
        foreach (var trusted in root.TransparencyLogs.Where(static trusted => trusted.Key is not null))
        {
            try
            {
                CheckpointVerification.Verify(checkpoint, trusted, log.IsV1);
                return;
            }
            catch (VerificationException e)
            {
                // "Another origin" and "no signature of this key" are true of every other log: a wrong signature under the key says more.
                refusal = refusal is { Reason: VerificationFailure.CheckpointSignatureInvalid } ? refusal : e;
            }
        }

        throw new SigningException(
            SigningFailure.LogUntrusted,
            log.IsV1 ? "Rekor" : "Rekor v2",
            refusal is null
                ? $"the trusted root names no transparency log that can be used, and {log.Address.Host} is one"
                : $"{log.Address.Host} is not a log of the trusted root: expected {refusal.Expected}; found {refusal.Actual}",
            "Nothing was uploaded. Sign with the services and the trusted root of one instance; a Rekor v2 needs its address (baseUrl) in "
                + "the "
                + "trusted root.",
            refusal
        );
    }

    private static Checkpoint? TryParse(string note)
    {
        try
        {
            return Checkpoint.Parse(note);
        }
        catch (VerificationException)
        {
            return null;
        }
    }
}

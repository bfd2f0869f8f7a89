using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Transparency;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Signing;

/// <summary>
/// Signs artifacts as one identity, with one key and certificate for all of them (renewed when they last longer than the certificate and
/// the token still allows it), or with a managed key. Safe to call in parallel. Every signature is verified, as an independent consumer
/// would, before it is returned; a wrong answer of a service is an error, never a reason to ask again.
/// </summary>
public sealed class Signer : IAsyncDisposable
{
    /// <summary>Enough to hide the services' latency (fifty files wait twice for each service), few enough not to be taken for an
    /// attack.</summary>
    private const int MaxParallel = 25;

    /// <summary>How often a file is begun again, for a certificate that became too old or an answer that was lost.</summary>
    private const int MaxAttempts = 3;

    private readonly SigningContext _context;
    private readonly ICredentialSource _credentials;
    private readonly Func<Bundle, Artifact, VerifiedArtifact> _verify;
    private readonly SemaphoreSlim _slots = new(MaxParallel, MaxParallel);

    /// <param name="context">The services.</param>
    /// <param name="credentials">The key, and its certificate.</param>
    /// <param name="signer">Identity and issuer that the certificate names.</param>
    /// <param name="verify">Verifies a result as an independent consumer would.</param>
    internal Signer(
        SigningContext context,
        ICredentialSource credentials,
        (string Identity, string Issuer) signer,
        Func<Bundle, Artifact, VerifiedArtifact> verify
    )
    {
        _context = context;
        _credentials = credentials;
        _verify = verify;
        (Identity, Issuer) = signer;
    }

    /// <summary>The certificate's subject alternative name: who signs; empty for a managed key.</summary>
    public string Identity { get; }

    /// <summary>The certificate's OIDC issuer: who vouches for it; empty for a managed key.</summary>
    public string Issuer { get; }

    /// <summary>The current certificate, PEM; for a managed key, which has none, its public key.</summary>
    public string CertificatePem => _credentials.Current.VerifierPem;

    /// <summary>What the current certificate says of its owner; null for a managed key.</summary>
    public CertificateIdentity? Certificate =>
        _credentials.Current.Certificate is { } certificate ? CertificateIdentity.Read(certificate) : null;

    /// <summary>Signs an artifact: signature, timestamp, log entry, bundle.</summary>
    /// <param name="artifact">The artifact; read once.</param>
    /// <param name="cancellationToken">Stops it; a log entry that is under way may still be made.</param>
    /// <exception cref="SigningException">It is not signed; the reason says why.</exception>
    public Task<SignedArtifact> SignAsync(Artifact artifact, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        return SignAsync(cancellationToken => ReadAsync(artifact, cancellationToken), cancellationToken);
    }

    /// <summary>Signs an in-toto statement as a DSSE envelope.</summary>
    /// <param name="statement">The statement: at most 8 MiB, with a subject that has a SHA-256 digest.</param>
    /// <param name="cancellationToken">Stops it; a log entry that is under way may still be made.</param>
    /// <returns>The bundle with the envelope, verified for the statement's first subject that has a SHA-256 digest.</returns>
    /// <exception cref="SigningException">It is not signed; the reason says why.</exception>
    public Task<SignedArtifact> SignStatementAsync(InTotoStatement statement, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return SignAsync(_ => Task.FromResult(SigningContent.Of(statement, _credentials.Hash)), cancellationToken);
    }

    /// <summary>
    /// Signs many artifacts, several at the same time. What is finished stays finished when the rest fails; when a service stays away or
    /// answers wrongly several times without a success between, the rest is not begun.
    /// </summary>
    /// <param name="artifacts">The artifacts.</param>
    /// <param name="cancellationToken">Stops what has not begun and what is under way.</param>
    /// <returns>One result for each artifact, in their order; after cancellation too.</returns>
    public Task<IReadOnlyList<SigningResult>> SignAllAsync(IReadOnlyList<Artifact> artifacts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(artifacts);
        return new SigningBatch(MaxParallel).RunAsync(artifacts, SignAsync, cancellationToken);
    }

    /// <summary>Destroys the private key.</summary>
    public ValueTask DisposeAsync()
    {
        _credentials.Dispose();
        _slots.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<SignedArtifact> SignAsync(Func<CancellationToken, Task<SigningContent>> read, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await SignAsync(await read(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Begins again where a certificate became too old meanwhile, and once where the log's answer was lost.</summary>
    private async Task<SignedArtifact> SignAsync(SigningContent content, CancellationToken cancellationToken)
    {
        string? lostEntry = null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var credential = await _credentials.GetAsync(cancellationToken).ConfigureAwait(false);
                if (await TrySignAsync(content, credential, cancellationToken).ConfigureAwait(false) is { } bundle)
                {
                    return new SignedArtifact
                    {
                        Bundle = bundle,
                        Verified = Verify(bundle, content.Proof),
                        VerifierPem = credential.VerifierPem,
                        Remarks = lostEntry is null ? [] : [lostEntry],
                    };
                }

                if (attempt >= MaxAttempts)
                {
                    throw TooSlow();
                }
            }
            catch (LogEntryExistsException e) when (lostEntry is null)
            {
                // Its answer was lost, and Rekor v2 has no way to ask for it again: sign again, which makes another entry.
                lostEntry = $"{e.Message}, an entry of this certificate whose answer was lost; another one was made.";
            }
            catch (LogEntryExistsException e) when (lostEntry is { } before)
            {
                throw ExistsAgain(before, e);
            }
            catch (SigningException e) when (lostEntry is not null)
            {
                // An entry without a bundle must not be left unexplained, also when nothing comes of the second try.
                throw new SigningException(e.Reason, "", $"{e.Message} {lostEntry}", "", e) { Service = e.Service };
            }
        }
    }

    private static SigningException TooSlow() =>
        new(
            SigningFailure.ServiceUnavailable,
            "Timestamp authority",
            "it answers so slowly that certificates expire meanwhile",
            "Run again later."
        );

    private static SigningException ExistsAgain(string lostEntry, LogEntryExistsException e) =>
        new(
            SigningFailure.LogRefused,
            "Rekor v2",
            $"{e.Message}. Before that: {lostEntry.TrimEnd('.')}",
            "The log answers this to a new signature too: report it to its operator.",
            e
        );

    private async Task<SigningContent> ReadAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(() => SigningContent.Of(artifact, _credentials.Hash, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (VerificationException e)
        {
            throw new SigningException(
                SigningFailure.ArtifactUnreadable,
                "",
                $"{artifact.Name} cannot be signed: expected {e.Expected}; found {e.Actual}",
                e.Advice,
                e
            );
        }
    }

    /// <returns>The bundle, or null when the certificate has become too old for the log.</returns>
    private async Task<Bundle?> TrySignAsync(SigningContent content, SigningCredential credential, CancellationToken cancellationToken)
    {
        var signature = await credential.Key.SignAsync(content.Digest, cancellationToken).ConfigureAwait(false);

        // First the time, then the log: what is logged is permanently public, so everything else should be right by then.
        var timestamps = await Task.WhenAll(
                _context.TimestampAuthorities.Select(tsa => tsa.TimestampAsync(signature, credential.Certificate, cancellationToken))
            )
            .ConfigureAwait(false);
        if (!_credentials.IsFresh(credential))
        {
            return null;
        }

        await _context.LogCheck.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var submission = new LogSubmission
        {
            Hash = content.Hash,
            Digest = content.Digest,
            Envelope = content.Envelope,
            Signature = signature,
            VerifierPem = credential.VerifierPem,
            Verifier = credential.Certificate?.Der ?? credential.Key.Spki,
            IsCertificate = credential.Certificate is not null,
            KeyDetails = credential.Key.KeyDetails,
        };
        var entries = await Task.WhenAll(_context.Logs.Select(log => log.UploadAsync(submission, cancellationToken))).ConfigureAwait(false);
        try
        {
            return content.Bundle(credential, signature, entries, timestamps);
        }
        catch (VerificationException e)
        {
            throw NotVerifiable(e);
        }
    }

    private VerifiedArtifact Verify(Bundle bundle, Artifact artifact)
    {
        try
        {
            return _verify(bundle, artifact);
        }
        catch (VerificationException e)
        {
            throw NotVerifiable(e);
        }
    }

    private static SigningException NotVerifiable(VerificationException e) =>
        new(
            SigningFailure.ResultNotVerifiable,
            "",
            $"The signature that was made does not verify ({e.Reason} at step {e.Step}): expected {e.Expected}; found {e.Actual}",
            "A service answered with something else than it was asked for, or services and trusted root are not of the same instance. "
                + "Do not publish; report it to the instance's operator.",
            e
        );
}

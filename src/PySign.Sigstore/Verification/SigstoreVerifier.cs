using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Transparency;
using PySign.Sigstore.Trust;

namespace PySign.Sigstore.Verification;

/// <summary>
/// Verifies bundles offline, in the order of the Sigstore client specification (architecture-docs client-spec.md, "Verification").
/// It never opens a socket. One instance serves any number of verifications, also at the same time.
/// </summary>
/// <param name="root">Whom to believe.</param>
/// <param name="options">How to work.</param>
public sealed class SigstoreVerifier(TrustedRoot root, VerifierOptions? options = null)
{
    private readonly SignerCertificates _signers = new();
    private readonly TrustedRoot _root = root ?? throw new ArgumentNullException(nameof(root));
    private readonly VerifierOptions _options = options ?? new VerifierOptions();

    /// <summary>Verifies that the artifact was signed by whom the policy wants, and that the signature was logged in time.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="artifact">The artifact.</param>
    /// <param name="policy">Who must have signed.</param>
    /// <exception cref="VerificationException">Something is not proven; its reason says what.</exception>
    public VerifiedArtifact Verify(Bundle bundle, Artifact artifact, VerificationPolicy policy) =>
        Verify(bundle, artifact, policy, CancellationToken.None);

    /// <summary>Verifies that the artifact was signed with a key that the caller already trusts, and that the signature was logged in
    /// time.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="artifact">The artifact.</param>
    /// <param name="key">The signer's public key.</param>
    /// <exception cref="VerificationException">Something is not proven; its reason says what.</exception>
    public VerifiedArtifact Verify(Bundle bundle, Artifact artifact, ManagedKey key) =>
        Verify(bundle, artifact, key, CancellationToken.None);

    /// <summary>Verifies that enough of the named signers have signed the artifact, each with a bundle of its own.</summary>
    /// <param name="bundles">The bundles that were found, in any order; one that is of nobody who was named neither helps nor
    /// harms.</param>
    /// <param name="artifact">The artifact.</param>
    /// <param name="threshold">Who may have signed, and how many must.</param>
    /// <param name="cancellationToken">Stops the reading of the artifact.</param>
    /// <returns>One proof for each signer that has signed.</returns>
    /// <exception cref="VerificationException">Fewer have signed.</exception>
    public IReadOnlyList<SignerProof> VerifyThreshold(
        IReadOnlyList<Bundle> bundles,
        Artifact artifact,
        SignerThreshold threshold,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(bundles);
        ArgumentNullException.ThrowIfNull(artifact);
        ArgumentNullException.ThrowIfNull(threshold);
        return SignerCount.Require(
            threshold,
            bundles,
            (bundle, signer) =>
                signer.Key is { } key
                    ? Verify(bundle, artifact, key, cancellationToken)
                    : Verify(bundle, artifact, signer.Policy!, cancellationToken)
        );
    }

    /// <summary>As <see cref="Verify(Bundle, Artifact, VerificationPolicy)"/>, on a thread of the pool.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="artifact">The artifact.</param>
    /// <param name="policy">Who must have signed.</param>
    /// <param name="cancellationToken">Stops the reading of the artifact.</param>
    /// <exception cref="VerificationException">Something is not proven; its reason says what.</exception>
    public Task<VerifiedArtifact> VerifyAsync(
        Bundle bundle,
        Artifact artifact,
        VerificationPolicy policy,
        CancellationToken cancellationToken = default
    ) => Task.Run(() => Verify(bundle, artifact, policy, cancellationToken), cancellationToken);

    /// <summary>
    /// Verifies a signature and certificate that come without a bundle. They carry no time, so a Rekor v1 log is asked for their entry; of
    /// the entries that it has, the earliest that verifies like a bundle's decides.
    /// </summary>
    /// <param name="signature">Signature and certificate.</param>
    /// <param name="artifact">The artifact.</param>
    /// <param name="policy">Who must have signed.</param>
    /// <param name="search">The log's search; null if no service may be asked.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="VerificationException">Something is not proven, or no search was allowed.</exception>
    public async Task<VerifiedArtifact> VerifyDetachedAsync(
        DetachedSignature signature,
        Artifact artifact,
        VerificationPolicy policy,
        RekorSearch? search,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(signature);
        ArgumentNullException.ThrowIfNull(artifact);
        ArgumentNullException.ThrowIfNull(policy);
        if (search is null)
        {
            throw RekorSearch.NotAllowed();
        }

        VerificationException? refusal = null;
        foreach (
            var entry in await search.FindAsync(signature, artifact.Sha256(cancellationToken), cancellationToken).ConfigureAwait(false)
        )
        {
            try
            {
                var bundle = CosignBundleReader.Assemble(
                    signature.Signature.ToArray(),
                    (CertificatePem.CertificateLabel, signature.Certificate.ToArray()),
                    entry
                );
                return Verify(bundle, artifact, policy, cancellationToken);
            }
            catch (VerificationException e)
            {
                refusal ??= e;
            }
        }

        throw refusal ?? RekorSearch.FoundNothing();
    }

    /// <summary>Verifies many artifacts, several at the same time, and reports on every one of them.</summary>
    /// <param name="requests">Bundle, artifact and policy of each.</param>
    /// <param name="cancellationToken">Stops the batch.</param>
    /// <returns>One result for each request, in their order.</returns>
    public async Task<IReadOnlyList<VerificationResult>> VerifyAllAsync(
        IReadOnlyList<VerificationRequest> requests,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(requests);
        var results = new VerificationResult[requests.Count];
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = _options.MaxDegreeOfParallelism,
            CancellationToken = cancellationToken,
        };
        await Parallel
            .ForAsync(
                0,
                requests.Count,
                parallel,
                (i, token) =>
                {
                    var request = requests[i];
                    try
                    {
                        results[i] = new VerificationResult(request, Verify(request.Bundle, request.Artifact, request.Policy, token), null);
                    }
                    catch (VerificationException e)
                    {
                        results[i] = new VerificationResult(request, null, e);
                    }

                    return ValueTask.CompletedTask;
                }
            )
            .ConfigureAwait(false);
        return results;
    }

    private VerifiedArtifact Verify(Bundle bundle, Artifact artifact, VerificationPolicy policy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(artifact);
        ArgumentNullException.ThrowIfNull(policy);
        return WithAnInstance(instance => Verify(bundle, artifact, policy, instance, cancellationToken));
    }

    private VerifiedArtifact Verify(Bundle bundle, Artifact artifact, ManagedKey key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(artifact);
        ArgumentNullException.ThrowIfNull(key);
        return WithAnInstance(instance => Verify(bundle, artifact, key, instance, cancellationToken));
    }

    private VerifiedArtifact WithAnInstance(Func<TrustedRoot, VerifiedArtifact> verify)
    {
        VerificationException? refusal = null;
        foreach (var instance in _root.Instances)
        {
            try
            {
                return verify(instance);
            }
            catch (VerificationException e) when (_root.Instances.Count > 1)
            {
                refusal = Later(refusal, e);
            }
        }

        throw refusal!;
    }

    /// <summary>
    /// Of the refusals of several instances the one that came farthest is that of the signer's instance, and one that says that the bundle
    /// is of another instance is not: that a log is unknown is found in step 1 already, and is a refusal of step 5. (The artifact is read
    /// in step 7.)
    /// </summary>
    private static VerificationException Later(VerificationException? first, VerificationException second)
    {
        return first is null || Depth(second).CompareTo(Depth(first)) > 0 ? second : first;

        static (bool IsOfThisInstance, int Step) Depth(VerificationException e) =>
            (e.Kind != RefusalKind.AnotherInstance, e.Step == VerificationStep.Artifact ? (int)VerificationStep.Signature : (int)e.Step);
    }

    private VerifiedArtifact Verify(
        Bundle bundle,
        Artifact artifact,
        VerificationPolicy policy,
        TrustedRoot root,
        CancellationToken cancellationToken
    )
    {
        // 0. The bundle's shape was checked when it was read (BundleReader, BundleRules). Which kind of signer is asked for must be the one
        // it has, and what it may do without is for this verifier's options to say.
        if (bundle.VerificationMaterial.PublicKeyHint is not null)
        {
            throw IdentityStep.CertificateExpected();
        }

        LogEntryBindingStep.RefuseWithdrawn(bundle);
        var leaf = _signers.Of(bundle.VerificationMaterial.Certificates[0]);
        var usable = CertificateStep.CountUsable(bundle, leaf, _options.AcceptOldBundles);
        var key = leaf.Key;
        if (_options.RequireLog && bundle.VerificationMaterial.LogEntries.Count == 0)
        {
            throw TransparencyLogStep.NotLogged(bundle);
        }

        // 1. When: timestamps over the signature, and the log's signed time.
        var times = TrustedTimeStep.Run(bundle, root);

        // 2. The certificate's path to a trusted authority, valid at every one of these times.
        var issuer = CertificateStep.Run(bundle.VerificationMaterial.Certificates, usable, leaf, times, root);

        // 3. The promise of a certificate transparency log to publish the certificate.
        SctStep.Run(leaf, issuer, root, required: _options.RequireLog);

        // 4. The leaf's profile, and the policy.
        var identity = IdentityStep.Run(leaf, policy);

        return Finish(bundle, artifact, new SignerKey(key, leaf.Der, identity), times, root, cancellationToken);
    }

    private VerifiedArtifact Verify(Bundle bundle, Artifact artifact, ManagedKey key, TrustedRoot root, CancellationToken cancellationToken)
    {
        IdentityStep.CheckHint(bundle, key);
        LogEntryBindingStep.RefuseWithdrawn(bundle);
        var isUnlogged = bundle.VerificationMaterial.LogEntries.Count == 0;
        if (isUnlogged && _options is { AcceptUnloggedKeys: false, RequireLog: true })
        {
            throw TransparencyLogStep.NotLogged(bundle);
        }

        var needsNoTime = isUnlogged && _options.AcceptUnloggedKeys && bundle.VerificationMaterial.Timestamps.Count == 0;
        IReadOnlyList<VerifiedTime> times = needsNoTime ? [] : TrustedTimeStep.Run(bundle, root);
        return Finish(bundle, artifact, new SignerKey(key.Key, default, null), times, root, cancellationToken);
    }

    private static VerifiedArtifact Finish(
        Bundle bundle,
        Artifact artifact,
        in SignerKey signer,
        IReadOnlyList<VerifiedTime> times,
        TrustedRoot root,
        CancellationToken cancellationToken
    )
    {
        // 5. Every log entry's inclusion in a log, up to a checkpoint that the log signed.
        var entries = TransparencyLogStep.Run(bundle, times, root);

        // 6. That every time lies in the leaf's validity is part of step 2.

        // 7. The signature over the artifact, or over the statement about it.
        var signed = SignatureStep.Run(bundle, artifact, signer, cancellationToken);

        // 8. Every log entry is the entry of this very signature, key and artifact.
        LogEntryBindingStep.Run(bundle, signer, signed);

        return new VerifiedArtifact(Sha256Digest.FromBytes(signed.Sha256))
        {
            Certificate = signer.Identity,
            Timestamps = times,
            LogEntries = entries,
            Statement = signed.Statement,
        };
    }
}

/// <summary>The key that must have signed, and its certificate with what it says, where it has one.</summary>
internal readonly record struct SignerKey(VerificationKey Key, ReadOnlyMemory<byte> Certificate, CertificateIdentity? Identity);

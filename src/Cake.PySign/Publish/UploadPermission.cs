using Cake.PySign.Common.Calls;
using Cake.PySign.Verify;
using PySign.Sigstore.Identity;

namespace Cake.PySign.Publish;

/// <summary>
/// The last steps before twine starts: who uploads is known, the attestations hold for exactly that publisher, and only then is an upload
/// token asked for.
/// </summary>
internal sealed class UploadPermission(Services services)
{
    private readonly TrustedPublishing _publishing = new(services);
    private IdentityToken? _identity;
    private int? _missingAtRenewal;

    /// <returns>The target with the credentials that twine is given.</returns>
    public async Task<TwineTarget> GetAsync(TwinePlan plan, TwineUploadSettings settings, CancellationToken cancellationToken)
    {
        _identity = plan.Target.UsesTrustedPublishing
            ? await _publishing.IdentifyAsync(plan.Target.Repository, cancellationToken).ConfigureAwait(false)
            : null;
        if (plan.Attestations is { } attestations)
        {
            var verification = settings.AttestationVerification;
            var publisher = PublisherOf(verification.Publisher, _identity, plan.Target.Repository);
            var network = verification.Network.CaFile is null ? settings.Network : verification.Network;
            var trust = services.Trust(verification.Trust, TrustSource.Embedded, network);
            attestations.Verify(
                plan.Missing(),
                new AttestationVerifier(await trust.TrustedRootAsync(cancellationToken).ConfigureAwait(false), publisher)
            );
        }

        return _identity is null ? plan.Target : await MintAsync(plan.Target, _identity, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether twine was turned away because its token had run out under way.</summary>
    public bool RanOut(PySignException failure, TwineTarget target) =>
        failure.Reason == PySignFailure.Unauthorized && target.Expires <= services.Time.GetUtcNow();

    /// <summary>The target with another upload token, for a release that takes longer than one lives.</summary>
    /// <param name="failure">How twine was turned away.</param>
    /// <param name="target">Where to.</param>
    /// <param name="missing">What is not public, in the order in which it is sent.</param>
    /// <param name="total">How many files the release has.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PySignException">The job gets no other, or the last one brought nothing.</exception>
    public async Task<TwineTarget> RenewAsync(
        PySignException failure,
        TwineTarget target,
        List<LocalDistribution> missing,
        int total,
        CancellationToken cancellationToken
    )
    {
        var state = $"{total - missing.Count} files are public, {missing.Count} are not";
        if (_identity is null || !_publishing.GivesMore(_identity))
        {
            throw new PySignException(
                PySignFailure.Unauthorized,
                $"The upload token ran out at {target.Expires:u}: {state}, and this job gets no other token (a job of GitLab has one "
                    + "identity token for an index, and it is exchanged once).",
                "Retry the job, which gets a new one: what is public is recognized, and the rest is sent. If that is not enough, publish "
                    + "parts of the files from several jobs.",
                failure
            );
        }

        // An index that takes no token at all would be asked for one after the other.
        if (missing.Count >= _missingAtRenewal)
        {
            throw new PySignException(
                PySignFailure.Unauthorized,
                $"The upload token ran out at {target.Expires:u}, as the one before it did, and {missing[0].FileName} is still not public: "
                    + $"{state}.{Environment.NewLine}{failure.Message}",
                "Either the file takes longer to send than an upload token lives, or the index takes no token of this job, for the reason "
                    + "that it gives. An API token (Index.UserName and Index.Password) does not run out.",
                failure
            );
        }

        _missingAtRenewal = missing.Count;
        services.Log.Information($"The upload token ran out at {target.Expires:u}; {missing.Count} file(s) are sent with another one.");
        _identity = await _publishing.IdentifyAsync(target.Repository, cancellationToken).ConfigureAwait(false);
        return await MintAsync(target, _identity, cancellationToken).ConfigureAwait(false);
    }

    private async Task<TwineTarget> MintAsync(TwineTarget target, IdentityToken identity, CancellationToken cancellationToken)
    {
        var (token, expires) = await _publishing.MintAsync(target.Repository, identity, cancellationToken).ConfigureAwait(false);
        return target with { UserName = TrustedPublishing.UserName, Password = token, Expires = expires };
    }

    private static TrustedPublisher PublisherOf(TrustedPublisher? given, IdentityToken? identity, Uri repository)
    {
        var publisher =
            given
            ?? (identity is null ? null : TrustedPublisher.Of(identity))
            ?? throw new PySignException(
                PySignFailure.InvalidSettings,
                "UploadAttestations is set, but it is not known whose they must be: the upload is not made by trusted publishing of a "
                    + "GitHub or GitLab job.",
                "Set AttestationVerification.Publisher to the publisher that is registered with the index."
            );
        return !TwineTarget.IsPyPi(repository) || publisher.IsPublic
            ? publisher
            : throw new PySignException(
                PySignFailure.InvalidSettings,
                $"PyPI takes no attestations of {publisher} with the issuer {publisher.Issuer}: it knows those of GitHub, gitlab.com "
                    + "and Google only.",
                "Set UploadAttestations to false (in the recipe --attestations=never), or publish from a job there."
            );
    }
}

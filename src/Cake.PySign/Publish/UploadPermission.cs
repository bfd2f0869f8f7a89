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
    /// <param name="done">How many files are public.</param>
    /// <param name="missing">How many are not.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PySignException">The job gets no other.</exception>
    public async Task<TwineTarget> RenewAsync(
        PySignException failure,
        TwineTarget target,
        int done,
        int missing,
        CancellationToken cancellationToken
    )
    {
        if (_identity is null || !_publishing.GivesMore(_identity))
        {
            throw new PySignException(
                PySignFailure.Unauthorized,
                $"The upload token ran out at {target.Expires:u}, 15 minutes after the index gave it: {done} files are public, {missing} "
                    + "are not, and this job gets no other token (a job of GitLab has one identity token for an index, and it is exchanged "
                    + "once).",
                "Retry the job, which gets a new one: what is public is recognized, and the rest is sent. If that is not enough, publish "
                    + "parts of the files from several jobs.",
                failure
            );
        }

        services.Log.Information($"The upload token ran out at {target.Expires:u}; {missing} file(s) are sent with another one.");
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
                "Attestations is set, but it is not known whose they must be: the upload is not made by trusted publishing of a GitHub "
                    + "or GitLab job.",
                "Set AttestationVerification.Publisher to the publisher that is registered with the index."
            );
        return !TwineTarget.IsPyPi(repository) || publisher.IsPublic
            ? publisher
            : throw new PySignException(
                PySignFailure.InvalidSettings,
                $"PyPI takes no attestations of {publisher} with the issuer {publisher.Issuer}: it knows those of GitHub, gitlab.com "
                    + "and Google only.",
                "Set Attestations to false, or publish from a job there."
            );
    }
}

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
    /// <returns>The target with the credentials that twine is given.</returns>
    public async Task<TwineTarget> GetAsync(TwinePlan plan, TwineUploadSettings settings, CancellationToken cancellationToken)
    {
        var publishing = new TrustedPublishing(services);
        var identity = plan.Target.UsesTrustedPublishing
            ? await publishing.IdentifyAsync(plan.Target.Repository, cancellationToken).ConfigureAwait(false)
            : null;
        if (plan.Attestations is { } attestations)
        {
            var verification = settings.AttestationVerification;
            var publisher = PublisherOf(verification.Publisher, identity, plan.Target.Repository);
            var network = verification.Network.CaFile is null ? settings.Network : verification.Network;
            var trust = services.Trust(verification.Trust, TrustSource.Embedded, network);
            attestations.Verify(
                plan.Missing(),
                new AttestationVerifier(await trust.TrustedRootAsync(cancellationToken).ConfigureAwait(false), publisher)
            );
        }

        return identity is null
            ? plan.Target
            : plan.Target with
            {
                UserName = TrustedPublishing.UserName,
                Password = await publishing.MintAsync(plan.Target.Repository, identity, cancellationToken).ConfigureAwait(false),
            };
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

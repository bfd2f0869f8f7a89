using Cake.PySign.Common.Signatures;
using PySign.Formats;
using PySign.Packaging.Attestations;
using PySign.Packaging.Distributions;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Verify;

/// <summary>
/// Verifies attestations, as an index does before it takes them and as a consumer must before it believes them: the one place for it. Of
/// what an index serves, the bundles of the expected signer must hold, all of them; what it serves of others, auditors or anybody, neither
/// helps nor harms.
/// </summary>
internal sealed class AttestationVerifier
{
    private const int MostInOneUpload = 2;

    private readonly SigstoreVerifier _verifier;
    private readonly VerificationPolicy _policy;
    private readonly TrustedPublisher? _publisher;

    /// <summary>Believes one publisher, whom an index must name and certificates must show.</summary>
    public AttestationVerifier(TrustedRoot root, TrustedPublisher publisher)
    {
        _verifier = new SigstoreVerifier(root);
        _policy = new PublisherPolicy(publisher);
        _publisher = publisher;
    }

    /// <summary>Believes the signers of a policy, whomever an index names.</summary>
    public AttestationVerifier(SigstoreVerifier verifier, VerificationPolicy signers)
    {
        _verifier = verifier;
        _policy = signers;
    }

    /// <summary>Verifies the attestations that are uploaded with a file: at most one of each kind, as indexes take them.</summary>
    /// <returns>One result each, in their order.</returns>
    /// <exception cref="VerificationException">A proof does not hold.</exception>
    /// <exception cref="global::PySign.Packaging.PackagingException">A statement is about something else.</exception>
    public IReadOnlyList<VerifiedArtifact> Verify(
        Artifact artifact,
        DistributionFileName name,
        Sha256Digest sha256,
        IReadOnlyList<Attestation> attestations
    )
    {
        var verified = VerifyEach(artifact, name, sha256, attestations);
        var types = verified.Select(static one => one.PredicateType).ToList();
        return types.Count <= MostInOneUpload && types.Distinct(StringComparer.Ordinal).Count() == types.Count
            ? verified
            : throw Refuse("at most one attestation of each kind", string.Join(", ", types));
    }

    /// <summary>Verifies what an index serves about a file.</summary>
    /// <returns>One result for each attestation of the expected signer; at least one.</returns>
    /// <exception cref="VerificationException">A proof does not hold, or the index has none of the expected signer.</exception>
    /// <exception cref="global::PySign.Packaging.PackagingException">A statement is about something else.</exception>
    public IReadOnlyList<VerifiedArtifact> Verify(Artifact artifact, DistributionFileName name, Sha256Digest sha256, Provenance provenance)
    {
        if (provenance.Bundles.Count == 0)
        {
            throw Refuse("at least one attestation in the index", "none");
        }

        if (_publisher is null)
        {
            return VerifyForSigners(artifact, name, sha256, provenance);
        }

        if (!provenance.Bundles.Any(bundle => Describe(bundle.Publisher) == _publisher.ToString()))
        {
            throw AnotherPublisher(_publisher, provenance);
        }

        return VerifyEach(artifact, name, sha256, provenance.Of(named => Describe(named) == _publisher.ToString()));
    }

    /// <summary>
    /// Whom the index names is only a claim. A publisher of whom one attestation is by the policy's signers is the expected one, and then
    /// every attestation under its name must hold.
    /// </summary>
    private IReadOnlyList<VerifiedArtifact> VerifyForSigners(
        Artifact artifact,
        DistributionFileName name,
        Sha256Digest sha256,
        Provenance provenance
    )
    {
        List<VerifiedArtifact> verified = [];
        Exception? first = null;
        foreach (var publisher in provenance.Bundles.Select(static bundle => bundle.Publisher).Distinct())
        {
            try
            {
                var attestations = provenance.Of(named => named == publisher);
                if (attestations.Any(attestation => IsBySigner(artifact, attestation, ref first)))
                {
                    verified.AddRange(VerifyEach(artifact, name, sha256, attestations));
                }
            }
            catch (global::PySign.Packaging.PackagingException e) when (verified.Count == 0 && first is null)
            {
                first = e;
            }
        }

        return verified.Count > 0 ? verified : throw (first ?? Refuse("an attestation by a signer of the policy", "none"));
    }

    private bool IsBySigner(Artifact artifact, Attestation attestation, ref Exception? refusal)
    {
        try
        {
            _verifier.Verify(AttestationConversion.ToBundle(attestation), artifact, _policy);
            return true;
        }
        catch (VerificationException e)
        {
            refusal ??= e;
            return false;
        }
    }

    /// <summary>Verifies all attestations that one publisher made, whatever their number and kind.</summary>
    /// <returns>One result each, in their order; at least one.</returns>
    /// <exception cref="VerificationException">A proof does not hold.</exception>
    /// <exception cref="global::PySign.Packaging.PackagingException">A statement is about something else.</exception>
    public IReadOnlyList<VerifiedArtifact> VerifyEach(
        Artifact artifact,
        DistributionFileName name,
        Sha256Digest sha256,
        IReadOnlyList<Attestation> attestations
    ) =>
        attestations.Count > 0
            ?
            [
                .. attestations.Select(attestation =>
                    Verify(attestation, name, sha256, bundle => _verifier.Verify(bundle, artifact, _policy))
                ),
            ]
            : throw Refuse("at least one attestation", "none");

    /// <summary>One attestation: its statement is about the file, and its proof holds.</summary>
    /// <param name="attestation">The attestation.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="sha256">Its digest.</param>
    /// <param name="prove">Verifies its bundle, by whoever must have signed.</param>
    /// <exception cref="VerificationException">The proof does not hold.</exception>
    /// <exception cref="global::PySign.Packaging.PackagingException">The statement is about something else.</exception>
    public static VerifiedArtifact Verify(
        Attestation attestation,
        DistributionFileName name,
        Sha256Digest sha256,
        Func<Bundle, VerifiedArtifact> prove
    )
    {
        // The statement first: what is about something else needs no proof to be refused.
        attestation.ReadStatement().EnsureAbout(name, sha256);
        var verified = prove(AttestationConversion.ToBundle(attestation));
        return verified.Sha256 == sha256
            ? verified
            : throw Refuse($"the file with sha256 {sha256}", $"it changed meanwhile to {verified.Sha256}");
    }

    private static string Describe(Publisher named) =>
        named.Kind switch
        {
            Publisher.GitHub or Publisher.GitLab => $"{named.Kind} {named.Repository} {named.Workflow}",
            Publisher.Google => $"{named.Kind} {named.Email}",
            var kind => kind,
        };

    private static VerificationException AnotherPublisher(TrustedPublisher publisher, Provenance provenance)
    {
        var expected = publisher.ToString();
        var found = provenance.Bundles.Select(static bundle => Describe(bundle.Publisher)).Distinct(StringComparer.Ordinal).ToList();
        return new VerificationException(
            VerificationFailure.IdentityMismatch,
            VerificationStep.Identity,
            $"the publisher {expected}",
            $"{string.Join(", ", found)}, as the index says",
            found.Exists(one => string.Equals(one, expected, StringComparison.OrdinalIgnoreCase))
                ? "They differ only in upper and lower case, and publishers are compared case-sensitively: correct the one that is not "
                    + "spelled as the service does."
                : "Somebody else published the file. If that is right, correct the publisher; otherwise do not use the file."
        );
    }

    private static VerificationException Refuse(string expected, string actual) =>
        new(
            VerificationFailure.ContentMissing,
            VerificationStep.Parse,
            expected,
            actual,
            "Do not use the file before it is attested as expected."
        );
}

/// <summary>A distribution with one attestation that holds in every step.</summary>
public sealed record VerifiedAttestation : ProvenFile
{
    /// <summary>The file or the address that the attestation comes from.</summary>
    /// <value>For a person.</value>
    public required string Source { get; init; }

    /// <summary>What it says.</summary>
    /// <value><c>https://docs.pypi.org/attestations/publish/v1</c> or <c>https://slsa.dev/provenance/v1</c>.</value>
    public required string PredicateType { get; init; }
}

using Cake.Core.IO;
using PySign.Packaging.Attestations;
using PySign.Packaging.Distributions;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Verify;

/// <summary>Verifies attestations of one publisher, as an index does before it takes them and as a consumer must before it believes
/// them.</summary>
internal sealed class AttestationVerifier(TrustedRoot root, TrustedPublisher publisher)
{
    private const int Most = 2;

    private readonly SigstoreVerifier _verifier = new(root);
    private readonly PublisherPolicy _policy = new(publisher);

    /// <summary>Verifies all attestations of a file; one of them must say that it was published.</summary>
    /// <returns>One result each, in their order.</returns>
    /// <exception cref="VerificationException">A proof does not hold.</exception>
    /// <exception cref="global::PySign.Packaging.PackagingException">A statement is about something else.</exception>
    public IReadOnlyList<VerifiedArtifact> Verify(
        FilePath file,
        DistributionFileName name,
        string sha256,
        IReadOnlyList<Attestation> attestations
    )
    {
        var verified = attestations.Select(attestation => Verify(file, name, sha256, attestation)).ToList();
        var types = verified.Select(static one => one.PredicateType).ToList();
        if (types.Count > Most || types.Distinct(StringComparer.Ordinal).Count() < types.Count)
        {
            throw Refuse("at most one attestation of each kind", string.Join(", ", types));
        }

        return types.Contains(AttestationStatement.PublishType, StringComparer.Ordinal)
            ? verified
            : throw Refuse(
                $"an attestation of type {AttestationStatement.PublishType}",
                types.Count == 0 ? "none" : string.Join(", ", types)
            );
    }

    /// <summary>Verifies what an index serves: the index must name the publisher, and each proof must hold for it.</summary>
    /// <exception cref="VerificationException">A proof does not hold, or the index names somebody else.</exception>
    /// <exception cref="global::PySign.Packaging.PackagingException">A statement is about something else.</exception>
    public IReadOnlyList<VerifiedArtifact> Verify(FilePath file, DistributionFileName name, string sha256, Provenance provenance)
    {
        foreach (var bundle in provenance.Bundles)
        {
            RequirePublisher(bundle.Publisher);
        }

        return Verify(file, name, sha256, [.. provenance.Bundles.SelectMany(static bundle => bundle.Attestations)]);
    }

    private VerifiedArtifact Verify(FilePath file, DistributionFileName name, string sha256, Attestation attestation)
    {
        // The statement first: what is about something else needs no proof to be refused.
        attestation.ReadStatement().EnsureAbout(name, sha256);
        var verified = _verifier.Verify(AttestationConversion.ToBundle(attestation), Artifact.FromFile(file.FullPath), _policy);
        return verified.Sha256 == sha256
            ? verified
            : throw Refuse($"the file with sha256 {sha256}", $"it changed meanwhile to {verified.Sha256}");
    }

    private void RequirePublisher(Publisher named)
    {
        var found = named.Kind switch
        {
            Publisher.GitHub or Publisher.GitLab => $"{named.Kind} {named.Repository} {named.Workflow}",
            Publisher.Google => $"{named.Kind} {named.Email}",
            var kind => kind,
        };
        var expected = publisher.ToString();
        if (found != expected)
        {
            throw new VerificationException(
                VerificationFailure.IdentityMismatch,
                VerificationStep.Identity,
                $"the publisher {expected}",
                $"{found}, as the index says",
                string.Equals(found, expected, StringComparison.OrdinalIgnoreCase)
                    ? "They differ only in upper and lower case, and publishers are compared letter by letter: correct the one that is "
                        + "not spelled as the service does."
                    : "Somebody else published the file. If that is right, correct the publisher; otherwise do not use the file."
            );
        }
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

using System.Text.Json;
using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Common.Provenance;

/// <summary>
/// Verifies provenance: the signature as of any bundle, then that it is provenance of this very file, and that what it repeats of the
/// signer is what the certificate says. Without the last a job could name another commit than it ran for.
/// </summary>
internal sealed class ProvenanceVerifier(SigstoreVerifier verifier, SignerThreshold signers)
{
    /// <exception cref="VerificationException">The bundle's signature does not hold, or is about other bytes.</exception>
    /// <exception cref="ProvenanceException">It is not such provenance, or says other than its certificate.</exception>
    public VerifiedProvenance Verify(Bundle bundle, string name, Sha256Digest sha256)
    {
        return Of(verifier.VerifyThreshold([bundle], Artifact.FromSha256(sha256), signers)[0].Verified, name);
    }

    /// <summary>What a verified bundle says, if it is provenance of the file of this name.</summary>
    /// <exception cref="ProvenanceException">It is not, or says other than its certificate.</exception>
    public static VerifiedProvenance Of(VerifiedArtifact proof, string name)
    {
        if (proof.Statement is not { } statement || proof.PredicateType != SlsaProvenance.PredicateType)
        {
            throw new ProvenanceException($"a statement of the type {SlsaProvenance.PredicateType}", proof.PredicateType ?? "a signature");
        }

        var said = Read(statement, name);
        Compare("builder", said.Builder, proof.Certificate is null ? null : proof.Identity);
        Compare("source repository", said.Repository, proof.Certificate?[FulcioExtension.SourceRepositoryUri]);
        Compare("ref", said.Ref, proof.Certificate?[FulcioExtension.SourceRepositoryRef]);
        Compare("commit", said.Commit, proof.Certificate?[FulcioExtension.SourceRepositoryDigest]);
        CompareWorkflow(said.Workflow, proof.Certificate?[FulcioExtension.BuildConfigUri]);
        return said with { Identity = proof.Identity, Issuer = proof.Issuer };
    }

    // A certificate without the extension says nothing against it.
    private static void Compare(string what, string said, string? certified)
    {
        if (certified is not null && !string.Equals(said, certified, StringComparison.Ordinal))
        {
            throw new ProvenanceException($"the {what} of the certificate, {certified}", said);
        }
    }

    // https://github.com/owner/name/.github/workflows/a.yml@ref, https://gitlab.com/group/name//.gitlab-ci.yml@ref: on GitLab the file may
    // be another project's, which is why the repository in front of it is not compared.
    private static void CompareWorkflow(string said, string? certified)
    {
        if (certified is not null && !certified.Split('@')[0].EndsWith('/' + said, StringComparison.Ordinal))
        {
            throw new ProvenanceException($"the workflow of the certificate, {certified}", said);
        }
    }

    private static VerifiedProvenance Read(InTotoStatement statement, string name)
    {
        if (statement.Subjects is not [var subject] || subject.Name != name)
        {
            throw new ProvenanceException($"one subject, named {name}", $"{statement.Subjects.Count} of other names");
        }

        try
        {
            var predicate = statement.Predicate ?? throw new KeyNotFoundException("predicate");
            var build = predicate.GetProperty("buildDefinition");
            var workflow = build.GetProperty("externalParameters").GetProperty("workflow");
            var source = build.GetProperty("resolvedDependencies")[0];
            var repository = Text(workflow, "repository");
            var uri = Text(source, "uri");
            var prefix = $"git+{repository}@";
            if (!uri.StartsWith(prefix, StringComparison.Ordinal))
            {
                throw new ProvenanceException($"a source below {prefix}", uri);
            }

            return new VerifiedProvenance(
                Text(build, "buildType"),
                Text(predicate.GetProperty("runDetails").GetProperty("builder"), "id"),
                repository,
                uri[prefix.Length..],
                Text(source.GetProperty("digest"), "gitCommit"),
                Text(workflow, "path")
            );
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new ProvenanceException("provenance with workflow, source and builder", "another document", e);
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() is { Length: > 0 } text ? text : throw new KeyNotFoundException(name);
}

/// <summary>What provenance says, after it was verified.</summary>
/// <param name="BuildType">How the parameters are to be read.</param>
/// <param name="Builder">The builder's id.</param>
/// <param name="Repository">The source repository.</param>
/// <param name="Ref">The ref.</param>
/// <param name="Commit">The commit.</param>
/// <param name="Workflow">The workflow's path in its repository.</param>
internal sealed record VerifiedProvenance(string BuildType, string Builder, string Repository, string Ref, string Commit, string Workflow)
{
    public string Identity { get; init; } = "";

    public string Issuer { get; init; } = "";
}

/// <summary>A statement is signed and is not the provenance that it should be.</summary>
internal sealed class ProvenanceException(string expected, string found, Exception? inner = null)
    : Exception($"expected {expected}, found {found}", inner)
{
    public string Expected { get; } = expected;

    public string Found { get; } = found;
}

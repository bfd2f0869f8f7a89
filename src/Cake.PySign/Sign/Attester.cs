using System.Text;
using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Signatures;
using PySign.Formats;
using PySign.Packaging.Attestations;
using PySign.Packaging.Distributions;
using PySign.Sigstore.Signing;

namespace Cake.PySign.Sign;

/// <summary>Makes publish attestations, as one identity with one certificate.</summary>
internal sealed class Attester(Services services, SharedSigning? shared = null)
{
    public static Attester For(ICakeContext context) => new(Services.For(context));

    public Task<IReadOnlyList<AttestedDistribution>> AttestAsync(
        IEnumerable<FilePath> files,
        PyPiAttestSettings settings,
        CancellationToken cancellationToken
    )
    {
        Check(settings);
        var paths = FileList.Require(files, services.Environment, "attest");
        var names = paths.ToDictionary(static path => path.FullPath, AttestationFiles.NameOf, StringComparer.Ordinal);
        return new BlobSigner(services, shared).InSessionAsync(
            settings.Request,
            session => AttestAsync(session, paths, names, settings, cancellationToken),
            cancellationToken
        );
    }

    private Task<IReadOnlyList<AttestedDistribution>> AttestAsync(
        SigningSession session,
        IReadOnlyList<FilePath> paths,
        Dictionary<string, DistributionFileName> names,
        PyPiAttestSettings settings,
        CancellationToken cancellationToken
    )
    {
        services.Log.Information(
            $"Attesting {paths.Count} distribution(s) as {session.Name}; certificate and log entries are public permanently"
        );
        var run = new SigningRun<AttestedDistribution>(session, services.Log, services.Digests, services.Time)
        {
            Sign = (signer, path, _, cancellationToken) => signer.SignStatementAsync(About(path, names), cancellationToken),
            Write = Write,
            Keep = path => settings.KeepValid ? Kept(session, path, names) : null,
            Line = static one =>
                $"Attested {one.FileName}  log entry {string.Join(", ", one.LogEntries.Select(entry => $"{entry.Index} in {entry.Log}"))}",
        };
        return run.RunAsync(paths, settings.Request.MaxParallel, cancellationToken);
    }

    private static void Check(PyPiAttestSettings settings)
    {
        if (settings.Signing.UsesKey)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "A key is to sign, but an index takes attestations of identities only: it compares them with the publisher that it knows.",
                "Leave Key and Signer out, and run where the job has an identity token."
            );
        }

        _ = settings.Request.MaxParallel;
    }

    private InTotoStatement About(FilePath path, Dictionary<string, DistributionFileName> names) =>
        AttestationStatement.Publish(names[path.FullPath], services.Digests.Of(path));

    /// <summary>An attestation of this signer that says exactly what a new one would.</summary>
    private SignedArtifact? Kept(SigningSession session, FilePath path, Dictionary<string, DistributionFileName> names)
    {
        var kept = session.Existing(
            () => AttestationConversion.ToBundle(Attestation.Load(path.FullPath + SignatureNames.PublishAttestation)),
            services.Digests.Artifact(path)
        );
        return
            kept?.Bundle is { DsseEnvelope: { } envelope } bundle
            && envelope.Payload.Span.SequenceEqual(About(path, names).Utf8Json.Span)
            && bundle.VerificationMaterial.LogEntries.All(static entry => entry.Kind == "dsse" && entry.SignedEntryTimestamp is not null)
            ? kept
            : null;
    }

    private AttestedDistribution Write(FilePath path, SignedArtifact signed)
    {
        SignatureFiles.RequireUnchanged(path, signed, services.Digests);
        return new AttestedDistribution
        {
            Path = path,
            Sha256 = signed.Verified.Sha256,
            Attestation = SignatureFiles.Put(
                path,
                SignatureNames.PublishAttestation,
                Encoding.UTF8.GetBytes(AttestationConversion.FromBundle(signed.Bundle).ToJson())
            ),
            Identity = signed.Verified.Identity,
            Issuer = signed.Verified.Issuer,
            LogEntries = SignedLogEntry.From(signed.Verified),
        };
    }
}

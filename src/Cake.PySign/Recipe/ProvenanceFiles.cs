using System.Text;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Ci;
using Cake.PySign.Common.Provenance;
using Cake.PySign.Common.Signatures;
using Cake.PySign.Sign;
using Cake.PySign.Verify;
using PySign.Formats;
using PySign.Packaging.Attestations;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Recipe;

/// <summary>
/// The provenance of a release: for each distribution a bundle that says from which commit, by which workflow and with what it was built,
/// signed with the certificate of its signature. It is published with the signature, and where an index takes attestations, with the
/// distribution.
/// </summary>
internal static class ProvenanceFiles
{
    public static bool Is(LedgerSignatureFile part) => IsBundle(part) || IsAttestation(part);

    /// <summary>Whether provenance is to be made: automatically where a CI job signs as itself, for who else knows a commit and a
    /// workflow?</summary>
    public static bool Wants(Release release) =>
        release.Options.Provenance switch
        {
            PySignChoice.Always => true,
            PySignChoice.Never => false,
            _ => !release.UsesKey && CiJob.Detect(release.Context.Environment.GetEnvironmentVariable) is not null,
        };

    /// <summary>The files whose provenance is yet to be made.</summary>
    public static async Task<IReadOnlyList<LedgerFile>> MissingAsync(Release release, Ledger ledger, CancellationToken cancellationToken)
    {
        if (!Wants(release))
        {
            return [];
        }

        var signed = ledger with { Files = [.. ledger.Files.Where(file => file.Signature is not null)] };
        var failures = await FailuresAsync(release, signed, cancellationToken).ConfigureAwait(false);
        var refused = failures.Select(failure => failure.Path.GetFilename().FullPath).ToHashSet(StringComparer.Ordinal);
        return [.. ledger.Files.Where(file => file.Signature is null || refused.Contains(file.Name))];
    }

    /// <summary>Makes what is missing, in the session that signed the files.</summary>
    /// <param name="release">The release.</param>
    /// <param name="ledger">Its ledger.</param>
    /// <param name="missing">The files.</param>
    /// <param name="session">Who signs.</param>
    /// <param name="claims">What <see cref="ProvenanceClaims"/> found; without any, the release has no provenance.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<Ledger> SignAsync(
        Release release,
        Ledger ledger,
        IReadOnlyList<LedgerFile> missing,
        SigningSession session,
        BuildClaims? claims,
        CancellationToken cancellationToken
    )
    {
        if (missing.Count == 0)
        {
            return ledger;
        }

        if (claims is null)
        {
            return Without(release, ledger);
        }

        var withAttestation = release.Attests && release.UsesTrustedPublishing;
        var run = new SigningRun<SignedArtifact>(session, release.Log, release.Services.Digests, release.Time)
        {
            Sign = (signer, path, _, token) => signer.SignStatementAsync(Statement(ledger, path, claims), token),
            Write = (path, signed) => Write(release, path, signed, withAttestation),
            Keep = path => Kept(release, session, path, claims),
            Finished = (_, done) =>
            {
                foreach (var path in done)
                {
                    ledger = ledger.With(Into(ledger[path.GetFilename().FullPath], path));
                }

                release.Dist.Store.Write(ledger);
            },
        };
        var paths = missing.Select(file => release.Dist.File(file.Name)).ToList();
        var signed = await run.RunAsync(paths, SigningBatchSize, cancellationToken).ConfigureAwait(false);
        release.Log.Information($"Provenance of {signed.Count} file(s): {claims.Repository} at {claims.Commit}, built by {claims.Builder}");
        return ledger;
    }

    /// <summary>Verifies the provenance that a ledger names.</summary>
    /// <exception cref="BlobVerificationException">Some does not hold, or some files have it and others do not.</exception>
    public static async Task VerifyAsync(Release release, Ledger ledger, CancellationToken cancellationToken)
    {
        var has = ledger.Files.Any(file => file.Signature!.Files.Any(Is));
        if (!has && release.Options.Provenance != PySignChoice.Always)
        {
            return;
        }

        var failures = await FailuresAsync(release, ledger, cancellationToken).ConfigureAwait(false);
        if (failures.Count > 0)
        {
            throw new BlobVerificationException(failures, ledger.Files.Count - failures.Count);
        }
    }

    /// <summary>Writes provenance that an index serves, in both of its forms.</summary>
    public static IReadOnlyList<LedgerSignatureFile> Adopt(FilePath path, Attestation attestation)
    {
        var bundle = AttestationConversion.ToBundle(attestation);
        var (own, other) = (bundle.ToJson(), AttestationConversion.FromBundle(bundle).ToJson());
        return
        [
            EarlierInFolder.Describe(SignatureFiles.Put(path, SignatureNames.Provenance, Encoding.UTF8.GetBytes(own)).FullPath),
            EarlierInFolder.Describe(SignatureFiles.Put(path, SignatureNames.BuildAttestation, Encoding.UTF8.GetBytes(other)).FullPath),
        ];
    }

    private const int SigningBatchSize = 8;

    private static bool IsBundle(LedgerSignatureFile part) => part.Name.EndsWith(SignatureNames.Provenance, StringComparison.Ordinal);

    private static bool IsAttestation(LedgerSignatureFile part) =>
        part.Name.EndsWith(SignatureNames.BuildAttestation, StringComparison.Ordinal);

    private static InTotoStatement Statement(Ledger ledger, FilePath path, BuildClaims claims)
    {
        var file = ledger[path.GetFilename().FullPath];
        var origin = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (
            var (name, value) in new[]
            {
                ("folder", file.Origin?.Folder),
                ("job", file.Origin?.Job),
                ("runner", file.Origin?.Runner),
                ("commit", file.Origin?.Commit),
                ("run", file.Origin?.Run),
                ("attestation", file.Origin?.Attestation is { } one ? $"{one.Name} sha256:{one.Sha256}" : null),
            }
        )
        {
            if (value is { Length: > 0 })
            {
                origin[name] = value;
            }
        }

        // What built an imported wheel is known to its own job alone.
        var tools = file.Origin is null ? ledger.Tools : null;
        return SlsaProvenance.About(
            new StatementSubject(file.Name, file.Sha256),
            claims,
            new BuildFacts(tools ?? new Dictionary<string, string>(StringComparer.Ordinal), origin)
        );
    }

    private static SignedArtifact Write(Release release, FilePath path, SignedArtifact signed, bool withAttestation)
    {
        SignatureFiles.RequireUnchanged(path, signed, release.Services.Digests);
        SignatureFiles.Put(path, SignatureNames.Provenance, Encoding.UTF8.GetBytes(signed.Bundle.ToJson()));
        if (withAttestation)
        {
            SignatureFiles.Put(
                path,
                SignatureNames.BuildAttestation,
                Encoding.UTF8.GetBytes(AttestationConversion.FromBundle(signed.Bundle).ToJson())
            );
        }

        return signed;
    }

    /// <summary>What a killed run has written and the ledger does not name yet. Its run's number may be another than this one's.</summary>
    private static SignedArtifact? Kept(Release release, SigningSession session, FilePath path, BuildClaims claims)
    {
        try
        {
            return
                session.Existing(path.FullPath + SignatureNames.Provenance, release.Services.Digests.Artifact(path)) is { } kept
                && ProvenanceVerifier.Of(kept.Verified, path.GetFilename().FullPath) is var said
                && (said.Builder, said.Repository, said.Ref, said.Commit) == (claims.Builder, claims.Repository, claims.Ref, claims.Commit)
                ? kept
                : null;
        }
        catch (ProvenanceException)
        {
            return null;
        }
    }

    private static LedgerFile Into(LedgerFile file, FilePath path)
    {
        var parts = new[] { SignatureNames.Provenance, SignatureNames.BuildAttestation }
            .Select(suffix => new FilePath(path.FullPath + suffix))
            .Where(part => File.Exists(part.FullPath))
            .Select(part => new LedgerSignatureFile(part.GetFilename().FullPath, FileDigest.Of(part)))
            .ToList();
        return file with
        {
            Signature = file.Signature! with { Files = [.. file.Signature.Files.Where(part => !Is(part)), .. parts] },
            Receipts = [.. file.Receipts.Where(receipt => parts.All(part => part.Name != receipt.File || part.Sha256 == receipt.Sha256))],
        };
    }

    private static async Task<IReadOnlyList<BlobProblem>> FailuresAsync(Release release, Ledger ledger, CancellationToken cancellationToken)
    {
        if (ledger.Files.Count == 0)
        {
            return [];
        }

        var trust = release.Services.Trust(release.Trust, TrustSource.Tuf, release.Options.Network);
        var verifier = new ProvenanceVerifier(
            new SigstoreVerifier(await trust.TrustedRootAsync(cancellationToken).ConfigureAwait(false)),
            new SignerThreshold(
                [TrustedSigner.WithIdentity("the release's signer", VerificationPolicy.Exact(release.Identity, release.Issuer))],
                1
            )
        );
        return [.. ledger.Files.Select(file => Failure(release, file, verifier)).OfType<BlobProblem>()];
    }

    private static BlobProblem? Failure(Release release, LedgerFile file, ProvenanceVerifier verifier)
    {
        const string Again = "Run PySign-Sign, and hand its whole output folder on; what is signed already keeps its signature.";
        var path = release.Dist.File(file.Name);
        try
        {
            if (file.Signature!.Files.FirstOrDefault(IsBundle) is not { } part || !file.Signature.Files.Where(Is).All(release.Dist.Holds))
            {
                return new BlobProblem(
                    path,
                    nameof(VerificationStep.Parse),
                    BlobFailure.ProvenanceMissing,
                    $"{file.Name}{SignatureNames.Provenance} as the ledger names it",
                    "none",
                    Again
                );
            }

            var bundle = Bundle.Load(release.Dist.File(part.Name).FullPath);
            verifier.Verify(bundle, file.Name, file.Sha256);
            return
                file.Signature.Files.FirstOrDefault(IsAttestation) is not { } attestation
                || AttestationFiles
                    .Load(release.Dist.File(attestation.Name))
                    .ToJson()
                    .Equals(AttestationConversion.FromBundle(bundle).ToJson(), StringComparison.Ordinal)
                ? null
                : new BlobProblem(
                    path,
                    nameof(VerificationStep.Parse),
                    BlobFailure.ProvenanceRefused,
                    "an attestation that is the bundle's",
                    attestation.Name,
                    Again
                );
        }
        catch (ProvenanceException e)
        {
            return new BlobProblem(path, nameof(VerificationStep.Identity), BlobFailure.ProvenanceRefused, e.Expected, e.Found, Again);
        }
        catch (Exception e) when (DistributionAttestations.Failure(path, e) is { } failure)
        {
            return failure;
        }
    }

    /// <summary>All files have provenance or none has: what an earlier run made of some is published by nobody.</summary>
    private static Ledger Without(Release release, Ledger ledger)
    {
        foreach (var file in ledger.Files.Where(file => file.Signature!.Files.Any(Is)))
        {
            release.Log.Warning($"{file.Name}: the provenance of an earlier run is left out, because there is none for every file.");
            ledger = ledger.With(
                file with
                {
                    Signature = file.Signature! with { Files = [.. file.Signature.Files.Where(one => !Is(one))] },
                }
            );
        }

        release.Dist.Store.Write(ledger);
        return ledger;
    }
}

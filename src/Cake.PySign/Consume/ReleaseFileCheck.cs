using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Indexes;
using Cake.PySign.Common.Provenance;
using Cake.PySign.Common.Signatures;
using Cake.PySign.Common.Stores;
using PySign.Packaging;
using PySign.Packaging.Distributions;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Consume;

/// <summary>Everything an independent consumer checks of one file of a release: what it says of itself, its signature, and the detached
/// pair where the policy wants it.</summary>
internal sealed class ReleaseFileCheck(GenericRegistry registry, SigstoreVerifier verifier, SignerThreshold signers, bool detached)
{
    /// <summary>The verified file, or null with what is wrong added to <paramref name="problems"/>.</summary>
    public async Task<VerifiedReleaseFile?> RunAsync(
        DownloadedDistribution file,
        List<ReleaseProblem> problems,
        CancellationToken cancellationToken
    )
    {
        // 1. What the file says of itself.
        var fileName = file.Path.GetFilename().FullPath;
        if (RefuseDistribution(file) is { } refused)
        {
            problems.Add(refused);
        }

        // 2. Its bundle, which must be there.
        if (await FetchAsync(fileName + SignatureNames.Bundle, file.Path, cancellationToken).ConfigureAwait(false) is not { } bundlePath)
        {
            problems.Add(
                new ReleaseProblem(
                    fileName,
                    ReleaseFailure.SignatureMissing,
                    $"There is no {fileName}{SignatureNames.Bundle} at {registry.Root}.",
                    "An unsigned file is never accepted. Ask the project for its signature."
                )
            );
            return null;
        }

        // 3. What the bundle proves.
        try
        {
            return await VerifyAsync(file, bundlePath, problems, cancellationToken).ConfigureAwait(false);
        }
        catch (VerificationException e)
        {
            problems.Add(
                new ReleaseProblem(
                    fileName,
                    ReleaseFailure.SignatureRefused,
                    $"{e.Step} ({e.Reason}): expected {e.Expected}, found {e.Actual}.",
                    e.Advice
                )
            );
            return null;
        }
    }

    private static ReleaseProblem? RefuseDistribution(DownloadedDistribution file)
    {
        try
        {
            Distribution.Read(file.Path.FullPath);
            return null;
        }
        catch (PackagingException e)
        {
            return new ReleaseProblem(file.FileName, ReleaseFailure.DistributionRefused, e.Message, "Do not use this file.");
        }
    }

    private async Task<VerifiedReleaseFile?> VerifyAsync(
        DownloadedDistribution file,
        FilePath bundlePath,
        List<ReleaseProblem> problems,
        CancellationToken cancellationToken
    )
    {
        var bundle = Bundle.Load(bundlePath.FullPath);
        if (bundle.MessageSignature is null)
        {
            problems.Add(
                new ReleaseProblem(
                    file.FileName,
                    ReleaseFailure.SignatureRefused,
                    "The bundle holds an attestation about the file, not a signature of it.",
                    "Ask the project for its signature."
                )
            );
            return null;
        }

        var proof = await ProveAsync(file, bundle, cancellationToken).ConfigureAwait(false);
        if (detached)
        {
            await CheckDetachedAsync(file, bundle, problems, cancellationToken).ConfigureAwait(false);
        }

        return new VerifiedReleaseFile
        {
            Path = file.Path,
            Sha256 = proof.Sha256,
            Kind = file.Kind,
            Url = file.Url,
            Size = file.Size,
            Bundle = bundlePath,
            Identity = proof.Identity,
            Issuer = proof.Issuer,
            SourceRepository = proof.Certificate is { } certificate
                ? CertifiedSource.Of(certificate, FulcioExtension.SourceRepositoryUri)
                : null,
            Ref = proof.Certificate?[FulcioExtension.SourceRepositoryRef],
            Commit = proof.Certificate?[FulcioExtension.SourceRepositoryDigest],
            LogEntries = SignedLogEntry.From(proof),
        };
    }

    private async Task<VerifiedArtifact> ProveAsync(DownloadedDistribution file, Bundle bundle, CancellationToken cancellationToken)
    {
        var bundles = await Countersignature
            .WithAsync(
                registry,
                bundle,
                file.FileName + SignatureNames.Bundle,
                file.Path.GetDirectory(),
                signers.Threshold,
                cancellationToken
            )
            .ConfigureAwait(false);
        var proofs = await Task.Run(
                () =>
                    verifier.VerifyThreshold(
                        [.. bundles.Where(one => one.MessageSignature is not null)],
                        Artifact.FromFile(file.Path.FullPath, file.Sha256),
                        signers,
                        cancellationToken
                    ),
                cancellationToken
            )
            .ConfigureAwait(false);
        return proofs[0].Verified;
    }

    /// <summary>A detached pair proves nothing by itself (it has no time): it is accepted for being the very signature of the verified
    /// bundle.</summary>
    private async Task CheckDetachedAsync(
        DownloadedDistribution file,
        Bundle bundle,
        List<ReleaseProblem> problems,
        CancellationToken cancellationToken
    )
    {
        var fileName = file.Path.GetFilename().FullPath;
        var signature = await FetchAsync(fileName + SignatureNames.Signature, file.Path, cancellationToken).ConfigureAwait(false);
        var certificate = await FetchAsync(fileName + SignatureNames.Certificate, file.Path, cancellationToken).ConfigureAwait(false);
        string? problem = signature is null || certificate is null ? "the policy asks for both, and one is not there" : null;
        if (problem is null)
        {
            problem = DetachedPair.Problem(
                bundle,
                await File.ReadAllBytesAsync(signature!.FullPath, cancellationToken).ConfigureAwait(false),
                await File.ReadAllBytesAsync(certificate!.FullPath, cancellationToken).ConfigureAwait(false)
            );
        }

        if (problem is not null)
        {
            problems.Add(
                new ReleaseProblem(
                    fileName,
                    ReleaseFailure.DetachedSignatureRefused,
                    $"{fileName}{SignatureNames.Signature} and {fileName}{SignatureNames.Certificate}: {problem}.",
                    "Somebody replaced or removed them. Do not use this release."
                )
            );
        }
    }

    private Task<FilePath?> FetchAsync(string name, FilePath beside, CancellationToken cancellationToken) =>
        RegistryFile.FetchAsync(registry, name, beside.GetDirectory(), cancellationToken);
}

using Cake.PySign.Common;
using Cake.PySign.Common.Signatures;
using Cake.PySign.Sign;
using Cake.PySign.Verify;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Recipe;

/// <summary>
/// The attestations of a release: further files of each distribution's signature, made after it. They are published with it, and where the
/// index takes them, with the distribution.
/// </summary>
internal static class AttestedFiles
{
    /// <summary>Attests what has no attestation that verifies; those that are kept may be public already.</summary>
    public static async Task AttestAsync(Release release, CancellationToken cancellationToken)
    {
        var ledger = release.Dist.ReadSignedFiles();
        var failures = await FailuresAsync(release, ledger, cancellationToken).ConfigureAwait(false);
        var open = ledger.Files.Where(file => failures.Any(failure => failure.Path.GetFilename().FullPath == file.Name)).ToList();
        if (open.Count == 0)
        {
            return;
        }

        // A killed run may have written attestations that the ledger does not name yet.
        var settings = new PyPiAttestSettings
        {
            Signing = release.Options.Signing,
            Trust = release.Trust,
            Network = release.Options.Network,
            KeepValid = true,
        };
        var attested = await new Attester(release.Services, release.Together?.Signing)
            .AttestAsync(open.Select(file => release.Dist.File(file.Name)), settings, cancellationToken)
            .ConfigureAwait(false);
        foreach (var one in attested)
        {
            var file = ledger[one.Path.GetFilename().FullPath];
            var attestation = new LedgerSignatureFile(one.Attestation.GetFilename().FullPath, FileDigest.Of(one.Attestation));
            ledger = ledger.With(
                file with
                {
                    Signature = file.Signature! with { Files = [.. file.Signature.Files.Where(part => !Is(part)), attestation] },
                    Receipts =
                    [
                        .. file.Receipts.Where(receipt => receipt.File != attestation.Name || receipt.Sha256 == attestation.Sha256),
                    ],
                }
            );
        }

        release.Dist.Store.Write(ledger);
    }

    /// <summary>Verifies the attestations that a ledger names: none says anything else than the signature does.</summary>
    /// <exception cref="BlobVerificationException">One does not hold, or a distribution has none although the release attests.</exception>
    public static async Task VerifyAsync(Release release, Ledger ledger, CancellationToken cancellationToken)
    {
        if (!release.Attests && !ledger.Files.Any(file => file.Signature!.Files.Any(Is)))
        {
            return;
        }

        var failures = await FailuresAsync(release, ledger, cancellationToken).ConfigureAwait(false);
        if (failures.Count > 0)
        {
            throw new BlobVerificationException(failures, ledger.Files.Count - failures.Count);
        }
    }

    public static bool Is(LedgerSignatureFile part) => part.Name.EndsWith(SignatureNames.PublishAttestation, StringComparison.Ordinal);

    private static async Task<IReadOnlyList<BlobProblem>> FailuresAsync(Release release, Ledger ledger, CancellationToken cancellationToken)
    {
        var trust = release.Services.Trust(release.Trust, TrustSource.Tuf, release.Options.Network);
        var verifier = new AttestationVerifier(
            new SigstoreVerifier(await trust.TrustedRootAsync(cancellationToken).ConfigureAwait(false)),
            VerificationPolicy.Exact(release.Identity, release.Issuer)
        );
        List<BlobProblem> failures = [];
        foreach (var file in ledger.Files)
        {
            var path = release.Dist.File(file.Name);
            try
            {
                if (file.Signature!.Files.FirstOrDefault(Is) is not { } part || !release.Dist.Holds(part))
                {
                    failures.Add(
                        new BlobProblem(
                            path,
                            nameof(VerificationStep.Parse),
                            BlobFailure.AttestationMissing,
                            $"{file.Name}{SignatureNames.PublishAttestation} as the ledger names it",
                            "none",
                            "Run PySign-Sign, and hand its whole output folder on; what is signed already keeps its signature."
                        )
                    );
                    continue;
                }

                var attestation = AttestationFiles.Load(release.Dist.File(part.Name));
                verifier.Verify(release.Dist.Artifact(file.Name), AttestationFiles.NameOf(path), file.Sha256, [attestation]);
            }
            catch (Exception e) when (DistributionAttestations.Failure(path, e) is { } failure)
            {
                failures.Add(failure);
            }
        }

        return failures;
    }
}

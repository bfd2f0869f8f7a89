using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Verify;

/// <summary>Verifies files against their bundles; only trust by TUF asks anybody. Every file is looked at, so that one run names every
/// problem.</summary>
internal sealed class BlobVerifier(Services services)
{
    public static BlobVerifier For(ICakeContext context) => new(Services.For(context));

    public async Task<IReadOnlyList<VerifiedBlob>> VerifyAsync(
        IEnumerable<FilePath> files,
        VerifyBlobSettings settings,
        CancellationToken cancellationToken,
        bool brief = false
    )
    {
        var signer = Signer(settings, services.Environment);
        var paths = FileList.Require(files, services.Environment, "verify");
        RequireOneSource(settings, paths);
        var verifier = await VerifierAsync(settings, services, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        var verified = new VerifiedBlob[paths.Count];
        var failures = new BlobProblem?[paths.Count];
        await Parallel
            .ForEachAsync(
                Enumerable.Range(0, paths.Count),
                cancellationToken,
                async (i, token) =>
                {
                    try
                    {
                        verified[i] = await VerifyAsync(paths[i], verifier, signer, settings, token).ConfigureAwait(false);
                    }
                    catch (VerificationException e)
                    {
                        failures[i] = BlobProblem.Of(paths[i], e);
                    }
                    catch (BlobRefusedException e)
                    {
                        failures[i] = e.Failure;
                    }
                }
            )
            .ConfigureAwait(false);
        var refused = failures.OfType<BlobProblem>().ToList();
        if (refused.Count > 0)
        {
            throw new BlobVerificationException(refused, paths.Count - refused.Count);
        }

        Report(verified, settings, brief);
        return verified;
    }

    private static void RequireOneSource(VerifyBlobSettings settings, IReadOnlyList<FilePath> paths)
    {
        if (settings.Bundle is not null && (paths.Count != 1 || settings.BundleDirectory is not null))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "Bundle names the bundle of one file: with several files, or with BundleDirectory, it is not clear which.",
                "Use BundleDirectory, or leave both unset to look beside each file."
            );
        }
    }

    // Who signed is said once: of fifty files it is the same.
    private void Report(IReadOnlyList<VerifiedBlob> verified, VerifyBlobSettings settings, bool brief)
    {
        foreach (var signer in verified.GroupBy(blob => (blob.Identity, blob.Issuer)))
        {
            var who = settings.PublicKey is null ? $"{signer.Key.Identity} ({signer.Key.Issuer})" : $"the key in {settings.PublicKey}";
            if (signer.ToList() is [var only])
            {
                services.Log.Information($"Verified {only.Path.GetFilename()}  sha256 {only.Sha256}  by {who}");
                continue;
            }

            foreach (var blob in signer.Where(_ => !brief))
            {
                services.Log.Information($"Verified {blob.Path.GetFilename()}  sha256 {blob.Sha256}");
            }

            services.Log.Information($"Verified {signer.Count()} files, all by {who}");
        }
    }

    /// <summary>A verifier that believes whom the settings name.</summary>
    internal static async Task<SigstoreVerifier> VerifierAsync(
        VerificationSettings settings,
        Services services,
        CancellationToken cancellationToken
    )
    {
        // A signature that nobody outside knows of is not a reason to ask somebody outside.
        var named = settings.Trust.TrustedRoot is not null || settings.Trust.TufMirror is not null;
        var choice = settings.AcceptUnlogged && !named ? new TrustSettings { Source = TrustSource.Embedded } : settings.Trust;
        var trust = services.Trust(choice, TrustSource.Embedded, settings.Network);
        return new SigstoreVerifier(
            await trust.TrustedRootAsync(cancellationToken).ConfigureAwait(false),
            new VerifierOptions
            {
                AcceptUnloggedKeys = settings.AcceptUnlogged,
                AcceptOldBundles = settings.AcceptOldBundles,
                RequireLog = settings.RequireLog,
            }
        );
    }

    internal static (VerificationPolicy? Policy, ManagedKey? Key) Signer(VerificationSettings settings, ICakeEnvironment environment)
    {
        if (settings.PublicKey is null)
        {
            return settings.AcceptUnlogged
                ? throw new PySignException(
                    PySignFailure.InvalidSettings,
                    "AcceptUnlogged is set without PublicKey: a certificate proves nothing without a log.",
                    "Set PublicKey, or leave AcceptUnlogged out."
                )
                : (Policy(settings), null);
        }

        if (
            settings.CertificateIdentity is not null
            || settings.CertificateIdentityPattern is not null
            || settings.CertificateOidcIssuer is not null
        )
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "PublicKey is set together with an identity or issuer.",
                "Say either whose key, or whose identity must have signed."
            );
        }

        var path = settings.PublicKey.MakeAbsolute(environment);
        if (!File.Exists(path.FullPath))
        {
            throw new PySignException(PySignFailure.MissingFile, $"There is no public key at '{path}'.", "Correct PublicKey.");
        }

        try
        {
            return (null, ManagedKey.ParsePem(File.ReadAllText(path.FullPath)));
        }
        catch (VerificationException e)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"The public key '{path}' cannot be used: {e.Message}",
                innerException: e
            );
        }
    }

    private static VerificationPolicy Policy(VerificationSettings settings)
    {
        if (string.IsNullOrWhiteSpace(settings.CertificateOidcIssuer))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "CertificateOidcIssuer is not set: a signature proves nothing unless it is known who vouched for the signer.",
                "Set it to the issuer's URL, such as https://gitlab.com."
            );
        }

        var exact = !string.IsNullOrWhiteSpace(settings.CertificateIdentity);
        if (exact == !string.IsNullOrWhiteSpace(settings.CertificateIdentityPattern))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                exact
                    ? "CertificateIdentity and CertificateIdentityPattern are both set."
                    : "CertificateIdentity is not set: a signature proves nothing unless it is known whose it must be.",
                "Set CertificateIdentity to the expected signer, or CertificateIdentityPattern where one of several may have signed."
            );
        }

        try
        {
            return exact
                ? VerificationPolicy.Exact(settings.CertificateIdentity!, settings.CertificateOidcIssuer)
                : VerificationPolicy.Pattern(settings.CertificateIdentityPattern!, settings.CertificateOidcIssuer);
        }
        catch (ArgumentException e)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"CertificateIdentityPattern cannot be used: {e.Message}",
                innerException: e
            );
        }
    }

    private async Task<VerifiedBlob> VerifyAsync(
        FilePath path,
        SigstoreVerifier verifier,
        (VerificationPolicy? Policy, ManagedKey? Key) signer,
        VerifyBlobSettings settings,
        CancellationToken cancellationToken
    )
    {
        var bundlePath = BundleLocation.Find(path, settings, services.Environment);
        var bundle = Bundle.Load(bundlePath.FullPath);
        if (bundle.MessageSignature is null && settings.PredicateType is null)
        {
            throw NotASignature(path, bundlePath);
        }

        var artifact = services.Digests.Artifact(path);
        var proof = signer.Key is { } key
            ? await Task.Run(() => verifier.Verify(bundle, artifact, key), cancellationToken).ConfigureAwait(false)
            : await verifier.VerifyAsync(bundle, artifact, signer.Policy!, cancellationToken).ConfigureAwait(false);
        if (settings.PredicateType is { } type && proof.PredicateType != type)
        {
            throw AnotherStatement(path, type, proof.PredicateType);
        }

        return new VerifiedBlob
        {
            Path = path,
            Sha256 = proof.Sha256,
            Bundle = bundlePath,
            Identity = proof.Identity,
            Issuer = proof.Issuer,
            LogEntries = SignedLogEntry.From(proof),
            StatementJson = proof.Statement is { } statement ? System.Text.Encoding.UTF8.GetString(statement.Utf8Json.Span) : null,
        };
    }

    /// <summary>A statement about a file ("its tests failed") is not a signature of the file.</summary>
    private static BlobRefusedException NotASignature(FilePath path, FilePath bundle) =>
        new(
            new BlobProblem(
                path,
                nameof(VerificationStep.Parse),
                BlobFailure.NotABlobSignature,
                "a bundle with a signature over the file itself",
                $"an attestation about it in {bundle}",
                "Give the bundle that CosignSignBlob or cosign sign-blob wrote, or say with PredicateType which statement is asked for."
            )
        );

    private static BlobRefusedException AnotherStatement(FilePath path, string asked, string? found) =>
        new(
            new BlobProblem(
                path,
                nameof(VerificationStep.Signature),
                BlobFailure.OtherPredicateType,
                $"a statement of type {asked}",
                found ?? "a signature over the file itself",
                "The bundle says something about the file other than what was asked for."
            )
        );
}

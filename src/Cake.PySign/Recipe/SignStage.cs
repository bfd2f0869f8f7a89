using System.Runtime.ExceptionServices;
using Cake.Core.IO;
using Cake.PySign.Signing;
using Cake.PySign.Verification;

namespace Cake.PySign.Recipe;

/// <summary>Signs what has not been signed yet. A signature that an earlier run left and that verifies is kept: it may be public already.</summary>
internal static class SignStage
{
    public static async Task RunAsync(Release release, CancellationToken cancellation)
    {
        if (DryRun.Skips(release, "nothing is signed"))
        {
            return;
        }

        var ledger = release.Dist.ReadChecked();
        var open = new List<LedgerFile>();
        foreach (var file in ledger.Files)
        {
            if (await IsSignedAsync(release, file, cancellation).ConfigureAwait(false))
            {
                release.Log.Information($"{file.Name}: signed by an earlier run as {file.Signature!.Identity}.");
            }
            else
            {
                open.Add(file);
            }
        }

        if (open.Count == 0)
        {
            return;
        }

        var options = release.Options;
        IReadOnlyList<SignedBlob> signed;
        BlobSigningException? incomplete = null;
        try
        {
            signed = await release.Context.CosignSignBlob(
                open.Select(file => release.Dist.File(file.Name)),
                new CosignSignBlobSettings
                {
                    Token = options.IdentityToken,
                    TokenSource = options.TokenSource,
                    AllowUnprotectedRef = options.AllowUnprotectedRef,
                    AllowPrivateProject = options.AllowPrivateProject,
                    SigningConfig = options.SigningConfig,
                    FulcioUrl = options.SigningConfig is null ? options.FulcioUrl : null,
                    RekorUrl = options.SigningConfig is null ? options.RekorUrl : null,
                    TimestampUrl = options.SigningConfig is null ? options.TimestampUrl : null,
                    TrustedRoot = options.TrustedRoot,
                    Trust = options.Trust,
                    TufMirror = options.TufMirror,
                    TufRoot = options.TufRoot,
                    TufCache = options.TufCache,
                    TufOffline = options.TufOffline,
                    CaFile = options.CaFile,
                },
                cancellation).ConfigureAwait(false);
        }
        catch (BlobSigningException e)
        {
            // What is signed goes into the ledger first, so that the next run signs the rest only.
            (signed, incomplete) = (e.Signatures, e);
        }

        foreach (var blob in signed)
        {
            var file = ledger[blob.File.GetFilename().ToString()];
            if (blob.Sha256 != file.Sha256)
            {
                throw new PySignException(
                    PySignFailure.DigestMismatch,
                    $"'{blob.File}' changed while it was signed: expected SHA-256 {file.Sha256}, signed {blob.Sha256}.",
                    "Somebody writes into the folder between the stages. Find out who; then build again.");
            }

            ledger = ledger.With(file with { Signature = Describe(blob), Receipts = [] });
        }

        release.Dist.Store.Write(ledger);
        if (incomplete is not null)
        {
            ExceptionDispatchInfo.Throw(incomplete);
        }
    }

    private static LedgerSignature Describe(SignedBlob blob) => new(
        blob.Identity,
        blob.Issuer,
        [.. new[] { blob.Bundle, blob.Signature, blob.Certificate }.OfType<FilePath>().Select(part => new LedgerSignatureFile(part.GetFilename().ToString(), FileDigest.Of(part)))],
        [.. blob.LogEntries.Select(entry => new LedgerLog(entry.Log, entry.Index, entry.IntegratedTime))]);

    private static async Task<bool> IsSignedAsync(Release release, LedgerFile file, CancellationToken cancellation)
    {
        if (file.Signature is null || !file.Signature.Files.All(release.Dist.Holds))
        {
            return false;
        }

        try
        {
            await release.VerifyAsync([release.Dist.File(file.Name)], cancellation).ConfigureAwait(false);
            return true;
        }
        catch (BlobVerificationException refusal)
        {
            release.Log.Warning($"{file.Name}: the signature of an earlier run does not verify and is made again. {refusal.Message}");
            return false;
        }
    }
}

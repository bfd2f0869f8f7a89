using System.Runtime.ExceptionServices;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Recipe.Preflight;
using Cake.PySign.Sign;
using Cake.PySign.Verify;

namespace Cake.PySign.Recipe;

/// <summary>
/// Signs what has not been signed yet: every distribution, and then which distributions there are. A signature that an earlier run left and
/// that verifies is kept: it may be public already.
/// </summary>
internal static class SignStage
{
    public static async Task RunAsync(Release release, CancellationToken cancellationToken)
    {
        if (DryRun.Skips(release, "nothing is signed"))
        {
            return;
        }

        await SignOpenAsync(release, cancellationToken).ConfigureAwait(false);
        if (release.Attests)
        {
            await AttestedFiles.AttestAsync(release, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task SignOpenAsync(Release release, CancellationToken cancellationToken)
    {
        var ledger = release.Dist.ReadChecked();
        var open = await UnsignedAsync(release, ledger, cancellationToken).ConfigureAwait(false);
        var isStated = await IsStatedAsync(release, ledger, cancellationToken).ConfigureAwait(false);
        var unproven = await ProvenanceFiles.MissingAsync(release, ledger, cancellationToken).ConfigureAwait(false);
        if (open.Count == 0 && isStated && unproven.Count == 0)
        {
            return;
        }

        var settings = new CosignSignBlobSettings
        {
            Signing = release.Options.Signing,
            Trust = release.Options.Trust,
            Network = release.Options.Network,
        };

        // One session: files and statement get the same certificate, for one identity token.
        await release
            .Signing.InSessionAsync(
                settings.Request,
                async session =>
                {
                    SigningGuard.Require(release, ledger, session);
                    if (open.Count > 0)
                    {
                        ledger = await SignAsync(release, ledger, open, session, settings, cancellationToken).ConfigureAwait(false);
                    }

                    if (!isStated)
                    {
                        ledger = ledger with
                        {
                            Statement = await StateAsync(release, ledger, session, settings, cancellationToken).ConfigureAwait(false),
                        };
                        release.Dist.Store.Write(ledger);
                    }

                    return await ProvenanceFiles.SignAsync(release, ledger, unproven, session, cancellationToken).ConfigureAwait(false);
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private static async Task<Ledger> SignAsync(
        Release release,
        Ledger ledger,
        IReadOnlyList<LedgerFile> open,
        SigningSession session,
        CosignSignBlobSettings settings,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<SignedBlob> signed;
        BlobSigningException? incomplete = null;
        try
        {
            signed = await release
                .Signing.SignAsync(session, [.. open.Select(file => release.Dist.File(file.Name))], settings, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (BlobSigningException e)
        {
            // What is signed goes into the ledger first, so that the next run signs the rest only.
            (signed, incomplete) = (e.Signatures, e);
        }

        foreach (var blob in signed)
        {
            var file = ledger[blob.Path.GetFilename().ToString()];
            if (blob.Sha256 != file.Sha256)
            {
                throw new PySignException(
                    PySignFailure.DigestMismatch,
                    $"'{blob.Path}' changed while it was signed: expected SHA-256 {file.Sha256}, signed {blob.Sha256}.",
                    "Somebody writes into the folder between the stages. Find out who; then build again."
                );
            }

            ledger = ledger.With(file with { Signature = Describe(blob), Receipts = [] });
        }

        release.Dist.Store.Write(ledger);
        if (incomplete is not null)
        {
            ExceptionDispatchInfo.Throw(incomplete);
        }

        return ledger;
    }

    private static async Task<LedgerStatement> StateAsync(
        Release release,
        Ledger ledger,
        SigningSession session,
        CosignSignBlobSettings settings,
        CancellationToken cancellationToken
    )
    {
        var signed = await new ReleaseStatementSigner(release.Signing, release.Context.Environment, release.Log)
            .SignAsync(session, Release.Statement(ledger), release.Dist.Path, settings.Request, cancellationToken)
            .ConfigureAwait(false);
        return new LedgerStatement(Describe(signed.Bundle), signed.Identity, signed.Issuer, Describe(signed.LogEntries), []);
    }

    private static LedgerSignature Describe(SignedBlob blob) =>
        new(
            blob.Identity,
            blob.Issuer,
            [.. new[] { blob.Bundle, blob.Signature, blob.Certificate }.OfType<FilePath>().Select(Describe)],
            Describe(blob.LogEntries)
        );

    private static LedgerSignatureFile Describe(FilePath part) => new(part.GetFilename().ToString(), FileDigest.Of(part));

    private static IReadOnlyList<LedgerLog> Describe(IReadOnlyList<SignedLogEntry> entries) =>
        [.. entries.Select(entry => new LedgerLog(entry.Log, entry.Index, entry.IntegratedTime))];

    /// <summary>What has no signature that holds. All are verified at once: who is trusted is found out once, also for a thousand
    /// files.</summary>
    private static async Task<IReadOnlyList<LedgerFile>> UnsignedAsync(Release release, Ledger ledger, CancellationToken cancellationToken)
    {
        var kept = ledger
            .Files.Where(file =>
                file.Signature?.Files.Where(part => !AttestedFiles.Is(part) && !ProvenanceFiles.Is(part)).All(release.Dist.Holds) == true
            )
            .ToDictionary(file => file.Name, StringComparer.Ordinal);
        try
        {
            if (kept.Count > 0)
            {
                await release.VerifyAsync(kept.Keys.Select(release.Dist.File), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (BlobVerificationException refusal)
        {
            foreach (var failure in refusal.Failures)
            {
                kept.Remove(failure.Path.GetFilename().ToString());
            }

            release.Log.Warning($"What an earlier run signed does not verify and is made again. {refusal.Message}");
        }

        foreach (var file in kept.Values)
        {
            release.Log.Information($"{file.Name}: signed by an earlier run as {file.Signature!.Identity}.");
        }

        return [.. ledger.Files.Where(file => !kept.ContainsKey(file.Name))];
    }

    private static async Task<bool> IsStatedAsync(Release release, Ledger ledger, CancellationToken cancellationToken) =>
        ledger.Statement is { } statement
        && release.Dist.Holds(statement.File)
        && await HoldsAsync(release, statement.File.Name, () => release.VerifyStatementAsync(ledger, cancellationToken))
            .ConfigureAwait(false);

    private static async Task<bool> HoldsAsync(Release release, string name, Func<Task> verify)
    {
        try
        {
            await verify().ConfigureAwait(false);
            return true;
        }
        catch (BlobVerificationException refusal)
        {
            release.Log.Warning($"{name}: the signature of an earlier run does not verify and is made again. {refusal.Message}");
            return false;
        }
    }
}

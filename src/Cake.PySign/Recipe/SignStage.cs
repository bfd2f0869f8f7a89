using Cake.Core.IO;
using Cake.PySign.Build;
using Cake.PySign.Common;
using Cake.PySign.Recipe.Preflight;
using Cake.PySign.Sign;
using PySign.Sigstore.Verification;

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

        if (release.UsesKey && !File.Exists(release.PublicKey.FullPath))
        {
            throw Release.Missing("PYSIGN_PUBLIC_KEY", $"the public key of the key that signs; there is no file '{release.PublicKey}'");
        }

        // Without a ledger that is what is said, and not that a folder cannot be written.
        release.Dist.Store.Read();
        using var held = release.Dist.Hold();
        await SignOpenAsync(release, cancellationToken).ConfigureAwait(false);
        if (release.Attests)
        {
            await AttestedFiles.AttestAsync(release, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What would stop signing, for projects that are signed in one run: none of them is in a log before all of them may
    /// be.</summary>
    public static async Task RequireReadyAsync(Release release, CancellationToken cancellationToken)
    {
        if (release.Options.DryRun)
        {
            return;
        }

        var ledger = ReadInspected(release);
        release.Dist.RequireWritable();
        if (ledger.Files.All(file => file.Signature is not null))
        {
            return;
        }

        await release
            .Signing.InSessionAsync(
                Settings(release).Request,
                async session =>
                {
                    RequireOwnKey(release, session.PublicKeyPem);
                    await SigningGuard.RequireAsync(release, ledger, session, cancellationToken).ConfigureAwait(false);
                    return await ProvenanceClaims.ForAsync(release, ledger, session, cancellationToken).ConfigureAwait(false);
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>What is signed with another key than users verify with would be refused by the next stage, and is public by then.</summary>
    public static void RequireOwnKey(Release release, string? publicKeyPem)
    {
        if (
            publicKeyPem is { } pem
            && ManagedKey.ParsePem(pem).Hint != ManagedKey.ParsePem(File.ReadAllText(release.PublicKey.FullPath)).Hint
        )
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"'{release.PublicKey}' is not the public key of the key that signs.",
                "Set PYSIGN_PUBLIC_KEY to the public key that belongs to PYSIGN_KEY or PYSIGN_SIGNER. Nothing was signed."
            );
        }
    }

    private static async Task SignOpenAsync(Release release, CancellationToken cancellationToken)
    {
        var ledger = ReadInspected(release);
        release.Dist.RequireWritable();
        ledger = TestRecord.Into(release, ledger);
        ledger = PreflightRecord.Into(release, ledger);
        ledger = await EarlierSignatures.AdoptAsync(release, ledger, cancellationToken).ConfigureAwait(false);
        var unproven = await ProvenanceFiles.MissingAsync(release, ledger, cancellationToken).ConfigureAwait(false);
        if (Open(ledger).Count == 0 && ledger.Statement is not null && unproven.Count == 0)
        {
            return;
        }

        // One session: files and statement get the same certificate, for one identity token.
        var settings = Settings(release);
        await release
            .Signing.InSessionAsync(
                settings.Request,
                session => SignInSessionAsync(release, ledger, unproven, session, settings, cancellationToken),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>Signs what is missing, once nothing is known that a verifier would refuse.</summary>
    private static async Task<Ledger> SignInSessionAsync(
        Release release,
        Ledger ledger,
        IReadOnlyList<LedgerFile> unproven,
        SigningSession session,
        CosignSignBlobSettings settings,
        CancellationToken cancellationToken
    )
    {
        RequireOwnKey(release, session.PublicKeyPem);
        await SigningGuard.RequireAsync(release, ledger, session, cancellationToken).ConfigureAwait(false);
        var claims =
            unproven.Count > 0 ? await ProvenanceClaims.ForAsync(release, ledger, session, cancellationToken).ConfigureAwait(false) : null;
        if (Open(ledger).Count > 0)
        {
            ledger = await SignAsync(release, ledger, session, settings, cancellationToken).ConfigureAwait(false);
        }

        if (ledger.Statement is null)
        {
            var statement = await StateAsync(release, ledger, session, settings, cancellationToken).ConfigureAwait(false);
            ledger = ledger with { Statement = statement };
            release.Dist.Store.Write(ledger);
        }

        return await ProvenanceFiles.SignAsync(release, ledger, unproven, session, claims, cancellationToken).ConfigureAwait(false);
    }

    private static List<LedgerFile> Open(Ledger ledger) => [.. ledger.Files.Where(file => file.Signature is null)];

    private static CosignSignBlobSettings Settings(Release release) =>
        new()
        {
            Signing = release.Options.Signing,
            Trust = release.Trust,
            Network = release.Options.Network,
        };

    private static async Task<Ledger> SignAsync(
        Release release,
        Ledger ledger,
        SigningSession session,
        CosignSignBlobSettings settings,
        CancellationToken cancellationToken
    )
    {
        // Every signature is in the ledger soon after it was made: what dies later loses none of them.
        var book = new SignatureBook(release.Dist.Store, ledger, release.Time);
        try
        {
            await release
                .Signing.SignAsync(
                    session,
                    [.. Open(ledger).Select(file => release.Dist.File(file.Name))],
                    settings,
                    book.Add,
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        finally
        {
            book.Write();
        }

        return book.Ledger;
    }

    /// <summary>What is signed is once more what it says it is: whatever ran since the build could have written here. The digest that is
    /// signed is that of the very bytes that were looked into.</summary>
    private static Ledger ReadInspected(Release release)
    {
        var inspected = release.Dist.Inspect(checkRecord: !release.Options.WaivedChecks.Contains(PyBuildCheck.Record));
        var ledger = release.Dist.ReadChecked();
        foreach (var file in ledger.Files)
        {
            var found = inspected.GetValueOrDefault(file.Name);
            if (found?.Sha256 != file.Sha256)
            {
                throw new PySignException(
                    PySignFailure.DigestMismatch,
                    $"'{file.Name}' changed while it was read.",
                    "Somebody writes to the folder of the release. Find out who; then build again. Nothing was signed."
                );
            }

            if (found!.Failure is { } failure)
            {
                throw Refused(file, failure.Message, failure);
            }

            if (found.RecordProblems is { Count: > 0 } problems)
            {
                throw Refused(file, string.Join("; ", problems.Take(5)), null);
            }
        }

        return ledger;
    }

    private static PySignException Refused(LedgerFile file, string problem, Exception? cause) =>
        new(PySignFailure.RecordMismatch, $"'{file.Name}' is not signed: {problem}", "Build again; nothing was signed.", cause);

    private static async Task<LedgerStatement> StateAsync(
        Release release,
        Ledger ledger,
        SigningSession session,
        CosignSignBlobSettings settings,
        CancellationToken cancellationToken
    )
    {
        var signed = await new ReleaseStatementSigner(release.Signing, release.Services)
            .SignAsync(session, Release.Statement(ledger), release.Dist.Path, settings.Request, cancellationToken, brief: true)
            .ConfigureAwait(false);
        return new LedgerStatement(Describe(signed.Bundle), signed.Identity, signed.Issuer, Describe(signed.LogEntries), []);
    }

    private static LedgerSignatureFile Describe(FilePath part) => new(part.GetFilename().ToString(), FileDigest.Of(part));

    private static IReadOnlyList<LedgerLog> Describe(IReadOnlyList<SignedLogEntry> entries) =>
        [.. entries.Select(entry => new LedgerLog(entry.Log, entry.Index, entry.IntegratedTime))];
}

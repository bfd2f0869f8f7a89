using PySign.Sigstore.Bundles;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Recipe;

/// <summary>
/// What earlier runs signed of these very bytes, wherever it is: in the folder, in the signature store, at the index. What verifies is
/// adopted as it is. What is there and does not verify would stop the release after its log entries were made, so it stops before; and so
/// does a place that cannot be read, for what it holds is not known.
/// </summary>
internal static class EarlierSignatures
{
    public static async Task<Ledger> AdoptAsync(Release release, Ledger ledger, CancellationToken cancellationToken)
    {
        var judge = await JudgeAsync(release, cancellationToken).ConfigureAwait(false);
        var folder = new EarlierInFolder(release, judge);
        var known = folder.Read(ledger);
        if (!IsComplete(release, known))
        {
            var store = new EarlierInStore(release, judge);
            known = await ReadAsync(
                    release,
                    $"the signature store {release.Options.Store.Url}",
                    async () =>
                    {
                        if (release.Options.Store.Url is null)
                        {
                            return known;
                        }

                        WarnOfDrafts(release);
                        var found = await store.FindAsync(known, cancellationToken).ConfigureAwait(false);
                        found.RefuseConflicts();
                        return store.Adopt(known, found, folder);
                    },
                    known
                )
                .ConfigureAwait(false);
            known = await ReadAsync(
                    release,
                    $"the index of {release.Options.RepositoryUrl}",
                    () => new EarlierAtIndex(release, judge).AdoptAsync(known, cancellationToken),
                    known
                )
                .ConfigureAwait(false);
        }

        return Keep(release, ledger, known);
    }

    /// <summary>Judges by the signer of the release.</summary>
    public static async Task<SignatureJudge> JudgeAsync(Release release, CancellationToken cancellationToken)
    {
        Func<Bundle, Artifact, VerifiedArtifact> verify = await release.VerifierAsync(cancellationToken).ConfigureAwait(false);
        return new SignatureJudge(release.Dist, verify);
    }

    /// <summary>Whether nothing is left to be signed, so that nobody needs to be asked.</summary>
    private static bool IsComplete(Release release, Ledger ledger) =>
        ledger.Statement is not null
        && ledger.Files.All(file =>
            file.Signature is { } signature
            && (!release.Attests || signature.Files.Any(AttestedFiles.Is))
            && (!ProvenanceFiles.Wants(release) || signature.Files.Any(ProvenanceFiles.Is))
        );

    private static Ledger Keep(Release release, Ledger before, Ledger now)
    {
        foreach (var file in now.Files.Where(file => file.Signature is not null))
        {
            release.Log.Information($"{file.Name}: signed by an earlier run as {file.Signature!.Identity}.");
        }

        if (!ReferenceEquals(before, now) || now.Tests is not null)
        {
            release.Dist.Store.Write(now);
        }

        return now;
    }

    private static async Task<Ledger> ReadAsync(Release release, string place, Func<Task<Ledger>> read, Ledger otherwise)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (PySignException e) when (IsUnread(e.Reason))
        {
            var what = $"What an earlier run of this release left is not known, for {place} cannot be read: {e.Message}";
            if (!release.Options.AllowUnreadRegistries)
            {
                throw new PySignException(
                    e.Reason,
                    $"Nothing was signed. {what}",
                    "Give the job that signs the access that the publishing jobs have, or run again when the service answers. To sign all "
                        + "the same, although a second signature in the public log would make the release stop at the first: "
                        + "--allow-unread-registries (PYSIGN_ALLOW_UNREAD_REGISTRIES=true).",
                    e
                );
            }

            release.Log.Warning(what);
            return otherwise;
        }
    }

    /// <summary>Whether a failure leaves open what is there; everything else is an answer, or a mistake in the settings.</summary>
    private static bool IsUnread(PySignFailure reason) =>
        reason
            is PySignFailure.Unauthorized
                or PySignFailure.Forbidden
                or PySignFailure.PackageProtected
                or PySignFailure.Unreachable
                or PySignFailure.TimedOut
                or PySignFailure.RateLimited
                or PySignFailure.TlsUntrusted
                or PySignFailure.Redirected
                or PySignFailure.NotFound
                or PySignFailure.TooLarge
                or PySignFailure.InvalidMetadata;

    private static void WarnOfDrafts(Release release)
    {
        if (release.Options.Store is { Kind: StoreKind.GitHubRelease, Token: null or "" })
        {
            release.Log.Warning(
                "GitHub shows the draft of an interrupted release only to those who may write, and this job has no token: if an earlier "
                    + "run of this tag left one, its signatures are not found. Give the job PYSIGN_GENERIC_TOKEN (contents: write)."
            );
        }
    }
}

using System.Collections.Concurrent;
using Cake.PySign.Common;
using Cake.PySign.Common.Ci;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Provenance;
using Cake.PySign.Common.Stores;

namespace Cake.PySign.Recipe;

/// <summary>
/// Puts provenance where <c>gh attestation verify</c> looks for it: into the attestations of the repository whose job signed it. The
/// signature store has it too; a repository without attestations, or a job without the permission, is therefore no reason to stop unless
/// this was asked for.
/// </summary>
internal static class RepositoryAttestations
{
    /// <summary>What the receipts of these attestations are filed under.</summary>
    public const LedgerDestination Stage = LedgerDestination.RepositoryAttestations;

    public static async Task<Ledger> PublishAsync(Release release, Ledger ledger, CancellationToken cancellationToken)
    {
        var open = ledger.Files.SelectMany(file => Provenance(file).Select(part => (File: file, Part: part))).ToList();
        if (Place(release, open.Count) is not { } place)
        {
            return ledger;
        }

        using var store = release
            .Connections.For(release.Options.Network, release.Context.Environment)
            .Attestations(place.Repository, place.Token, release.Log);
        var receipts = new ConcurrentDictionary<string, LedgerReceipt>(StringComparer.Ordinal);
        try
        {
            await Parallel
                .ForEachAsync(
                    open,
                    RegistryConnections.Parallel(release.Options.Network, cancellationToken),
                    async (one, token) =>
                    {
                        await StoreAsync(release, store, one.File, one.Part, token).ConfigureAwait(false);
                        var address = store.Of(one.File.Sha256).AbsoluteUri;
                        receipts[one.File.Name] = new(Stage, one.Part.Name, address, one.Part.Sha256, release.Time.GetUtcNow());
                    }
                )
                .ConfigureAwait(false);
            release.Log.Information($"Provenance of {open.Count} file(s) is in the attestations of {place.Repository.AbsolutePath[1..]}");
        }
        catch (PySignException e) when (release.Options.GitHubAttestations == PySignChoice.Auto && IsNotForThisJob(e))
        {
            release.Log.Warning(
                $"gh attestation verify will not find the provenance: {e.Message} The signature store has it. Give the job 'attestations: "
                    + "write', or switch this off (--github-attestations=never, PYSIGN_GITHUB_ATTESTATIONS)."
            );
        }
        finally
        {
            ledger = Into(ledger, receipts);
            release.Dist.Store.Write(ledger);
        }

        return ledger;
    }

    private static async Task StoreAsync(
        Release release,
        GitHubAttestationStore store,
        LedgerFile file,
        LedgerSignatureFile part,
        CancellationToken cancellationToken
    )
    {
        var bundle = await File.ReadAllTextAsync(release.Dist.File(part.Name).FullPath, cancellationToken).ConfigureAwait(false);
        if (await store.HoldsAsync(file.Sha256, bundle, SlsaProvenance.PredicateType, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        await store.AddAsync(bundle, $"Attesting {file.Name}", cancellationToken).ConfigureAwait(false);
        if (!await store.HoldsAsync(file.Sha256, bundle, SlsaProvenance.PredicateType, cancellationToken).ConfigureAwait(false))
        {
            throw new PySignException(
                PySignFailure.DigestMismatch,
                $"GitHub took the provenance of {file.Name} and does not give it back.",
                "Run again: what is stored is recognized."
            );
        }
    }

    /// <summary>Where to, and with what; null where nothing is to be stored.</summary>
    private static (Uri Repository, string Token)? Place(Release release, int count)
    {
        var options = release.Options;
        if (options.GitHubAttestations == PySignChoice.Never || (options.GitHubAttestations == PySignChoice.Auto && count == 0))
        {
            return null;
        }

        var job = CiJob.Detect(release.Context.Environment.GetEnvironmentVariable);
        if (count > 0 && job?.ReleasesUrl is { } repository && TokenOf(release, repository) is { Length: > 0 } token)
        {
            return (repository, token);
        }

        if (options.GitHubAttestations == PySignChoice.Auto)
        {
            return null;
        }

        throw count == 0
            ? new PySignException(
                PySignFailure.InvalidSettings,
                "Provenance is to be stored at GitHub, and there is none.",
                "Let PySign-Sign make it (--provenance=always, PYSIGN_PROVENANCE), or leave --github-attestations out."
            )
            : Release.Missing("GITHUB_TOKEN", "the job's token, with the permission 'attestations: write', in a job of GitHub Actions");
    }

    // The token of the release, which is this repository's too; else the job's own, where the workflow hands it over.
    private static string? TokenOf(Release release, Uri repository) =>
        release.Options.Store is { Kind: StoreKind.GitHubRelease, Token.Length: > 0 } store && store.Url == repository
            ? store.Token
            : release.Context.Environment.GetEnvironmentVariable("GITHUB_TOKEN");

    private static bool IsNotForThisJob(PySignException e) =>
        e.Reason is PySignFailure.Forbidden or PySignFailure.NotFound or PySignFailure.Unauthorized or PySignFailure.InvalidMetadata;

    private static IEnumerable<LedgerSignatureFile> Provenance(LedgerFile file) =>
        (file.Signature?.Files ?? []).Where(part => part.Name.EndsWith(SignatureNames.Provenance, StringComparison.Ordinal));

    private static Ledger Into(Ledger ledger, IReadOnlyDictionary<string, LedgerReceipt> receipts) =>
        ledger with
        {
            Files =
            [
                .. ledger.Files.Select(file =>
                    receipts.TryGetValue(file.Name, out var receipt)
                        ? file with
                        {
                            Receipts = [.. file.Receipts.Where(one => one.Stage != Stage || one.File != receipt.File), receipt],
                        }
                        : file
                ),
            ],
        };
}

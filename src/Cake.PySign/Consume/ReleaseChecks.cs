using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Provenance;
using Cake.PySign.Common.Stores;
using Cake.PySign.Verify;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Consume;

/// <summary>Every check that a policy asks for of a release that was fetched. All of them run, so that one run names every
/// problem.</summary>
internal sealed class ReleaseChecks(Services services, VerifyReleaseSettings settings, ReleasePolicy policy, SigstoreVerifier verifier)
{
    // A bundle of the largest size that the verifier reads.
    private const long MaxSignatureBytes = 16 << 20;

    public async Task<CheckedRelease> RunAsync(FetchedRelease fetched, CancellationToken cancellationToken)
    {
        var (name, version, folder, downloads) = fetched;
        using var registry = services
            .Connections.For(settings.Network, services.Environment)
            .Store(settings.Store.For(name.Normalized, () => version.Normalized), services.Log, MaxSignatureBytes);
        var signers = policy.For(name, version);
        List<ReleaseProblem>[] problems = [.. downloads.Select(_ => new List<ReleaseProblem>())];

        // 1. Each file by itself.
        var check = new ReleaseFileCheck(registry, verifier, signers, policy.Detached);
        var files = await CheckFilesAsync(check, downloads, problems, cancellationToken).ConfigureAwait(false);

        // 2. What is said about each file, where the policy asks for it.
        await CheckClaimsAsync(registry, fetched, problems, cancellationToken).ConfigureAwait(false);

        // 3. That the files are the release, all of it and nothing else.
        var ofAll = new List<ReleaseProblem>();
        var statement = policy.Statement
            ? await new StatementCheck(registry, verifier, signers)
                .RunAsync(name, version, folder, downloads, ofAll, cancellationToken)
                .ConfigureAwait(false)
            : null;

        // Who published the release knows its files too, and would name the same difference again.
        var ofSet = ReleaseSet
            .Check(policy, downloads)
            .ExceptBy(ofAll.Select(known => (known.FileName, known.Reason)), problem => (problem.FileName, problem.Reason));
        return new CheckedRelease(files, statement, [.. problems.SelectMany(list => list), .. ofAll, .. ofSet]);
    }

    /// <returns>The files in their order, null where one was refused.</returns>
    private async Task<VerifiedReleaseFile?[]> CheckFilesAsync(
        ReleaseFileCheck check,
        IReadOnlyList<DownloadedDistribution> downloads,
        List<ReleaseProblem>[] problems,
        CancellationToken cancellationToken
    )
    {
        var files = new VerifiedReleaseFile?[downloads.Count];
        var options = RegistryConnections.Parallel(settings.Network, cancellationToken);
        await Parallel
            .ForAsync(
                0,
                downloads.Count,
                options,
                async (i, token) => files[i] = await check.RunAsync(downloads[i], problems[i], token).ConfigureAwait(false)
            )
            .ConfigureAwait(false);
        return files;
    }

    private async Task CheckClaimsAsync(
        GenericRegistry registry,
        FetchedRelease fetched,
        List<ReleaseProblem>[] problems,
        CancellationToken cancellationToken
    )
    {
        var (name, version, _, downloads) = fetched;
        if (policy.Provenance is { } rule)
        {
            await new ProvenanceCheck(registry, new ProvenanceVerifier(verifier, policy.Any(name, version)), rule)
                .RunAsync(name, version, downloads, problems, cancellationToken)
                .ConfigureAwait(false);
        }

        if (policy.Attestation)
        {
            var connections = services.Connections.For(settings.Network, services.Environment);
            await new AttestationCheck(connections, services.Log, verifier, policy.Identities(name, version))
                .RunAsync(settings, downloads, problems, cancellationToken)
                .ConfigureAwait(false);
        }
    }
}

/// <summary>The version as it was downloaded.</summary>
internal sealed record FetchedRelease(
    ProjectName Name,
    PythonVersion Version,
    DirectoryPath Folder,
    IReadOnlyList<DownloadedDistribution> Files
);

/// <summary>What the checks found.</summary>
/// <param name="Files">The files in their order, null where one was refused.</param>
/// <param name="Statement">The verified statement about all of them, where the policy asks for it.</param>
/// <param name="Problems">All that is wrong.</param>
internal sealed record CheckedRelease(
    IReadOnlyList<VerifiedReleaseFile?> Files,
    VerifiedReleaseStatement? Statement,
    IReadOnlyList<ReleaseProblem> Problems
);

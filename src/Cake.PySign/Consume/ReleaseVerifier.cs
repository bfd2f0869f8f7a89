using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Provenance;
using Cake.PySign.Common.Stores;
using Cake.PySign.Verify;
using PySign.Packaging;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Consume;

/// <summary>
/// An independent consumer's whole check: every file of the version from the index, its bundle from the registry, the policy's signer, and
/// one project and version inside and outside. Nothing is run, and nothing stays that was refused.
/// </summary>
internal sealed class ReleaseVerifier(Services services)
{
    // A bundle of the largest size that the verifier reads.
    private const long MaxSignatureBytes = 16 << 20;

    public Task<VerifiedRelease> VerifyAsync(VerifyReleaseSettings settings, CancellationToken cancellationToken)
    {
        var policyFile =
            settings.PolicyFile?.MakeAbsolute(services.Environment)
            ?? throw new PySignException(
                PySignFailure.InvalidSettings,
                "PolicyFile is not set: without a policy it is not known whose signature counts.",
                "Write a pysign-policy.toml; docs/verify-as-a-user.md shows one."
            );
        return VerifyAsync(settings, new ReleasePolicyReader(policyFile).Read(), cancellationToken);
    }

    /// <summary>The same with a policy that is at hand.</summary>
    public async Task<VerifiedRelease> VerifyAsync(
        VerifyReleaseSettings settings,
        ReleasePolicy policy,
        CancellationToken cancellationToken
    )
    {
        Setting.RequireLimit(settings.Timeout, nameof(settings.Timeout));
        using var limit = new CancellationTokenSource(settings.Timeout, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await VerifyWithinAsync(settings, policy, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new PySignException(
                PySignFailure.TimedOut,
                $"{settings.Name} {settings.Version} of {settings.Index.Url} was not verified within {settings.Timeout:c}; nothing was "
                    + "accepted.",
                "A registry that answers very slowly can hold a verification indefinitely. If it is the network, set Timeout."
            );
        }
    }

    private async Task<VerifiedRelease> VerifyWithinAsync(
        VerifyReleaseSettings settings,
        ReleasePolicy policy,
        CancellationToken cancellationToken
    )
    {
        var (name, version) = Wanted(settings);
        var target =
            settings.OutputDirectory?.MakeAbsolute(services.Environment)
            ?? throw new PySignException(PySignFailure.InvalidSettings, "OutputDirectory is not set.");
        // An earlier result must not outlive this run's refusal, and nobody else's file is taken for one.
        Require(settings.ReportFile, nameof(settings.ReportFile), "{\n  \"schema\": 1,");
        Require(settings.RequirementsFile, nameof(settings.RequirementsFile), OwnFile.RequirementsHeader);
        Forget(settings.ReportFile);
        Forget(settings.RequirementsFile);
        var trust = services.Trust(settings.Trust, TrustSource.Embedded, settings.Network);
        var verifier = new SigstoreVerifier(await trust.TrustedRootAsync(cancellationToken).ConfigureAwait(false), policy.Accepted);
        // A folder of its own, which gets the name by one rename when everything holds: of two at once, neither sees half of the other.
        using var place = new AcceptedFolder(target);
        var (downloads, beside) = await new PackageDownloader(services, brief: true)
            .DownloadAsync(Download(settings, name, version, place.Private), allowStorage: true, cancellationToken)
            .ConfigureAwait(false);
        // The version as the release itself writes it: "1.0" finds 1.0.0, and its signatures lie under that name.
        var fetched = new Fetched(name, PythonVersion.Parse(downloads[0].Version), place.Private, downloads);
        var (files, statement, problems) = await CheckAsync(settings, policy, verifier, fetched, cancellationToken).ConfigureAwait(false);
        var all = problems
            .Concat(policy.Lookalikes ? [] : ReleaseSet.Beside(beside))
            .OrderBy(problem => problem.FileName, StringComparer.Ordinal)
            .ToList();
        if (all.Count > 0)
        {
            throw new ReleaseVerificationException($"{name.Value} {version.Normalized} of {settings.Index.Url}", all);
        }

        var release = new VerifiedRelease(
            name.Value,
            fetched.Version.Normalized,
            settings.Index.Url!,
            [.. files.Select(file => file!).OrderBy(file => file.Path.FullPath, StringComparer.Ordinal)]
        )
        {
            Statement = statement,
        };
        return await AcceptAsync(settings, place, release, cancellationToken).ConfigureAwait(false);
    }

    private static PyPackageDownloadSettings Download(
        VerifyReleaseSettings settings,
        ProjectName name,
        PythonVersion version,
        DirectoryPath folder
    ) =>
        new()
        {
            Index = settings.Index,
            Name = name.Value,
            Version = version.Value,
            OutputDirectory = folder,
            Network = settings.Network,
            Limits = settings.Limits,
        };

    /// <summary>Every check that the policy asks for.</summary>
    /// <returns>The files, null where one was refused, and all that is wrong.</returns>
    private async Task<(
        IReadOnlyList<VerifiedReleaseFile?> Files,
        VerifiedReleaseStatement? Statement,
        IReadOnlyList<ReleaseProblem> Problems
    )> CheckAsync(
        VerifyReleaseSettings settings,
        ReleasePolicy policy,
        SigstoreVerifier verifier,
        Fetched fetched,
        CancellationToken cancellationToken
    )
    {
        var (name, version, folder, downloads) = fetched;
        using var registry = services
            .Connections.For(settings.Network, services.Environment)
            .Store(settings.Store.For(name.Normalized, () => version.Normalized), services.Log, MaxSignatureBytes);
        var signers = policy.For(name, version);
        List<ReleaseProblem>[] problems = [.. downloads.Select(_ => new List<ReleaseProblem>())];

        // 1. Each file by itself.
        var check = new ReleaseFileCheck(registry, verifier, signers, policy.Detached);
        var files = await CheckFilesAsync(settings, check, downloads, problems, cancellationToken).ConfigureAwait(false);

        // 2. What is said about each file, where the policy asks for it.
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
        return (files, statement, [.. problems.SelectMany(list => list), .. ofAll, .. ofSet]);
    }

    /// <returns>The files in their order, null where one was refused.</returns>
    private static async Task<VerifiedReleaseFile?[]> CheckFilesAsync(
        VerifyReleaseSettings settings,
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

    /// <summary>Hands out what was verified; the reports are the last that is written.</summary>
    private async Task<VerifiedRelease> AcceptAsync(
        VerifyReleaseSettings settings,
        AcceptedFolder place,
        VerifiedRelease release,
        CancellationToken cancellationToken
    )
    {
        if (settings.Install)
        {
            await new InstallCheck(services).RunAsync(release, place.Private, settings.Python, cancellationToken).ConfigureAwait(false);
        }

        if (settings.Marks)
        {
            DownloadMarker.Write(place.Private);
        }

        release = place.Accept(release);
        Write(settings.ReportFile, release.ToJson());
        Write(settings.RequirementsFile, OwnFile.RequirementsHeader + release.ToRequirements());
        services.Log.Information(release.ToTable());
        place.Keep();
        return release;
    }

    private void Require(FilePath? file, string setting, string mark)
    {
        if (file?.MakeAbsolute(services.Environment) is { } path)
        {
            OwnFile.Require(path, setting, mark);
        }
    }

    private void Forget(FilePath? file)
    {
        if (file?.MakeAbsolute(services.Environment) is { } path && File.Exists(path.FullPath))
        {
            OutputPath.Remove(path);
        }
    }

    private void Write(FilePath? file, string text)
    {
        if (file?.MakeAbsolute(services.Environment) is { } path)
        {
            AtomicFile.Write(path, text);
        }
    }

    private static (ProjectName Name, PythonVersion Version) Wanted(VerifyReleaseSettings settings)
    {
        try
        {
            return (ProjectName.Parse(settings.Name ?? ""), PythonVersion.Parse(settings.Version ?? ""));
        }
        catch (PackagingException e)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"Name and Version say which release is meant: {e.Message}",
                innerException: e
            );
        }
    }

    /// <summary>The version as it was downloaded.</summary>
    private sealed record Fetched(
        ProjectName Name,
        PythonVersion Version,
        DirectoryPath Folder,
        IReadOnlyList<DownloadedDistribution> Files
    );
}

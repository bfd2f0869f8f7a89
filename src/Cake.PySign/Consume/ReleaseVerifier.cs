using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
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
        ForgetResults(settings);
        var trust = services.Trust(settings.Trust, TrustSource.Embedded, settings.Network);
        var verifier = new SigstoreVerifier(await trust.TrustedRootAsync(cancellationToken).ConfigureAwait(false), policy.Accepted);
        // A folder of its own, which gets the name by one rename when everything holds: of two at once, neither sees half of the other.
        using var place = new AcceptedFolder(target);
        var (downloads, beside) = await new PackageDownloader(services, brief: true)
            .DownloadAsync(Download(settings, name, version, place.Private), allowStorage: true, cancellationToken)
            .ConfigureAwait(false);
        // The version as the release itself writes it: "1.0" finds 1.0.0, and its signatures lie under that name.
        var fetched = new FetchedRelease(name, PythonVersion.Parse(downloads[0].Version), place.Private, downloads);
        var found = await new ReleaseChecks(services, settings, policy, verifier)
            .RunAsync(fetched, cancellationToken)
            .ConfigureAwait(false);
        var all = found
            .Problems.Concat(policy.Lookalikes ? [] : ReleaseSet.Beside(beside))
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
            [.. found.Files.Select(file => file!).OrderBy(file => file.Path.FullPath, StringComparer.Ordinal)]
        )
        {
            Statement = found.Statement,
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

    /// <summary>An earlier result must not outlive this run's refusal, and nobody else's file is taken for one.</summary>
    private void ForgetResults(VerifyReleaseSettings settings)
    {
        Require(settings.ReportFile, nameof(settings.ReportFile), "{\n  \"schema\": 1,");
        Require(settings.RequirementsFile, nameof(settings.RequirementsFile), OwnFile.RequirementsHeader);
        Forget(settings.ReportFile);
        Forget(settings.RequirementsFile);
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
}

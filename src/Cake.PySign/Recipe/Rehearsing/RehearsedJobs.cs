using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Calls;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>Runs the jobs of a played pipeline one after the other, and hands on between them what the CI files hand on.</summary>
internal sealed class RehearsedJobs(Services services, PlayedCi ci, PlayedRepository repository, PlayedFolders folders)
{
    private static readonly Dictionary<PlayedArtifacts, string> _names = new()
    {
        [PlayedArtifacts.Dist] = "dist",
        [PlayedArtifacts.TestResults] = "test-results",
        [PlayedArtifacts.Consumer] = "consumer",
        [PlayedArtifacts.Report] = "report",
    };

    private ReleaseStage? _last;

    public required OwnCommand Command { get; init; }

    public required PlayedPlace Place { get; init; }

    public required PlayedClock Clock { get; init; }

    /// <summary>Where a person finds what is left.</summary>
    public required DirectoryPath Output { get; init; }

    public required (FilePath TrustedRoot, FilePath SigningConfig) Trust { get; init; }

    public required string Prefix { get; init; }

    /// <summary>What the host of the script is told in every job.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>The key that signs in place of the real one; null where an identity signs.</summary>
    public RehearsalKey? Key { get; init; }

    /// <summary>Folders with what other jobs built.</summary>
    public required IReadOnlyList<DirectoryPath> Imports { get; init; }

    /// <summary>The projects, by the names that their folders have; one without a name where the script has one project.</summary>
    public required IReadOnlyList<string> Projects { get; init; }

    /// <summary>The ledger of each project as the last job that hands it on has left it.</summary>
    public IReadOnlyList<Ledger> Ledgers()
    {
        var last = _last ?? throw new PySignException(PySignFailure.MissingFile, "No job of the rehearsal has left a ledger.");
        return [.. Projects.Select(project => new LedgerStore(folders.Artifacts(last, PlayedArtifacts.Dist, project)).Read())];
    }

    /// <summary>Where the preflight's report goes, from the output's folder.</summary>
    public required FilePath PreflightReport { get; init; }

    /// <summary>Runs one job.</summary>
    /// <exception cref="CakeException">It failed, with its own exit code and reason.</exception>
    public async Task RunAsync(PlayedPipeline pipeline, PlayedJob job, CancellationToken cancellationToken)
    {
        var task = $"{Prefix}-{job.Stage}";
        var started = Clock.Start();
        services.Log.Information($"--- {task}");
        folders.Clear();
        await repository.CheckOutAsync(folders.Checkout, cancellationToken).ConfigureAwait(false);
        folders.Bring(job);
        if (job.Stage is ReleaseStage.Build or ReleaseStage.Import)
        {
            foreach (var folder in Imports)
            {
                folders.Bring(folder);
            }
        }

        var log = Output.Combine("logs").CombineWithFilePath($"{task}.log");
        var variables = await VariablesAsync(pipeline, job, cancellationToken).ConfigureAwait(false);
        RehearsalOutput.List(
            Output,
            [
                $"logs/{task}.log",
                RehearsalOutput.Preflight,
                .. Projects.Select(project => $"{RehearsalOutput.Preflights}{project}/{RehearsalOutput.Preflight}"),
            ]
        );
        var end = await new PlayedRun(services, Command, Place).RunAsync(task, variables, log, cancellationToken).ConfigureAwait(false);
        folders.Keep(job);
        Show(job);
        if (end.ExitCode != 0 && !end.IsSkipped)
        {
            Clock.End(task, started, $"failed ({end.ExitCode})");
            throw Failed(task, job.Stage, end, log);
        }

        if (end.IsSkipped)
        {
            PassOn(job);
            services.Log.Warning($"{task} was left out by a criterion of the script. Alone in a CI job it fails: Cake has nothing to run.");
        }

        Clock.End(task, started, end.IsSkipped ? "left out by a criterion" : "");
        _last = job.HandsOn.HasFlag(PlayedArtifacts.Dist) ? job.Stage : _last;
    }

    private async Task<Dictionary<string, string>> VariablesAsync(
        PlayedPipeline pipeline,
        PlayedJob job,
        CancellationToken cancellationToken
    )
    {
        var variables = new Dictionary<string, string>(Variables, StringComparer.Ordinal)
        {
            ["PYSIGN_TRUSTED_ROOT"] = Trust.TrustedRoot.FullPath,
            ["PYSIGN_SIGNING_CONFIG"] = Trust.SigningConfig.FullPath,
            [RehearsedOptions.TargetVariable] = $"{Prefix}-{job.Stage}",
            ["PYSIGN_PREFLIGHT_REPORT"] = Output.CombineWithFilePath(PreflightReport).FullPath,
        };
        if (Key is not null)
        {
            variables["PYSIGN_PUBLIC_KEY"] = Key.PublicKey.FullPath;
            if (job.SignsAsItself)
            {
                variables["PYSIGN_KEY"] = Key.PrivateKey.FullPath;
            }
        }

        foreach (var (name, value) in await ci.JobAsync(pipeline, job, cancellationToken).ConfigureAwait(false))
        {
            variables[name] = value;
        }

        return variables;
    }

    // What a job that was left out would have handed on is what it was given.
    private void PassOn(PlayedJob job)
    {
        foreach (var from in job.Needs.Where(_ => job.HandsOn.HasFlag(PlayedArtifacts.Dist)))
        {
            PlayedFolders.Copy(folders.Artifacts(from, PlayedArtifacts.Dist), folders.Artifacts(job.Stage, PlayedArtifacts.Dist));
        }
    }

    /// <summary>Brings what a job has left to where a person looks for it.</summary>
    private void Show(PlayedJob job)
    {
        foreach (var (kind, name) in _names.Where(pair => job.HandsOn.HasFlag(pair.Key)))
        {
            PlayedFolders.Copy(folders.Artifacts(job.Stage, kind), Output.Combine(name).FullPath);
        }

        var ledger = Output.Combine("dist").CombineWithFilePath(LedgerStore.FileName).FullPath;
        if (File.Exists(ledger))
        {
            File.Copy(ledger, Output.CombineWithFilePath(LedgerStore.FileName).FullPath, overwrite: true);
        }
    }

    private CakeException Failed(string task, ReleaseStage stage, PlayedEnd end, FilePath log)
    {
        foreach (var line in RehearsalReport.Stages(Clock))
        {
            services.Log.Information(line);
        }

        // Cake ends with 1 whatever failed, unless the script runs its target through RunPySign.
        var code = end.ExitCode == 1 ? (int)stage : end.ExitCode;
        var reason = end.Reason.StartsWith(task, StringComparison.Ordinal) ? end.Reason : $"{task}: {end.Reason}";
        return new CakeException(code, $"{reason}{Environment.NewLine}  All that the job said: {log}");
    }
}

using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;
using Cake.PySign.Publish;
using Cake.PySign.Sandbox;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>
/// Plays the pipeline of a release on a tag: the command that this process was started with runs again for each stage, in a process, a
/// checkout and an environment of its own, against a sandbox that lives here. So everything that belongs to the script takes part:
/// options, criteria, waived checks, steps on the handles. Real credentials do not: what a job is given is what the played CI service
/// gives it.
/// </summary>
internal sealed class Rehearsal
{
    private readonly ICakeContext _context;
    private readonly IReadOnlyList<RehearsedProject> _projects;
    private readonly ReleaseOptions _script;
    private readonly string _prefix;
    private readonly Services _services;
    private readonly RehearsalParameters _parameters;
    private readonly OwnCommand _command;
    private readonly PlayedClock _clock;
    private readonly DirectoryPath _folder;
    private readonly DirectoryPath _project;

    private Rehearsal(ICakeContext context, IReadOnlyList<RehearsedProject> projects, string prefix, RehearsalParameters parameters)
    {
        _context = context;
        _projects = projects;
        _script = projects[0].Options;
        _prefix = prefix;
        _services = Services.For(context);
        _parameters = parameters;
        _command = OwnCommand.OfProcess();
        _clock = new PlayedClock(_services.Time);
        _folder = context.Environment.WorkingDirectory;
        _project = Absolute(_script.ProjectDirectory).Collapse();
    }

    /// <summary>The release of one project, whose tasks have the prefix.</summary>
    public static Task RunAsync(ICakeContext context, ReleaseOptions script, string prefix, CancellationToken cancellationToken)
    {
        var parameters = RehearsalParameters.Read(context);
        if (script.Beside.Count > 0)
        {
            parameters = parameters.Of(prefix, isOneOfSeveral: false);
        }

        return RunAsync(context, [new RehearsedProject("", script)], prefix, parameters, cancellationToken);
    }

    /// <summary>The release of projects that share a tag, by the tasks that run a stage for each.</summary>
    /// <param name="context">The script's context.</param>
    /// <param name="projects">The projects.</param>
    /// <param name="prefix">The prefix of those tasks.</param>
    /// <param name="isOneOfSeveral">Whether other rehearsals of the script follow or came before.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static Task RunAsync(
        ICakeContext context,
        IReadOnlyList<RehearsedProject> projects,
        string prefix,
        bool isOneOfSeveral,
        CancellationToken cancellationToken
    )
    {
        var name = string.Join('-', projects.Select(project => project.Name));
        return RunAsync(context, projects, prefix, RehearsalParameters.Read(context).Of(name, isOneOfSeveral), cancellationToken);
    }

    private static async Task RunAsync(
        ICakeContext context,
        IReadOnlyList<RehearsedProject> projects,
        string prefix,
        RehearsalParameters parameters,
        CancellationToken cancellationToken
    )
    {
        if (projects[0].Options.Rehearses)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "A job of a rehearsal was started, and its script rehearses again: it runs a target of its own choice.",
                $"Let the target be an argument: RunPySign(Argument(\"target\", \"{prefix}-Release\"))."
            );
        }

        await new Rehearsal(context, projects, prefix, parameters).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var output = _parameters.Output;
        RehearsalOutput.Prepare(output);
        using var scratch = new NeutralFolder();
        var starting = new SandboxStarter(_services).StartAsync(new StartPySignSandboxSettings(), cancellationToken);
        PlayedRepository repository;
        try
        {
            repository = await PlayedRepository
                .TakeAsync(_services, Sources(), scratch.Path.Combine("repository"), cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            await (await starting.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var sandbox = await starting.ConfigureAwait(false);
        await using var ending = sandbox.ConfigureAwait(false);
        foreach (var remark in repository.Remarks.Concat(Replaced(repository)))
        {
            _services.Log.Warning(remark);
        }

        IReadOnlyList<Ledger> ledgers;
        try
        {
            ledgers = await PlayAsync(sandbox, repository, scratch.Path, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            RehearsalOutput.List(output);
        }

        foreach (var line in RehearsalReport.Lines(ledgers, _clock))
        {
            _services.Log.Information(line);
        }

        _services.Log.Information($"Results are in {output}. Nothing became public.");
    }

    private async Task<IReadOnlyList<Ledger>> PlayAsync(
        PySignSandbox sandbox,
        PlayedRepository repository,
        DirectoryPath scratch,
        CancellationToken cancellationToken
    )
    {
        var pipeline = await PipelineAsync(repository, cancellationToken).ConfigureAwait(false);
        var jobs = PlayedJob.All(Imports.Count > 0);
        if (await repository.WithSubmodulesAsync(pipeline.IsGitHub, cancellationToken).ConfigureAwait(false) is { } remark)
        {
            _services.Log.Warning(remark);
        }

        var name = pipeline.Repository[(pipeline.Repository.LastIndexOf('/') + 1)..];
        var places = new ScriptPlaces(_context, _projects, repository.Root);
        var folders = new PlayedFolders(repository.Root, scratch, name, places.Folders());
        var ci = new PlayedCi(sandbox);
        await ci.PrepareAsync(pipeline, cancellationToken).ConfigureAwait(false);
        var runner = Jobs(sandbox.Info, ci, repository, folders, places);
        pipeline = await TaggedAsync(pipeline, repository, folders, runner, jobs[0], cancellationToken).ConfigureAwait(false);
        _services.Log.Information($"Rehearsed as {pipeline.As}: {pipeline.Repository}, commit {pipeline.Commit[..10]}, tag {pipeline.Tag}");
        foreach (var job in jobs)
        {
            await runner.RunAsync(pipeline, job, cancellationToken).ConfigureAwait(false);
            if (job.Stage == jobs[0].Stage)
            {
                foreach (var ledger in runner.Ledgers())
                {
                    await ci.RegisterAsync(pipeline, ledger.NormalizedName, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        return runner.Ledgers();
    }

    private RehearsedJobs Jobs(
        PySignSandboxInfo sandbox,
        PlayedCi ci,
        PlayedRepository repository,
        PlayedFolders folders,
        ScriptPlaces places
    ) =>
        new(_services, ci, repository, folders)
        {
            Command = _command,
            Place = places.Place(_command, folders),
            Clock = _clock,
            Output = _parameters.Output,
            Trust = (Copy(sandbox.TrustedRoot, "trusted_root.json"), Copy(sandbox.SigningConfig, "signing_config.json")),
            Prefix = _prefix,
            Variables = places.Variables(folders),
            Key = UsesKey ? RehearsalKey.Make(folders.Key) : null,
            Imports = Imports,
            Projects = [.. _projects.Select(project => project.Name)],
            PreflightReport =
                _script.Beside.Count > 0 ? $"{RehearsalOutput.Preflights}{RehearsalOutput.Preflight}" : RehearsalOutput.Preflight,
        };

    private PlayedSources Sources()
    {
        var script = _command.Script(_folder);
        FilePath?[] needed =
        [
            script,
            .. _projects.Select(project =>
                new[] { "pyproject.toml", "setup.py", "setup.cfg" }
                    .Select(name => Absolute(project.Options.ProjectDirectory).Collapse().CombineWithFilePath(name))
                    .FirstOrDefault(file => File.Exists(file.FullPath))
            ),
        ];
        return new PlayedSources(
            _project,
            _folder,
            [.. needed.OfType<FilePath>()],
            [
                _parameters.OutputOfAll,
                ScriptPlaces.Tools(_context),
                .. _script
                    .Beside.Append(_script)
                    .SelectMany(one =>
                        new[] { one.DistDirectory, one.ConsumerDirectory, one.ReportDirectory, one.Test.ReportFile.GetDirectory() }
                    )
                    .Select(Absolute),
                .. Imports,
            ],
            _parameters.Uncommitted
        );
    }

    private bool UsesKey => _projects.Any(project => project.Options.Signing.UsesKey || project.Options.PublicKey is not null);

    private IReadOnlyList<DirectoryPath> Imports =>
        [
            .. _projects
                .SelectMany(project => project.Options.ImportFrom)
                .Select(Absolute)
                .DistinctBy(folder => folder.FullPath, StringComparer.Ordinal),
        ];

    private DirectoryPath Absolute(DirectoryPath folder) => folder.MakeAbsolute(_context.Environment);

    /// <summary>What of the script another one stands in for.</summary>
    private IEnumerable<string> Replaced(PlayedRepository repository)
    {
        if (UsesKey)
        {
            var real =
                _script.Signing.Signer.Program is { } program ? $"The program {program.GetFilename()} is not started"
                : _script.Signing.Key is { } key ? $"The key {key.GetFilename()} is not opened"
                : "A key signs this release, and is not here";
            yield return $"{real}: a key that is made for this rehearsal signs in its place. Whether the real one works, "
                + $"{_prefix}-Preflight says.";
        }

        foreach (
            var policy in _projects
                .Select(project => project.Options.PolicyFile)
                .OfType<FilePath>()
                .DistinctBy(file => file.FullPath, StringComparer.Ordinal)
        )
        {
            yield return repository.Remote is { Host: { } host }
                ? $"The users' policy {policy.GetFilename()} applies; the played server and its issuer stand for {host}"
                    + (UsesKey ? ", the rehearsal's key for the real one." : ".")
                : $"The users' policy {policy.GetFilename()} takes no part: there is no remote that says which repository it names.";
        }
    }

    private async Task<PlayedPipeline> PipelineAsync(PlayedRepository repository, CancellationToken cancellationToken)
    {
        var remote = repository.Remote;
        var path = remote?.Path ?? $"acme/{RehearsedVersion.Name(_project) ?? _project.GetDirectoryName().ToLowerInvariant()}";
        if (remote is null)
        {
            _services.Log.Information($"There is no remote: played as {path}.");
        }

        var flavor = _parameters.As ?? await UsualAsync(repository, cancellationToken).ConfigureAwait(false);
        var workflow = "release.yml";
        if (flavor is RehearsedAs.GitHub or RehearsedAs.GitHubPyPi)
        {
            var found = await repository.WorkflowsAsync(_prefix, cancellationToken).ConfigureAwait(false);
            workflow = found.Count > 0 ? found[0] : workflow;
        }

        if (_parameters.Workflow is not null && flavor is RehearsedAs.GitLab or RehearsedAs.GitLabPyPi)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"A reusable workflow is GitHub's, and this release is rehearsed as {flavor}.",
                $"Add --as=github or --as=github-pypi, or leave --{RehearsalParameters.WorkflowArgument} out."
            );
        }

        return new PlayedPipeline
        {
            As = flavor,
            Repository = path,
            Host = remote?.Host,
            Commit = repository.Commit,
            Workflow = workflow,
            ReusableWorkflow = _parameters.Workflow,
            Environment = _parameters.Environment,
        };
    }

    /// <summary>The CI service of the remote, and PyPI where the script or the CI file publishes there.</summary>
    private async Task<RehearsedAs> UsualAsync(PlayedRepository repository, CancellationToken cancellationToken)
    {
        var isGitHub = repository.Remote is { IsGitHub: true };
        var isPyPi = _script.RepositoryUrl is { } index
            ? TwineTarget.IsPyPi(index)
            : await repository.PublishesToPyPiAsync(isGitHub, cancellationToken).ConfigureAwait(false);
        if (isGitHub)
        {
            return isPyPi ? RehearsedAs.GitHubPyPi : RehearsedAs.GitHub;
        }

        return isPyPi ? RehearsedAs.GitLabPyPi : RehearsedAs.GitLab;
    }

    /// <summary>The pipeline with its tag. A version that only the back end knows is found out by a build on the branch.</summary>
    private async Task<PlayedPipeline> TaggedAsync(
        PlayedPipeline pipeline,
        PlayedRepository repository,
        PlayedFolders folders,
        RehearsedJobs runner,
        PlayedJob build,
        CancellationToken cancellationToken
    )
    {
        // What is not committed says nothing about the version either.
        folders.Clear();
        await repository.CheckOutAsync(folders.Checkout, cancellationToken).ConfigureAwait(false);
        var tags = await repository.TagsAsync(cancellationToken).ConfigureAwait(false);
        var tag = RehearsedVersion.Tag(_script, folders.Of(_project), tags);
        if (tag is null)
        {
            _services.Log.Information("Which version this is, its back end computes: a build without a tag comes first.");
            await runner.RunAsync(pipeline, build, cancellationToken).ConfigureAwait(false);
            tag = RehearsedVersion.OfBuild(_script, runner.Ledgers()[0].Version);
        }

        if (await repository.TagAsync(tag, cancellationToken).ConfigureAwait(false) is { } remark)
        {
            _services.Log.Information(remark);
        }

        return pipeline with
        {
            Tag = tag,
        };
    }

    private FilePath Copy(FilePath from, string name)
    {
        var to = _parameters.Output.CombineWithFilePath(name);
        File.Copy(from.FullPath, to.FullPath, overwrite: true);
        return to;
    }
}

/// <summary>A project that takes part in a rehearsal.</summary>
/// <param name="Name">Its name in the script, which its folders in the output have; empty where the script has no other.</param>
/// <param name="Options">Its parameters.</param>
internal sealed record RehearsedProject(string Name, ReleaseOptions Options);

using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Recipe.Rehearsing;
using Cake.PySign.Recipe.Report;
using Cake.PySign.Sign;

namespace Cake.PySign.Recipe;

/// <summary>
/// Several Python projects of one repository. Each has its own tasks under its name (<c>Core-Build</c>), its own tag pattern, folders,
/// ledger and policy. The tasks of this class (<c>PySign-Build</c> to <c>PySign-Release</c>) run a stage for every project that the run is
/// about: those whose pattern the tag matches, and without a tag all. They are signed with one certificate, and none is signed before all
/// are built, tested and found in order.
/// </summary>
public sealed class PySignProjects
{
    private const string Prefix = "PySign";

    private readonly Dictionary<string, PySignTasks> _projects;
    private StageClock? _clock;

    private PySignProjects(Func<string, CakeTaskBuilder> task, IReadOnlyDictionary<string, ReleaseOptions> projects)
    {
        Require(projects);
        _projects = projects.ToDictionary(
            project => project.Key,
            project => PySignTasks.Register(task, project.Value, project.Key),
            StringComparer.OrdinalIgnoreCase
        );
        foreach (var project in _projects.Values)
        {
            project.Options.Beside = [.. _projects.Values.Select(other => other.Options).Where(other => other != project.Options)];
        }

        Release = task($"{Prefix}-Release").Description("The whole release of every project that the tag is for.");
        foreach (var stage in StageWork.InOrder)
        {
            var name = $"{Prefix}-{stage.Stage}";
            task(name)
                .Description(stage.OfProjects)
                .Does(context =>
                    PySignTasks.Guarded(
                        context,
                        name,
                        stage.Stage,
                        cancellationToken => RunAsync(context, stage.Stage, stage.Run, cancellationToken)
                    )
                );
            Release.IsDependentOn(name);
        }

        var rehearsal = $"{Prefix}-{ReleaseStage.Rehearse}";
        Rehearse = task(rehearsal)
            .Description("The release of every project against a sandbox on this machine; those that share a tag together.")
            .Does(context =>
                PySignTasks.Guarded(
                    context,
                    rehearsal,
                    ReleaseStage.Rehearse,
                    cancellationToken => RehearseAsync(context, cancellationToken)
                )
            );
        Release.Does(Summarize);
    }

    private void Summarize(ICakeContext context)
    {
        foreach (var release in Selected(context, null))
        {
            foreach (var line in ReleaseSummary.Lines(release, _clock ?? new StageClock(release.Time)))
            {
                release.Log.Information(line);
            }
        }
    }

    /// <summary>The tasks of each project, by its name.</summary>
    public IReadOnlyDictionary<string, PySignTasks> Projects => _projects;

    /// <summary><c>PySign-Release</c>: all stages of every project that the tag is for.</summary>
    public CakeTaskBuilder Release { get; }

    /// <summary><c>PySign-Rehearse</c>: the releases of all projects against the sandbox, one for each tag pattern, or the one of the
    /// tag that is given.</summary>
    public CakeTaskBuilder Rehearse { get; }

    /// <summary>Registers the tasks of several projects and those that run them together.</summary>
    /// <param name="task">Registers a task by name: the script's own <c>Task</c> method, or an engine's.</param>
    /// <param name="projects">Name to parameters, as <see cref="Options"/> makes them. The names are the prefixes of the projects'
    /// tasks.</param>
    /// <exception cref="PySignException">Two projects share a folder, or one has no tag pattern.</exception>
    /// <example>
    /// <code>
    /// PySignProjects.Register(Task, new Dictionary&lt;string, ReleaseOptions&gt;
    /// {
    ///     ["Core"] = PySignProjects.Options(Context, "core", "packages/core", "core-v{version}"),
    ///     ["Cli"] = PySignProjects.Options(Context, "cli", "packages/cli", "cli-v{version}"),
    /// });
    /// </code>
    /// </example>
    public static PySignProjects Register(Func<string, CakeTaskBuilder> task, IReadOnlyDictionary<string, ReleaseOptions> projects)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(projects);
        return new PySignProjects(task, projects);
    }

    /// <summary>The parameters of one project of a repository: as <see cref="ReleaseOptions.From(ICakeContext)"/> reads them, with folders
    /// of its own below the usual ones (<c>dist/NAME</c>, <c>consumer/NAME</c>, <c>artifacts/release/NAME</c>, <c>test-results/NAME</c>)
    /// and its tag pattern. What is one project's alone (its name, version, policy) is set on the result.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="name">A folder's name.</param>
    /// <param name="project">The project's folder.</param>
    /// <param name="tagPattern">How tags name its versions, such as <c>core-v{version}</c>. Projects with the same pattern are released
    /// together.</param>
    /// <exception cref="PySignException">The name is not a folder's.</exception>
    public static ReleaseOptions Options(ICakeContext context, string name, DirectoryPath project, string tagPattern)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(project);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(tagPattern);
        RequireFolderName(name);
        var options = ReleaseOptions.From(context);
        RequireForSeveral(options);

        // Nothing that a release writes is a part of any project.
        foreach (
            var folder in new[]
            {
                options.DistDirectory,
                options.ConsumerDirectory,
                options.ReportDirectory,
                options.Test.ReportFile.GetDirectory(),
            }
        )
        {
            options.ExcludedDirectories.Add(folder);
        }

        options.ProjectDirectory = project;
        options.TagPattern = tagPattern;
        options.DistDirectory = options.DistDirectory.Combine(name);
        options.ConsumerDirectory = options.ConsumerDirectory.Combine(name);
        options.ReportDirectory = options.ReportDirectory.Combine(name);
        options.Test.ReportFile = Below(options.Test.ReportFile, name);
        options.PreflightReportFile = options.PreflightReportFile is { } report ? Below(report, name) : null;
        return options;
    }

    private static void RequireFolderName(string name)
    {
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"'{name}' is not the name of a project's folders: letters, digits, hyphens and underscores are."
            );
        }
    }

    /// <summary>What can be meant for one project only must not be said for all.</summary>
    private static void RequireForSeveral(ReleaseOptions options)
    {
        if (options.Name is not null || options.ExpectName is not null || options.Version is not null || options.Store.Name is not null)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "A parameter names one package or one version (PYSIGN_PACKAGE_NAME, PACKAGE_NAME, PYSIGN_PACKAGE_VERSION, PACKAGE_VERSION "
                    + "or the path of GENERIC_PACKAGE_BASE_URL), and the script releases several projects.",
                "Unset it. Names come from each project's own files, versions from its tag."
            );
        }
    }

    private static FilePath Below(FilePath file, string name) => file.GetDirectory().Combine(name).CombineWithFilePath(file.GetFilename());

    private static void Require(IReadOnlyDictionary<string, ReleaseOptions> projects)
    {
        if (projects.Count == 0)
        {
            throw new PySignException(PySignFailure.InvalidSettings, "There is no project to release.");
        }

        if (projects.Keys.FirstOrDefault(name => string.Equals(name, Prefix, StringComparison.OrdinalIgnoreCase)) is { } taken)
        {
            throw new PySignException(PySignFailure.InvalidSettings, $"'{taken}' is the prefix of the tasks that run all projects.");
        }

        if (projects.Count > 1 && projects.FirstOrDefault(project => project.Value.TagPattern is null).Key is { } open)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"The project {open} has no tag pattern: a tag would be every project's.",
                "Say how tags name its versions, such as core-v{version}."
            );
        }

        foreach (
            var folder in new Func<ReleaseOptions, DirectoryPath>[]
            {
                one => one.DistDirectory,
                one => one.ConsumerDirectory,
                one => one.ReportDirectory,
            }
        )
        {
            if (Duplicates.Of(projects, project => folder(project.Value).FullPath) is { } same)
            {
                throw new PySignException(
                    PySignFailure.InvalidSettings,
                    $"The projects {string.Join(" and ", same.Select(one => one.Key))} share the folder {same.Key}.",
                    "Make their parameters with PySignProjects.Options, which gives each folders of its own."
                );
            }
        }
    }

    private async Task RunAsync(
        ICakeContext context,
        ReleaseStage stage,
        Func<Release, CancellationToken, Task> run,
        CancellationToken cancellationToken
    )
    {
        var shared = new SharedSigning();
        await using (shared.ConfigureAwait(false))
        {
            var releases = Selected(context, shared);
            _clock ??= new StageClock(releases[0].Time);
            await _clock
                .RunAsync(
                    stage,
                    async () =>
                    {
                        foreach (var release in stage == ReleaseStage.Sign ? releases : [])
                        {
                            await SignStage.RequireReadyAsync(release, cancellationToken).ConfigureAwait(false);
                        }

                        foreach (var release in releases)
                        {
                            release.Log.Information($"{release.Options.ProjectDirectory}: {stage}");
                            await run(release, cancellationToken).ConfigureAwait(false);
                        }
                    }
                )
                .ConfigureAwait(false);
        }
    }

    /// <summary>Each tag's release by itself, as each tag starts a pipeline of its own.</summary>
    private async Task RehearseAsync(ICakeContext context, CancellationToken cancellationToken)
    {
        var groups = OfTag()
            .GroupBy(project => project.Value.Options.TagPattern, StringComparer.Ordinal)
            .Select(group => group.Select(one => new RehearsedProject(one.Key, one.Value.Options)).ToList())
            .ToList();
        foreach (var group in groups)
        {
            await Rehearsal.RunAsync(context, group, Prefix, isOneOfSeveral: groups.Count > 1, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The projects that the tag is for, by name; all of them without a tag.</summary>
    private List<KeyValuePair<string, PySignTasks>> OfTag()
    {
        var found = _projects.Where(project => project.Value.Options.IsOfTag(project.Value.Options.Tag)).ToList();
        if (found.Count > 0)
        {
            return found;
        }

        var tag = _projects.First().Value.Options.Tag;
        throw new PySignException(
            PySignFailure.InvalidSettings,
            $"The tag {tag} is not one of any project: "
                + $"{string.Join(", ", _projects.Select(one => $"{one.Key} has {one.Value.Options.TagPattern}"))}.",
            "Correct the tag, or the pattern of the project that it is for."
        );
    }

    /// <summary>The projects that this run is about, in the order in which they were registered.</summary>
    private List<Release> Selected(ICakeContext context, SharedSigning? shared)
    {
        var services = Services.For(context);
        foreach (var project in _projects.Values)
        {
            RehearsedOptions.Of(context, project.Options);
        }

        var selected = OfTag();
        if (selected.Count < _projects.Count)
        {
            services.Log.Information($"Released by this tag: {string.Join(", ", selected.Select(project => project.Key))}");
        }

        return
        [
            .. selected.Select(
                (project, i) =>
                    new Release(context, project.Value.Options, services)
                    {
                        Together = shared is null
                            ? null
                            : new ReleasedTogether(shared, selected.Skip(i + 1).Any(next => Shares(project.Value, next.Value))),
                    }
            ),
        ];
    }

    private static bool Shares(PySignTasks one, PySignTasks other) => one.Options.SharesTagWith(other.Options);
}

using Cake.Core;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Processes;
using Cake.PySign.Recipe.Init;
using Cake.PySign.Recipe.Rehearsing;
using Cake.PySign.Recipe.Report;

namespace Cake.PySign.Recipe;

/// <summary>
/// The tasks of a release. Each stage runs alone in its own process, through the ledger in the folder between the stages; a script
/// hangs its own steps, criteria and dependencies on the handles.
/// </summary>
public sealed class PySignTasks
{
    private const string DefaultPrefix = "PySign";

    private readonly Func<string, CakeTaskBuilder> _task;
    private readonly string _prefix;
    private readonly Dictionary<ReleaseStage, CakeTaskBuilder> _stages;
    private StageClock? _clock;

    private PySignTasks(Func<string, CakeTaskBuilder> task, ReleaseOptions options, string prefix)
    {
        Options = options;
        _task = task;
        _prefix = prefix;

        _stages = StageWork.InOrder.ToDictionary(one => one.Stage, one => Stage(one.Stage, one.Description, one.Run));
        Release = AllStages();

        // What stands beside them.
        Rehearse = RehearseTask();
        Audit = AuditTask();
        CheckMirror = CheckMirrorTask();
        InspectAttestations = InspectAttestationsTask();
        Report = ReportTask();
        Init = InitTask();
        ShowInfo = ShowInfoTask();
    }

    /// <summary>The parameters; what a script changes here before the tasks run is what they use.</summary>
    public ReleaseOptions Options { get; }

    /// <summary>Whether this process is a job of a rehearsal: steps of a script that others would notice (a message, a tag, an upload of
    /// its own) stand aside then.</summary>
    /// <value>What <c>PYSIGN_REHEARSAL</c> says. In the process that runs <c>PySign-Rehearse</c> itself it is
    /// <see langword="false"/>.</value>
    public bool IsRehearsal => Options.Rehearses;

    /// <summary><c>PySign-Build</c>.</summary>
    public CakeTaskBuilder Build => _stages[ReleaseStage.Build];

    /// <summary><c>PySign-Import</c>.</summary>
    public CakeTaskBuilder Import => _stages[ReleaseStage.Import];

    /// <summary><c>PySign-Test</c>.</summary>
    public CakeTaskBuilder Test => _stages[ReleaseStage.Test];

    /// <summary><c>PySign-Preflight</c>.</summary>
    public CakeTaskBuilder Preflight => _stages[ReleaseStage.Preflight];

    /// <summary><c>PySign-Sign</c>.</summary>
    public CakeTaskBuilder Sign => _stages[ReleaseStage.Sign];

    /// <summary><c>PySign-Verify</c>.</summary>
    public CakeTaskBuilder Verify => _stages[ReleaseStage.Verify];

    /// <summary><c>PySign-PublishSignatures</c>.</summary>
    public CakeTaskBuilder PublishSignatures => _stages[ReleaseStage.PublishSignatures];

    /// <summary><c>PySign-Publish</c>.</summary>
    public CakeTaskBuilder Publish => _stages[ReleaseStage.Publish];

    /// <summary><c>PySign-ConsumerVerification</c>.</summary>
    public CakeTaskBuilder ConsumerVerification => _stages[ReleaseStage.ConsumerVerification];

    /// <summary><c>PySign-Release</c>: all stages, in their order.</summary>
    public CakeTaskBuilder Release { get; }

    /// <summary><c>PySign-Rehearse</c>: all stages against the sandbox.</summary>
    public CakeTaskBuilder Rehearse { get; }

    /// <summary><c>PySign-Audit</c>: the dependencies of lock files.</summary>
    public CakeTaskBuilder Audit { get; }

    /// <summary><c>PySign-CheckMirror</c>: a mirror of an index.</summary>
    public CakeTaskBuilder CheckMirror { get; }

    /// <summary><c>PySign-InspectAttestations</c>: what attestations hold, not verified.</summary>
    public CakeTaskBuilder InspectAttestations { get; }

    /// <summary><c>PySign-Report</c>: the report as the ledger has it by now.</summary>
    public CakeTaskBuilder Report { get; }

    /// <summary><c>PySign-Init</c>: what a repository's release needs. Arguments <c>init-as</c> (gitlab, gitlab-pypi, github,
    /// github-pypi) and <c>init-overwrite</c> (names of files, or all).</summary>
    public CakeTaskBuilder Init { get; }

    /// <summary><c>PySign-ShowInfo</c>.</summary>
    public CakeTaskBuilder ShowInfo { get; }

    /// <summary>Registers the tasks.</summary>
    /// <param name="task">Registers a task by name: the script's own <c>Task</c> method, or an engine's.</param>
    /// <param name="options">The parameters.</param>
    public static PySignTasks Register(Func<string, CakeTaskBuilder> task, ReleaseOptions options) =>
        Register(task, options, DefaultPrefix);

    /// <summary>Registers the tasks under another prefix, so that one script releases several projects.</summary>
    /// <param name="task">Registers a task by name: the script's own <c>Task</c> method, or an engine's.</param>
    /// <param name="options">The parameters; those of each project are an object of their own, with folders of their own.</param>
    /// <param name="prefix">What stands before the hyphen of every task's name, such as <c>Core</c> for <c>Core-Release</c>.</param>
    /// <exception cref="ArgumentException">The prefix is empty.</exception>
    public static PySignTasks Register(Func<string, CakeTaskBuilder> task, ReleaseOptions options, string prefix)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(prefix);
        return new PySignTasks(task, options, prefix);
    }

    /// <summary>Registers the tasks with a host that has no <c>Task</c> method, such as Frosting.</summary>
    /// <param name="engine">The host's engine.</param>
    /// <param name="options">The parameters.</param>
    public static PySignTasks Register(ICakeEngine engine, ReleaseOptions options)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return Register(engine.RegisterTask, options);
    }

    /// <summary>Runs a target and keeps the exit code of the stage that failed, which Cake alone would turn into 1.</summary>
    /// <param name="runTarget">The script's own <c>RunTarget</c> method.</param>
    /// <param name="target">The target's name.</param>
    /// <exception cref="CakeException">A task failed; with the stage's exit code if a stage of this recipe did.</exception>
    public static CakeReport Run(Func<string, CakeReport> runTarget, string target)
    {
        ArgumentNullException.ThrowIfNull(runTarget);
        try
        {
            return runTarget(RehearsedOptions.Target(target));
        }
        catch (CakeReportException e) when (CauseOf(e) is { } cause)
        {
            throw new CakeException(cause.ExitCode, cause.Message, cause);
        }
    }

    private static CakeException? CauseOf(Exception e) =>
        e.InnerException switch
        {
            null => null,
            CakeException cause => cause,
            AggregateException { InnerExceptions.Count: 1 } one => CauseOf(one),
            var inner => CauseOf(inner),
        };

    private CakeTaskBuilder AllStages()
    {
        var all = _task($"{_prefix}-Release").Description("The whole release: all stages, in their order.");
        foreach (var stage in StageWork.InOrder)
        {
            all.IsDependentOn(_stages[stage.Stage]);
        }

        return all.Does(context =>
        {
            var release = new Release(context, Options);
            foreach (var line in ReleaseSummary.Lines(release, _clock ?? new StageClock(release.Time)))
            {
                release.Log.Information(line);
            }
        });
    }

    private CakeTaskBuilder RehearseTask() =>
        Guarded(
            $"{ReleaseStage.Rehearse}",
            ReleaseStage.Rehearse,
            "The release's pipeline against a sandbox on this machine, each stage as a job; nothing becomes public.",
            (context, cancellationToken) => Rehearsal.RunAsync(context, Options, _prefix, cancellationToken)
        );

    private CakeTaskBuilder AuditTask() =>
        Guarded(
            "Audit",
            ReleaseStage.Audit,
            "Says whom the locked dependencies come from, and what changed; fails on what the policy enforces.",
#pragma warning disable RS0030 // A CI service reads commands from the process's own output, where the log would put something before them.
            (context, cancellationToken) => AuditStage.RunAsync(context, Options, Console.Out, cancellationToken)
#pragma warning restore RS0030
        );

    private CakeTaskBuilder CheckMirrorTask() =>
        Guarded(
            "CheckMirror",
            ReleaseStage.Audit,
            "Says what a mirror of an index passes through, leaves out or changes.",
            (context, cancellationToken) => AuditStage.CheckMirrorAsync(context, Options, cancellationToken)
        );

    private CakeTaskBuilder InspectAttestationsTask() =>
        Guarded(
            "InspectAttestations",
            ReleaseStage.Audit,
            "Shows what attestations hold, without judging them.",
            (context, cancellationToken) => AuditStage.InspectAsync(context, Options, cancellationToken)
        );

    private CakeTaskBuilder ReportTask() =>
        Stage(
            ReleaseStage.Report,
            "Writes the report of the release: a page, JSON and Markdown.",
            (release, _) =>
            {
                ReleaseReportFiles.Write(release);
                ReleaseReportFiles.Summarize(release);
                return Task.CompletedTask;
            }
        );

    private CakeTaskBuilder InitTask() =>
        Guarded(
            $"{ReleaseStage.Init}",
            ReleaseStage.Init,
            "Writes build.cake, tool manifest, .gitignore and CI files for this repository; changes nothing that exists unless told to.",
            (context, _) =>
            {
                InitStage.Run(context, Options);
                return Task.CompletedTask;
            }
        );

    private CakeTaskBuilder ShowInfoTask() =>
        _task($"{_prefix}-ShowInfo")
            .Description("Prints the parameters of the release, without secrets.")
            .Does(context =>
            {
                foreach (var line in Options.Describe())
                {
                    SafeLog.For(context).Information(line);
                }
            });

    /// <summary>A stage of the release, with whose time the summary ends.</summary>
    private CakeTaskBuilder Stage(ReleaseStage stage, string description, Func<Release, CancellationToken, Task> run) =>
        Guarded(
            $"{stage}",
            stage,
            description,
            (context, cancellationToken) =>
            {
                var release = new Release(context, RehearsedOptions.Of(context, Options));
                _clock ??= new StageClock(release.Time);
                return _clock.RunAsync(stage, () => run(release, cancellationToken));
            }
        );

    /// <summary>A task that fails with the exit code of a stage.</summary>
    private CakeTaskBuilder Guarded(string name, ReleaseStage stage, string description, Func<ICakeContext, CancellationToken, Task> run) =>
        _task($"{_prefix}-{name}")
            .Description(description)
            .Does(context => Guarded(context, $"{_prefix}-{name}", stage, cancellationToken => run(context, cancellationToken)));

    /// <param name="context">The script's context.</param>
    /// <param name="task">The task as a person starts it: several projects have one of each stage, by their own names.</param>
    /// <param name="stage">The stage, whose number is the exit code.</param>
    /// <param name="run">What it does.</param>
    internal static async Task Guarded(ICakeContext context, string task, ReleaseStage stage, Func<CancellationToken, Task> run)
    {
        using var interruption = new Interruption(CancellationToken.None);
        var services = Services.For(context);
        var marks = new CiMarks(context, services.Time);
        marks.Begin(task);
        try
        {
            await run(interruption.Token).ConfigureAwait(false);
            marks.End(task);
        }
        catch (Exception e)
        {
            var failure = StageFailure.Of(task, stage, e);

            // A folded group would hide what went wrong.
            marks.End(task);
            StageAnnotations.Write(marks, context, (task, failure.Message), e, services.Log.Redactor);
            throw failure;
        }
    }
}

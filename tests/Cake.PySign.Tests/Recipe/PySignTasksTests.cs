using Cake.Core;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Recipe;

public sealed class PySignTasksTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Every_task_is_registered_with_a_description()
    {
        var registered = new TaskRun(_rig).Registered;
        Assert.Equal(
            [
                "PySign-Build",
                "PySign-Import",
                "PySign-Test",
                "PySign-Preflight",
                "PySign-Sign",
                "PySign-Verify",
                "PySign-PublishSignatures",
                "PySign-Publish",
                "PySign-ConsumerVerification",
                "PySign-Release",
                "PySign-Rehearse",
                "PySign-Audit",
                "PySign-CheckMirror",
                "PySign-InspectAttestations",
                "PySign-Report",
                "PySign-Init",
                "PySign-ShowInfo",
            ],
            registered.Select(task => task.Name)
        );
        Assert.All(registered, task => Assert.NotEmpty(task.Description));
    }

    [Fact]
    public void Two_projects_in_one_script_have_tasks_of_their_own_prefix_also_on_a_host_without_a_Task_method()
    {
        var engine = new CakeEngine(new CakeDataService(), _rig.Log);
        PySignTasks.Register(engine, ReleaseOptions.From(_rig.Context));
        var second = PySignTasks.Register(engine.RegisterTask, ReleaseOptions.From(_rig.Context), "Tools");
        Assert.Equal("Tools-Release", second.Release.Task.Name);
        Assert.All(second.Release.Task.Dependencies, dependency => Assert.StartsWith("Tools-", dependency.Name, StringComparison.Ordinal));
        Assert.Equal(engine.Tasks.Count, engine.Tasks.Select(task => task.Name).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void A_release_publishes_signatures_before_packages_and_a_stage_depends_on_nothing()
    {
        var registered = new TaskRun(_rig).Registered;
        Assert.Equal(
            [
                "PySign-Build",
                "PySign-Import",
                "PySign-Test",
                "PySign-Preflight",
                "PySign-Sign",
                "PySign-Verify",
                "PySign-PublishSignatures",
                "PySign-Publish",
                "PySign-ConsumerVerification",
            ],
            registered.Single(task => task.Name == "PySign-Release").Dependencies.Select(dependency => dependency.Name)
        );
        Assert.All(registered.Where(task => task.Name != "PySign-Release"), task => Assert.Empty(task.Dependencies));
    }

    [Theory]
    [InlineData("PySign-Build", 11, "pyproject.toml")]
    [InlineData("PySign-Import", 21, "PYSIGN_IMPORT_FROM")]
    [InlineData("PySign-Test", 18, "There is no ledger")]
    [InlineData("PySign-Sign", 12, "There is no ledger")]
    [InlineData("PySign-Verify", 13, "There is no ledger")]
    [InlineData("PySign-PublishSignatures", 14, "There is no ledger")]
    [InlineData("PySign-Publish", 15, "There is no ledger")]
    [InlineData("PySign-ConsumerVerification", 16, "There is no ledger")]
    public void A_stage_runs_alone_and_its_failure_keeps_its_own_exit_code(string target, int code, string cause)
    {
        var e = Assert.Throws<CakeException>(() => new TaskRun(_rig).Run(target));
        Assert.Equal(code, e.ExitCode);
        Assert.StartsWith(target + ": ", e.Message, StringComparison.Ordinal);
        Assert.Contains(cause, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_release_stops_at_the_first_stage_that_fails()
    {
        var run = new TaskRun(_rig);
        var later = false;
        run.Tasks.Sign.Does(() => later = true);
        Assert.Equal(11, Assert.Throws<CakeException>(() => run.Run("PySign-Release")).ExitCode);
        Assert.False(later);
    }

    [Fact]
    public void A_script_hangs_steps_criteria_and_dependencies_on_the_handles()
    {
        var run = new TaskRun(_rig);
        var steps = new List<string>();
        run.Task("Lint").Does(() => steps.Add("lint"));
        run.Tasks.ShowInfo.IsDependentOn("Lint").Does(() => steps.Add("after"));
        run.Tasks.Sign.WithCriteria(false, "not today");
        run.Task("All").IsDependentOn(run.Tasks.Sign).IsDependentOn(run.Tasks.ShowInfo).Does(() => steps.Add("all"));
        var report = run.Run("All");
        Assert.Equal(["lint", "after", "all"], steps);
        Assert.Equal(CakeTaskExecutionStatus.Skipped, report.Single(entry => entry.TaskName == "PySign-Sign").ExecutionStatus);
    }

    [Fact]
    public void What_a_script_changes_in_the_options_is_what_the_stages_use()
    {
        var run = new TaskRun(_rig);
        run.Tasks.Options.DistDirectory = "elsewhere";
        var e = Assert.Throws<CakeException>(() => run.Run("PySign-Verify"));
        Assert.Contains("elsewhere", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_stage_ends_with_130_and_a_foreign_failure_with_its_stages_code()
    {
        var run = new TaskRun(_rig);
        run.Task("Cancelled").Does(() => throw StageFailure.Of("PySign-Sign", ReleaseStage.Sign, new OperationCanceledException()));
        run.Task("Broken")
            .Does(() => throw StageFailure.Of("PySign-Publish", ReleaseStage.Publish, new CakeException("the tool could not be found")));
        run.Task("Nested")
            .Does(() =>
                throw StageFailure.Of(
                    "PySign-Rehearse",
                    ReleaseStage.Rehearse,
                    StageFailure.Of("PySign-Verify", ReleaseStage.Verify, new IOException("disk"))
                )
            );
        run.Task("Own").Does(() => throw new CakeException(77, "the script's own"));
        foreach (var (target, code) in new[] { ("Cancelled", 130), ("Broken", 15), ("Nested", 13), ("Own", 77) })
        {
            Assert.Equal(code, Assert.Throws<CakeException>(() => run.Run(target)).ExitCode);
        }
    }

    [Fact]
    public void The_parameters_are_shown_without_secrets()
    {
        _rig.Environment.Variables["TWINE_PASSWORD"] = "canary-password";
        _rig.Environment.Variables["SIGSTORE_ID_TOKEN"] = "canary-identity-token";
        _rig.Environment.Variables["CERTIFICATE_IDENTITY"] = "https://gitlab.example/who";
        new TaskRun(_rig).Run("PySign-ShowInfo");
        Assert.Contains("https://gitlab.example/who", _rig.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", _rig.Log.Text, StringComparison.Ordinal);
    }
}

using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Recipe.Rehearsing;
using Cake.PySign.Tests.Rig;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Recipe;

/// <summary>What a job of a rehearsal is started with: the command, the checkout and the variables.</summary>
public sealed class PlayedJobsTests : IDisposable
{
    private readonly CakeRig _rig = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("build.cake --target=PySign-Rehearse --as=github --package-version=2.0.0", "build.cake --package-version=2.0.0")]
    [InlineData("build.cake --target PySign-Rehearse --uncommitted --dist out", "build.cake --dist out")]
    [InlineData("-t PySign-Rehearse --output=elsewhere --verbosity=diagnostic", "--verbosity=diagnostic")]
    [InlineData("--rehearse-environment=pypi --rehearse-workflow a/b/.github/workflows/c.yml@main", "")]
    [InlineData("scripts/build.cake --target=PySign-Rehearse", "build.cake")]
    public void The_command_is_the_same_for_another_target(string given, string expected)
    {
        _rig.Folder.Write("build.cake", "");
        var command = OwnCommand.Of("/usr/bin/dotnet", ["x", .. given.Split(' ')], "/tools/Cake.dll");
        var arguments = command.For("PySign-Sign", _rig.Folder.Path, text => text, []);
        var script = _rig.Folder.File("build.cake").FullPath;
        Assert.Equal(
            ["/tools/Cake.dll", .. expected.Split(' ').Where(one => one.Length > 0), "--target=PySign-Sign"],
            arguments.Select(one => one == script ? "build.cake" : one)
        );
        Assert.Equal(script, command.Script(_rig.Folder.Path)!.FullPath);
    }

    [Fact]
    public void A_program_of_its_own_is_run_as_it_is()
    {
        var command = OwnCommand.Of(
            "/srv/build/bin/Build",
            ["/srv/build/bin/Build.dll", "--target=PySign-Rehearse", "--x=1"],
            "/srv/build/bin/Build.dll"
        );
        Assert.Equal(["--x=1", "--target=PySign-Test"], command.For("PySign-Test", "/srv", text => text, []));
        Assert.Equal("/srv/build/bin/Build", command.Program.FullPath);
        Assert.Null(command.Script("/srv"));
    }

    [Fact]
    public void Paths_of_the_repository_lead_into_the_checkout_and_others_stay()
    {
        var folders = new PlayedFolders(
            "/home/me/hello",
            "/tmp/x",
            "hello",
            new Dictionary<PlayedArtifacts, DirectoryPath> { [PlayedArtifacts.Dist] = "/home/me/hello/out/dist" }
        );
        Assert.Equal("--project=/tmp/x/builds/hello/python", folders.Map("--project=/home/me/hello/python"));
        Assert.Equal("/tmp/x/builds/hello,/tmp/x/builds/hello/b", folders.Map("/home/me/hello,/home/me/hello/b"));
        Assert.Equal("/home/me/hello-world/x", folders.Map("/home/me/hello-world/x"));
        Assert.Equal("/mnt/home/me/hello", folders.Map("/mnt/home/me/hello"));
        Assert.Throws<PySignException>(() =>
            new PlayedFolders(
                "/home/me/hello",
                "/tmp/x",
                "hello",
                new Dictionary<PlayedArtifacts, DirectoryPath> { [PlayedArtifacts.Dist] = "/elsewhere/dist" }
            )
        );
    }

    [Fact]
    public void A_job_has_what_programs_need_and_what_the_project_is_built_with_and_no_credential()
    {
        var machine = _rig.Environment.Variables;
        machine["GITHUB_TOKEN"] = machine["CI_JOB_TOKEN"] = machine["TWINE_PASSWORD"] = machine["MY_API_KEY"] = "canary";
        machine["GITHUB_ACTIONS"] = "true";
        machine["PYSIGN_REPOSITORY_URL"] = machine["PYSIGN_KEY"] = machine["PYSIGN_GENERIC_USERNAME"] = "canary";
        machine["PYSIGN_WAIVE_CHECKS"] = "Completeness";
        machine["CAKE_NUGET_SOURCE"] = "/feed";
        machine["PYSIGN_PROJECT"] = "/home/me/hello";
        var job = PlayedVariables.Of(
            _rig.Environment,
            new Dictionary<string, string?>(),
            new Dictionary<string, string> { ["GITLAB_CI"] = "true" },
            text => text.Replace("/home/me/hello", "/builds", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(job.Values, value => value == "canary");
        Assert.All(new[] { "GITHUB_TOKEN", "GITHUB_ACTIONS", "TWINE_PASSWORD", "PYSIGN_KEY" }, name => Assert.Null(job[name]));
        Assert.Equal("Completeness", job["PYSIGN_WAIVE_CHECKS"]);
        Assert.Equal("/feed", job["CAKE_NUGET_SOURCE"]);
        Assert.Equal("/builds", job["PYSIGN_PROJECT"]);
        Assert.Equal("true", job["GITLAB_CI"]);
    }

    [Fact]
    public async Task What_is_committed_is_checked_out_and_what_is_not_is_named()
    {
        _rig.Folder.Write("hello/pyproject.toml", "");
        _rig.Folder.Write("hello/build.cake", "");
        var tree = GitTree.Commit(_rig.Folder.Folder("hello").FullPath, "v1.0.0");
        _rig.Folder.Write("hello/new.py", "");
        _rig.Folder.Write("hello/build.cake", "changed");
        var before = _rig.Folder.Snapshot("hello");

        var played = await TakeAsync("hello", "hello", uncommitted: false);
        Assert.Equal(tree.Run("rev-parse", "HEAD").Trim(), played.Commit);
        Assert.Contains("2 changes that are not committed take no part", Assert.Single(played.Remarks), StringComparison.Ordinal);
        Assert.Equal(["v1.0.0"], await played.TagsAsync(Stop));
        Assert.Equal(["build.cake", "pyproject.toml"], await CheckedOutAsync(played));
        Assert.Null(played.Remote);

        played = await TakeAsync("hello", "hello", uncommitted: true);
        Assert.Equal(["build.cake", "new.py", "pyproject.toml"], await CheckedOutAsync(played));
        Assert.NotNull(await played.TagAsync("v2.0.0", Stop));
        Assert.Equal(before, _rig.Folder.Snapshot("hello"));
        Assert.Equal("v1.0.0", tree.Run("tag", "--list").Trim());
    }

    [Fact]
    public async Task A_folder_without_a_repository_and_a_script_that_is_not_committed_are_played_as_they_are()
    {
        _rig.Folder.Write("plain/pyproject.toml", "");
        _rig.Folder.Write("plain/out/left.txt", "");
        var played = await TakeAsync("plain", "plain", uncommitted: false);
        Assert.Contains("not in a git repository", Assert.Single(played.Remarks), StringComparison.Ordinal);
        Assert.Equal(["pyproject.toml"], await CheckedOutAsync(played));

        _rig.Folder.Write("mono/python/pyproject.toml", "");
        var tree = GitTree.Commit(_rig.Folder.Folder("mono").FullPath, "");
        tree.Run("remote", "add", "origin", "git@github.com:acme/mono.git");
        _rig.Folder.Write("mono/python/build.cake", "");
        played = await TakeAsync("mono/python", "mono/python", uncommitted: false);
        Assert.Contains("python/build.cake is not committed yet", Assert.Single(played.Remarks), StringComparison.Ordinal);
        Assert.Equal(["python/build.cake", "python/pyproject.toml"], await CheckedOutAsync(played));
        Assert.Equal(("acme/mono", true), (played.Remote!.Path, played.Remote.IsGitHub));
    }

    private async Task<PlayedRepository> TakeAsync(string project, string script, bool uncommitted)
    {
        var store = _rig.Folder.Folder($"store-{Guid.NewGuid():N}");
        var folder = _rig.Folder.Folder(script);
        return await PlayedRepository.TakeAsync(
            Services.For(_rig.Context),
            new PlayedSources(
                _rig.Folder.Folder(project),
                folder,
                [folder.CombineWithFilePath("build.cake"), folder.CombineWithFilePath("pyproject.toml")],
                [folder.Combine("out")],
                uncommitted
            ),
            store,
            Stop
        );
    }

    private async Task<IEnumerable<string>> CheckedOutAsync(PlayedRepository played)
    {
        var folder = _rig.Folder.Folder($"checkout-{Guid.NewGuid():N}");
        await played.CheckOutAsync(folder, Stop);
        return Directory
            .EnumerateFiles(folder.FullPath, "*", SearchOption.AllDirectories)
            .Select(file => IoPath.GetRelativePath(folder.FullPath, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith(".git/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
    }
}

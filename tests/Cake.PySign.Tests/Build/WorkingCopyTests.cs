using Cake.PySign.Build;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Processes;
using Cake.PySign.Tests.Rig;
using PySign.Http;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Build;

/// <summary>The copy is the tree: in it git says what it says in the original, after every edit, and the original is never
/// touched.</summary>
public sealed class WorkingCopyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CakeRig _rig = new();

    public void Dispose()
    {
        _rig.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<string> Layouts => RepositoryLayouts.Names;

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task Git_says_in_the_copy_what_it_says_in_the_original(string layout)
    {
        var project = new RepositoryLayouts(_folder).Arrange(layout);
        var original = new GitTree(RealPath.Of(project));
        var before = original.State();
        var files = _folder.Snapshot();
        var times = Times();
        var copy = await CopyAsync(project);

        // Injections replace files; git must not see that.
        var edited = IoPath.Combine(copy.Project.FullPath, "pyproject.toml");
        await File.AppendAllTextAsync(edited, "# injected\n", Token);
        await copy.AlignAsync(Token);

        Assert.Equal(before, new GitTree(copy.Project.FullPath).State());
        Assert.Equal(
            original.Run("ls-files", "--recurse-submodules"),
            new GitTree(copy.Project.FullPath).Run("ls-files", "--recurse-submodules")
        );
        Assert.Equal(files, _folder.Snapshot());
        Assert.Equal(times, Times());
    }

    [Theory]
    [InlineData("large, link to the top")]
    [InlineData("large, not UTF-8 outside")]
    public async Task Names_and_links_that_no_program_of_ours_could_follow_make_no_difference_to_git(string layout)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "No such names there.");
        var project = new RepositoryLayouts(_folder).Arrange(layout);
        if (layout.EndsWith("outside", StringComparison.Ordinal))
        {
            const string Script = "printf x > \"$(printf 'shared/caf\\351.txt')\"; printf x > \"$(printf 'caf\\351.txt')\"";
            ProgramRun.Successful("/bin/sh", ["-c", Script], _folder.Folder("repo").FullPath);
            new GitTree(_folder.Folder("repo").FullPath).CommitAll();
        }

        try
        {
            var before = new GitTree(project).State();
            var copy = await CopyAsync(project);
            await copy.AlignAsync(Token);
            Assert.Equal(before, new GitTree(copy.Project.FullPath).State());
        }
        finally
        {
            ProgramRun.Successful("rm", ["-rf", "repo"], _folder.Path);
        }
    }

    [Fact]
    public async Task What_git_tracks_is_copied_whatever_its_folder_is_called()
    {
        foreach (
            var file in new[]
            {
                "p/pyproject.toml",
                "p/consumer/__init__.py",
                "p/test-results/data.txt",
                "p/artifacts/a.txt",
                "p/dist/.gitignore",
                "p/tools/make.sh",
                "p/venv/config.py",
                "p/build/lib/module.py",
            }
        )
        {
            _folder.Write(file, "x");
        }

        GitTree.Commit(_folder.Folder("p").FullPath);
        _folder.Write("p/dist/old-1.0.tar.gz", "x");
        _folder.Write("p/artifacts/rehearsal/x.py", "x");
        _folder.Write("p/.cake/x", "x");
        _folder.Write("p/sub/dist/untracked.txt", "x");
        var copy = await CopyAsync(_folder.Folder("p").FullPath, "dist", "artifacts/rehearsal");
        Assert.Equal(
            [
                "artifacts/a.txt",
                "build/lib/module.py",
                "consumer/__init__.py",
                "dist/.gitignore",
                "pyproject.toml",
                "sub/dist/untracked.txt",
                "test-results/data.txt",
                "tools/make.sh",
                "venv/config.py",
            ],
            Files(copy.Project.FullPath)
        );
    }

    [Theory]
    [InlineData("[tool.setuptools_scm]\nroot = \"../..\"", "", "", "LICENSE,README.md,packages/notes.txt,hello,pyproject")]
    [InlineData("", "from .. import x", "", "LICENSE,README.md,packages/notes.txt,hello,pyproject")]
    [InlineData("[tool.x]\ny = \"../two/7.txt\"", "", "", "packages/two/7.txt")]
    [InlineData("[tool.hatch.build.force-include]\n\"../two\" = \"two\"", "", "", "packages/two/*")]
    [InlineData("[tool.x]\ny = [\"../t*/7.txt\"]", "", "", "packages/two/*,shared/*")]
    [InlineData("[tool.x]\ny = \"../..\"", "", "", "packages/two/*,shared/*")]
    [InlineData("", "v = (Path(__file__).parents[3] / 'shared').read_text()", "", "packages/two/*,shared/*")]
    [InlineData("", "", "here = os.path.join(os.path.dirname(__file__), os.pardir)", "packages/two/*,shared/*")]
    [InlineData("", "", "here = Path(__file__).parent\n\nroot = here.parent", "packages/two/*,shared/*")]
    [InlineData("", "here = os.path.dirname(__file__)", "", "")]
    [InlineData("[tool.hatch.build.hooks.custom]\npath = \"ci/hook.py\"", "", "", "packages/two/*,shared/*")]
    [InlineData("", "", "from ci.hook import value", "packages/two/*,shared/*")]
    [InlineData("[tool.x]\ny = \"tests/hook.py\"", "", "", "packages/two/*,shared/*")]
    [InlineData("", "import tests/hook", "", "")]
    public async Task Of_a_large_repository_a_project_brings_what_its_build_can_see(
        string config,
        string module,
        string setup,
        string expected
    )
    {
        _folder.Write("repo/packages/one/pyproject.toml", config + "\n");
        _folder.Write("repo/packages/one/src/one/__init__.py", module + "\n");
        _folder.Write("repo/packages/one/setup.py", setup + "\n");
        var hook = (config + module + setup).Contains("tests", StringComparison.Ordinal) ? "tests" : "ci";
        if ((config + module + setup).Contains("hook", StringComparison.Ordinal))
        {
            _folder.Write($"repo/packages/one/{hook}/hook.py", "import sys; sys.path.append('../shared')\n");
        }

        _folder.Write("repo/LICENSE", "x");
        _folder.Write("repo/packages/notes.txt", "x");
        for (var i = 0; i < 40; i++)
        {
            _folder.Write($"repo/packages/two/{i}.txt", "x");
            _folder.Write($"repo/shared/{i}.txt", "x");
        }

        GitTree.Commit(_folder.Folder("repo").FullPath);
        var copy = await CopyAsync(_folder.Folder("repo/packages/one").FullPath);
        var brought = Files(copy.Top.FullPath).Where(file => !file.StartsWith("packages/one/", StringComparison.Ordinal)).ToList();
        Assert.Contains("LICENSE", brought);
        Assert.Contains("packages/notes.txt", brought);
        foreach (var (folder, all) in new[] { ("packages/two/", "packages/two/*"), ("shared/", "shared/*") })
        {
            var named = expected.Split(',').Count(name => !name.EndsWith('*') && name.StartsWith(folder, StringComparison.Ordinal));
            var wanted = expected.Contains(all, StringComparison.Ordinal) ? 40 : named;
            Assert.Equal(wanted, brought.Count(file => file.StartsWith(folder, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Folders_of_ours_are_not_seen_and_leave_no_empty_folder_behind()
    {
        foreach (
            var file in new[]
            {
                "p/pyproject.toml",
                "p/pkg/__init__.py",
                "p/artifacts/rehearsal/dist/x.whl",
                "p/tools/Cake.PySign.2.0.0/lib/x.py",
                "p/consumer/x.whl",
                "p/test-results/junit.xml",
                "p/dist/x.whl",
                "p/.cake/x",
            }
        )
        {
            _folder.Write(file, "x");
        }

        var copy = await CopyAsync(_folder.Folder("p").FullPath, "dist", "artifacts/rehearsal");
        Assert.Equal(["pkg", "pyproject.toml"], Entries(copy.Project.FullPath));
    }

    [Fact]
    public async Task A_package_with_the_name_of_a_folder_of_ours_is_a_package()
    {
        _folder.Write("p/pyproject.toml", "x");
        _folder.Write("p/consumer/sub/module.py", "x");
        var copy = await CopyAsync(_folder.Folder("p").FullPath, "dist");
        Assert.Equal(["consumer/sub/module.py", "pyproject.toml"], Files(copy.Project.FullPath));
    }

    [Fact]
    public async Task Credentials_hooks_and_helpers_of_the_repository_do_not_come_along()
    {
        var copy = await CopyAsync(new RepositoryLayouts(_folder).Arrange("token in the remote"));
        await copy.AlignAsync(Token);
        var config = await File.ReadAllTextAsync(IoPath.Combine(copy.Top.FullPath, ".git/config"), Token);
        Assert.DoesNotContain("canary", config, StringComparison.Ordinal);
        Assert.Contains("https://gitlab.example/acme/hello.git", config, StringComparison.Ordinal);
        Assert.False(Directory.Exists(IoPath.Combine(copy.Top.FullPath, ".git/hooks")));
        Assert.DoesNotContain("canary", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fatal: not a git repository: /gone/.git/worktrees/p")]
    public async Task A_work_tree_that_git_cannot_read_is_not_taken_for_one_outside_of_version_control(string problem)
    {
        _folder.Write("p/pyproject.toml", "x");
        _folder.Write("p/.git", "gitdir: /gone/.git/worktrees/p\n");
        _rig.Environment.Variables["PATH"] = problem.Length == 0 ? "" : Environment.GetEnvironmentVariable("PATH");
        var e = await Assert.ThrowsAsync<PySignException>(() => SourcesAsync(_folder.Folder("p").FullPath));
        Assert.Equal(problem.Length == 0 ? PySignFailure.ToolNotFound : PySignFailure.ToolFailed, e.Reason);
        Assert.Contains(problem.Length == 0 ? "apt-get install git" : "not a git repository", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_a_repository_nothing_is_known_and_nothing_is_wrong()
    {
        _folder.Write("p/pyproject.toml", "x");
        var sources = await SourcesAsync(_folder.Folder("p").FullPath);
        Assert.Null(sources.Repository);
        Assert.Empty(sources.Tracked);
    }

    [Fact]
    public async Task The_time_of_the_commit_and_what_is_tracked_are_known()
    {
        _folder.Write("p/pyproject.toml", "x");
        _folder.Write("p/strängé \" name\t.txt", "x");
        GitTree.Commit(_folder.Folder("p").FullPath);
        _folder.Write("p/untracked.py", "x");
        var sources = await SourcesAsync(_folder.Folder("p").FullPath);
        Assert.Equal(["pyproject.toml", "strängé \" name\t.txt"], sources.Tracked.Order(StringComparer.Ordinal));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000), await sources.Repository!.CommitTimeAsync(Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<ProjectSources> SourcesAsync(string project)
    {
        _rig.Environment.Variables.TryAdd("PATH", Environment.GetEnvironmentVariable("PATH")!);
        var log = new SafeLog(_rig.Log, new SecretRedactor());
        var processes = new ChildProcessRunner(log, _rig.Environment, TimeProvider.System);
        return ProjectSources.FindAsync(project, withoutGit: false, processes, _rig.Environment, Token);
    }

    private async Task<WorkingCopy> CopyAsync(string project, params string[] leftOut)
    {
        var sources = await SourcesAsync(project);
        var folders = LeftOutFolders.Of(sources.Project, leftOut.Select(folder => sources.Project.Combine(folder)), []);
        return await WorkingCopy.MakeAsync(
            sources,
            _rig.Folder.Folder("copy"),
            folders,
            DateTimeOffset.FromUnixTimeSeconds(1700000000),
            new SafeLog(_rig.Log, new SecretRedactor()),
            Token
        );
    }

    // git marks the shared part of a split index as in use whenever it reads it.
    private Dictionary<string, DateTime> Times() =>
        new DirectoryInfo(_folder.Path)
            .EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Where(entry => !entry.Name.StartsWith("sharedindex.", StringComparison.Ordinal))
            .ToDictionary(entry => entry.FullName, entry => entry.LastWriteTimeUtc);

    private static IEnumerable<string> Files(string folder) =>
        Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => IoPath.GetRelativePath(folder, file))
            .Where(file => !file.StartsWith(".git/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Entries(string folder) =>
        Directory.EnumerateFileSystemEntries(folder).Select(entry => IoPath.GetFileName(entry)).Order(StringComparer.Ordinal);
}

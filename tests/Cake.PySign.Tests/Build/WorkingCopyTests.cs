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

    public static TheoryData<string> Layouts =>
        [
            "plain",
            "changed",
            "staged",
            "deleted",
            "distance",
            "subfolder",
            "link out of the project",
            "link out of the repository",
            "submodule",
            "changed submodule",
            "project is a submodule",
            "second work tree",
            "sparse",
            "export-subst",
            "filter that is not here",
            "line ends",
            "detached",
            "packed refs",
            "split index",
            "absolute link",
            "odd names",
            "token in the remote",
            "no commit",
            "path is a link",
            "tracked output folder",
            "includes",
            "large",
            "large, changed outside",
            "large, deleted outside",
            "large, staged outside",
            "large, untracked outside",
            "large, odd names outside",
            "large, submodule outside",
            "large, changed submodule outside",
            "large, sparse",
            "large, split index",
            "large, link chain",
            "large, looks above",
            "large, second work tree",
        ];

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task Git_says_in_the_copy_what_it_says_in_the_original(string layout)
    {
        var project = Arrange(layout);
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
        var project = Arrange(layout);
        if (layout.EndsWith("outside", StringComparison.Ordinal))
        {
            RunShell(
                _folder.Folder("repo").FullPath,
                "printf x > \"$(printf 'shared/caf\\351.txt')\"; printf x > \"$(printf 'caf\\351.txt')\""
            );
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
            RunShell(_folder.Path, "rm -rf repo");
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
        var copy = await CopyAsync(Arrange("token in the remote"));
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

    private string Arrange(string layout)
    {
        var project = _folder.Folder("repo").FullPath;
        _folder.Write("repo/pyproject.toml", "[project]\nname = \"hello\"\ndynamic = [\"version\"]\n");
        _folder.Write("repo/hello/__init__.py", "");
        _folder.Write("repo/hello/data.bin", "data");
        var tree = layout is "no commit" ? null : GitTree.Commit(project);
        switch (layout)
        {
            case not null when layout.StartsWith("large", StringComparison.Ordinal):
                return ArrangeLarge(tree!, layout);
            case "no commit":
                new GitTree(project).Run("init", "-q");
                break;
            case "changed":
                _folder.Write("repo/hello/data.bin", "other");
                break;
            case "staged":
                _folder.Write("repo/hello/new.py", "x = 1");
                tree!.Run("add", "-A");
                break;
            case "deleted":
                File.Delete(IoPath.Combine(project, "hello/data.bin"));
                break;
            case "distance":
                _folder.Write("repo/hello/new.py", "x = 1");
                tree!.CommitAll();
                break;
            case "detached":
                tree!.Run("checkout", "-q", "--detach", "v1.2.3");
                break;
            case "packed refs":
                tree!.Run("tag", "-a", "v1.3.0", "-m", "annotated");
                tree.Run("pack-refs", "--all");
                tree.Run("gc", "-q");
                break;
            case "split index":
                tree!.Run("update-index", "--split-index");
                break;
            case "sparse":
                _folder.Write("repo/other/big.txt", "x");
                tree!.CommitAll();
                tree.Run("sparse-checkout", "set", "hello");
                break;
            case "export-subst":
                _folder.Write("repo/.gitattributes", "hello/_archive.txt export-subst\ndocs export-ignore\n");
                _folder.Write("repo/hello/_archive.txt", "$Format:%H$\n");
                _folder.Write("repo/docs/index.md", "x");
                tree!.CommitAll();
                break;
            case "filter that is not here":
                ArrangeFilter(tree!);
                break;
            case "line ends":
                tree!.Run("config", "core.autocrlf", "true");
                _folder.Write("repo/hello/dos.txt", "one\r\ntwo\r\n");
                tree.CommitAll();
                break;
            case "odd names":
                _folder.Write("repo/hello/tab\tand \"quote\".txt", "x");
                _folder.Write("repo/hello/strängé.txt", "x");
                _folder.Write("repo/hello/-dash.txt", "x");
                tree!.CommitAll();
                break;
            case "absolute link":
                File.CreateSymbolicLink(IoPath.Combine(project, "absolute"), IoPath.Combine(project, "pyproject.toml"));
                tree!.CommitAll();
                break;
            case "link out of the repository":
                _folder.Write("outside/LICENSE", "x");
                File.CreateSymbolicLink(IoPath.Combine(project, "LICENSE"), "../outside/LICENSE");
                tree!.CommitAll();
                break;
            case "token in the remote":
                ArrangeToken(tree!);
                break;
            case "tracked output folder":
                _folder.Write("repo/dist/.gitignore", "*\n");
                tree!.Run("add", "-f", "dist/.gitignore");
                tree.CommitAll();
                _folder.Write("repo/dist/old-1.0.tar.gz", "x");
                break;
            case "includes":
                _folder.Write("included.cfg", "[core]\n\tfileMode = false\n[alias]\n\tx = status\n");
                tree!.Run("config", "include.path", "../../included.cfg");
                MakeExecutable(IoPath.Combine(project, "hello/data.bin"));
                break;
            case "path is a link":
                Directory.CreateSymbolicLink(_folder.Folder("link").FullPath, project);
                return _folder.Folder("link").FullPath;
            case "subfolder" or "link out of the project":
                return ArrangeSubfolder(tree!, layout == "link out of the project");
            case "submodule" or "changed submodule" or "project is a submodule":
                return ArrangeSubmodule(tree!, layout);
            case "second work tree":
                tree!.Run("worktree", "add", "-q", "../second", "-b", "second");
                _folder.Write("second/hello/new.py", "x = 1");
                new GitTree(_folder.Folder("second").FullPath).CommitAll();
                return _folder.Folder("second").FullPath;
        }

        return project;
    }

    private static void MakeExecutable(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, (UnixFileMode)0x1ED);
        }
    }

    private void ArrangeFilter(GitTree tree)
    {
        _folder.Write("repo/.gitattributes", "*.bin filter=upper\n");
        tree.Run("config", "filter.upper.clean", "tr a-z A-Z");
        _folder.Write("repo/hello/data.bin", "smudged");
        tree.CommitAll();

        // As on a machine without git-lfs: what lies there is not what is in the repository, and only the index knows that it is right.
        tree.Run("config", "--unset", "filter.upper.clean");
    }

    private void ArrangeToken(GitTree tree)
    {
        tree.Run("remote", "add", "origin", "https://gitlab-ci-token:canary-1@gitlab.example/acme/hello.git");
        tree.Run("config", "http.https://github.com/.extraheader", "AUTHORIZATION: basic canary-2");
        tree.Run("config", "credential.helper", "!echo canary-3");
        tree.Run("config", "url.https://x:canary-4@gitlab.example/.insteadOf", "https://gitlab.example/");
        _folder.Write("repo/.git/hooks/post-index-change", "#!/bin/sh\ntouch canary\n");
    }

    private string ArrangeSubfolder(GitTree tree, bool withLink)
    {
        _folder.Write("repo/python/pyproject.toml", "[project]\nname = \"inner\"\ndynamic = [\"version\"]\n");
        _folder.Write("repo/LICENSE", "x");
        if (withLink)
        {
            File.CreateSymbolicLink(_folder.File("repo/python/LICENSE").FullPath, "../LICENSE");
            Directory.CreateSymbolicLink(_folder.File("repo/python/all").FullPath, "../hello");
        }

        tree.CommitAll();
        tree.Run("tag", "v2.0.0");
        return _folder.Folder("repo/python").FullPath;
    }

    // A project among others, with more files around it than are copied without need.
    private string ArrangeLarge(GitTree tree, string layout)
    {
        _folder.Write(
            "repo/packages/one/pyproject.toml",
            "[project]\nname = \"one\"\ndynamic = [\"version\"]\n[tool.setuptools_scm]\nroot = \"../..\"\n"
        );
        _folder.Write("repo/packages/one/one/__init__.py", "from .. import x\n");
        _folder.Write("repo/packages/README.md", "x");
        for (var i = 0; i < 40; i++)
        {
            _folder.Write($"repo/packages/two/data/{i}.txt", $"{i}");
            _folder.Write($"repo/shared/{i}.txt", $"{i}");
        }

        var project = _folder.Folder("repo/packages/one").FullPath;
        var outside = _folder.File("repo/shared/1.txt").FullPath;
        if (layout.EndsWith("link chain", StringComparison.Ordinal))
        {
            File.CreateSymbolicLink(IoPath.Combine(project, "LICENSE"), "../two/LICENSE");
            File.CreateSymbolicLink(_folder.File("repo/packages/two/LICENSE").FullPath, "../../shared/3.txt");
            Directory.CreateSymbolicLink(IoPath.Combine(project, "data"), "../two/data");
        }
        else if (layout.EndsWith("link to the top", StringComparison.Ordinal))
        {
            Directory.CreateSymbolicLink(IoPath.Combine(project, "all"), "../..");
        }
        else if (layout.EndsWith("looks above", StringComparison.Ordinal))
        {
            _folder.Write("repo/packages/one/setup.py", "open('../../shared/1.txt')\n");
        }
        else if (layout.EndsWith("odd names outside", StringComparison.Ordinal))
        {
            _folder.Write("repo/shared/tab\tand \"quote\".txt", "x");
            _folder.Write("repo/shared/back\\slash.txt", "x");
            _folder.Write("repo/strängé.txt", "x");
        }

        tree.CommitAll();
        tree.Run("tag", "v2.0.0");
        if (layout.EndsWith("changed outside", StringComparison.Ordinal))
        {
            _folder.Write("repo/shared/1.txt", "changed");
        }
        else if (layout.EndsWith("deleted outside", StringComparison.Ordinal))
        {
            File.Delete(outside);
        }
        else if (layout.EndsWith("staged outside", StringComparison.Ordinal))
        {
            _folder.Write("repo/shared/1.txt", "changed");
            tree.Run("add", "-A");
        }
        else if (layout.EndsWith("untracked outside", StringComparison.Ordinal))
        {
            _folder.Write("repo/shared/untracked.txt", "x");
        }
        else if (layout.EndsWith("submodule outside", StringComparison.Ordinal))
        {
            ArrangeSubmodule(tree, layout.Contains("changed", StringComparison.Ordinal) ? "changed submodule" : "submodule");
        }
        else if (layout.EndsWith("sparse", StringComparison.Ordinal))
        {
            tree.Run("sparse-checkout", "set", "packages/one");
        }
        else if (layout.EndsWith("split index", StringComparison.Ordinal))
        {
            tree.Run("update-index", "--split-index");
        }
        else if (layout.EndsWith("second work tree", StringComparison.Ordinal))
        {
            tree.Run("worktree", "add", "-q", "../second", "-b", "second");
            return _folder.Folder("second/packages/one").FullPath;
        }

        return project;
    }

    private static void RunShell(string folder, string script)
    {
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", script]) { WorkingDirectory = folder }
        )!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private string ArrangeSubmodule(GitTree tree, string layout)
    {
        _folder.Write("library/pyproject.toml", "[project]\nname = \"library\"\ndynamic = [\"version\"]\n");
        _folder.Write("library/code.py", "x = 1\n");
        GitTree.Commit(_folder.Folder("library").FullPath, "v7.0.0");
        tree.Run("submodule", "--quiet", "add", "../library", "vendored/library");
        tree.CommitAll();
        if (layout == "changed submodule")
        {
            _folder.Write("repo/vendored/library/code.py", "x = 2\n");
        }

        return _folder.Folder(layout == "project is a submodule" ? "repo/vendored/library" : "repo").FullPath;
    }

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

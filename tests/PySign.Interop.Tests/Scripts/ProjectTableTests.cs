using System.Collections.Concurrent;
using System.Text.Json;
using Cake.PySign;
using Cake.PySign.Build;
using Cake.PySign.Tests.Rig;
using PySign.Interop.Tests.Peers;
using PySign.Packaging.Projects;
using PySign.Packaging.Versions;

namespace PySign.Interop.Tests.Scripts;

/// <summary>Five projects that nobody here wrote and one of hatchling's, each with the back end it chose, through everything that a release
/// asks of a build.</summary>
public sealed class ProjectTableTests(ITestOutputHelper log, RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    private const string Version = "2099.4.1";

    private static readonly (string Project, string Modules)[] _projects =
    [
        ("python-click", "flit_core"),
        ("markupsafe", "setuptools, wheel"),
        ("python-certifi", "setuptools, wheel"),
        ("python-dateutil", "setuptools, wheel, setuptools_scm"),
        ("rich", "poetry.core"),
        ("hello-hatch", "hatchling.build"),
    ];

    private readonly ConcurrentQueue<string> _failures = new();

    [Fact]
    public async Task Each_is_built_checked_rebuilt_identically_and_released_with_a_version_that_its_back_end_was_given()
    {
        var rows = new string[_projects.Length];
        var released = 0;
        await Parallel.ForEachAsync(
            _projects.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken },
            async (one, _) =>
            {
                var (project, modules) = one.Item;
                if (Source(project) is not { } source)
                {
                    rows[one.Index] = Row(project, "NOT RUN: eng/peers.sh brings its source");
                }
                else if (!await RequiredPython.CanImport(["build", "twine", .. modules.Split(", ")]))
                {
                    rows[one.Index] = Row(project, $"NOT RUN: {RequiredPython.Path} cannot import build, twine, {modules}");
                }
                else
                {
                    Interlocked.Increment(ref released);
                    rows[one.Index] = await ReleaseAsync(project, source);
                }
            }
        );

        var table = string.Join(
            Environment.NewLine,
            [Row("project", "back end", "made by", "version given through", "built, checked", "rebuilt same", "released"), .. rows]
        );
        log.WriteLine(table);
        Assert.SkipWhen(released == 0, $"NOT RUN: no project.{Environment.NewLine}{table}");
        Assert.True(_failures.IsEmpty, string.Join(Environment.NewLine, [table, .. _failures]));
    }

    private async Task<string> ReleaseAsync(string project, string source)
    {
        using var rig = new CakeRig();
        var folder = rig.Folder.Folder(project);
        CopyTree(source, folder.FullPath);
        var before = rig.Folder.Snapshot(project);
        rig.Environment.Variables["PYSIGN_PROJECT"] = project;
        rig.Environment.Variables["PYSIGN_PACKAGE_VERSION"] = Version;
        rig.Environment.Variables["PYSIGN_PYTHON"] = RequiredPython.Path;
        rig.Environment.Variables["PYSIGN_ISOLATION"] = "none";

        rig.Environment.Variables["PYSIGN_TESTS"] = "off";
        foreach (var (name, value) in await JobAsync())
        {
            rig.Environment.Variables[name] = value;
        }

        // The release begins with the build and its checks: a ledger says how far it came.
        var released = Try(project, "release", () => new TaskRun(rig).Run("PySign-Release"));
        var ledger = rig.Folder.File("dist/pysign.json").FullPath;
        var made = "";
        var built = "no";
        if (File.Exists(ledger))
        {
            using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(ledger, TestContext.Current.CancellationToken));
            Assert.Equal(Version, json.RootElement.GetProperty("version").GetString());
            made = json.RootElement.GetProperty("tools").GetProperty("wheel generator").GetString()!;
            Assert.Equal(2, json.RootElement.GetProperty("files").GetArrayLength());
            built = "yes";
        }

        var same = Try(
            project,
            "second build",
            () =>
                rig.Context.PyBuildVerifyReproducible(
                    folder,
                    new PyBuildSettings
                    {
                        Version = Version,
                        Python = RequiredPython.Path,
                        Isolation = BuildIsolation.None,
                    },
                    TestContext.Current.CancellationToken
                )
        );
        Assert.Equal(before, rig.Folder.Snapshot(project));
        var backEnd = File.Exists(Path.Combine(source, "pyproject.toml"))
            ? PyProject.Load(source).BuildBackend ?? "setuptools (none named)"
            : "setuptools (setup.py)";
        return Row(
            project,
            backEnd,
            made,
            VersionInjection.Find(folder.FullPath, PythonVersion.Parse(Version)).Place,
            built,
            same,
            released
        );
    }

    private async Task<Dictionary<string, string>> JobAsync()
    {
        var job = (
            await sandbox.Sandbox.GitLabJobAsync(
                new Dictionary<string, object>
                {
                    ["ref"] = $"v{Version}",
                    ["ref_type"] = "tag",
                    ["project_path"] = sandbox.Sandbox.Info.GitLab.ProjectPath,
                },
                TestContext.Current.CancellationToken
            )
        ).ToDictionary();
        job["PYSIGN_TRUSTED_ROOT"] = sandbox.TrustedRoot;
        job["PYSIGN_SIGNING_CONFIG"] = sandbox.Sandbox.Info.SigningConfig.FullPath;
        return job;
    }

    private string Try(string project, string what, Action action)
    {
        try
        {
            action();
            return "yes";
        }
        catch (Exception e) when (e is PySignException or Cake.Core.CakeException)
        {
            _failures.Enqueue($"{project}, {what}: {e.Message}");
            return "no";
        }
    }

    private static string? Source(string project) =>
        project == "hello-hatch"
            ? Path.Combine(RepositoryRoot.Path, "tests", "PySign.Interop.Tests", "Projects", project)
            : Peer.ProjectSource(project);

    private static string Row(params string?[] cells) =>
        "| "
        + string.Join(
            " | ",
            cells.Select((cell, i) => (cell ?? "").PadRight(cells.Length < 7 ? 0 : new[] { 15, 24, 20, 78, 14, 12, 9 }[i]))
        )
        + " |";

    private static void CopyTree(string from, string to)
    {
        foreach (
            var file in Directory
                .EnumerateFiles(from, "*", SearchOption.AllDirectories)
                .Where(file => new FileInfo(file).LinkTarget is null)
        )
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}

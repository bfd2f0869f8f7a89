using System.Globalization;
using System.Text;
using Cake.Core;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Distributions;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Build;

/// <summary>
/// Projects that nobody here wrote, each as a repository with a tag, rehearsed from build to independent consumer; what was released is
/// compared with what plain <c>python -m build</c> makes of the same tree. PYSIGN_REAL_PROJECTS names a folder with <c>src/NAME</c> and
/// <c>NAME_VERSION.orig.tar.*</c>; the table of results is written there. Six projects are rehearsed by default
/// (<c>ProjectTableTests</c> of the interop tests).
/// </summary>
public sealed class RealSourcesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_is_rehearsed_and_is_what_a_plain_build_gives_or_is_refused_for_a_reason()
    {
        if (Environment.GetEnvironmentVariable("PYSIGN_REAL_PROJECTS") is not { Length: > 0 } root)
        {
            Assert.Skip("Set PYSIGN_REAL_PROJECTS to a folder with real projects.");
            return;
        }

        SystemPython.Require("build.__main__, twine.__main__");
        var table = new StringBuilder("| project | back end | version | result |\n| --- | --- | --- | --- |\n");
        var different = new List<string>();
        var compared = 0;
        foreach (var source in Directory.EnumerateDirectories(IoPath.Combine(root, "src")).Order(StringComparer.Ordinal))
        {
            if (
                Environment.GetEnvironmentVariable("PYSIGN_REAL_ONLY") is { Length: > 0 } only
                && !only.Split(',').Contains(IoPath.GetFileName(source), StringComparer.Ordinal)
            )
            {
                continue;
            }

            var (backEnd, version, result, isDifferent) = await CompareAsync(source, Version(root, IoPath.GetFileName(source)));
            table.Append(CultureInfo.InvariantCulture, $"| {IoPath.GetFileName(source)} | {backEnd} | {version} | {result} |\n");
            await File.WriteAllTextAsync(IoPath.Combine(root, "results.md"), table.ToString(), TestContext.Current.CancellationToken);
            compared++;
            if (isDifferent)
            {
                different.Add($"{IoPath.GetFileName(source)}: {result}");
            }
        }

        Assert.True(compared > 0, $"No project of {root} was asked for.");
        Assert.Empty(different);
    }

    private async Task<(string BackEnd, string Version, string Result, bool IsDifferent)> CompareAsync(string source, string version)
    {
        var name = IoPath.GetFileName(source);
        var project = _folder.Folder($"{name}/{name}").FullPath;
        Directory.CreateDirectory(project);
        Run("cp", ["-a", source + "/.", project]);
        var tree = new GitTree(project);
        tree.Run("init", "-q");

        // Upstream tracks all of it, also what its .gitignore names.
        tree.Run("add", "-A", "-f");
        tree.Run("commit", "-q", "-m", "released");
        tree.Run("tag", "v" + version);
        var description = File.Exists(IoPath.Combine(project, "pyproject.toml"))
            ? global::PySign.Packaging.Projects.PyProject.Load(project).BuildBackend
            : null;
        var backEnd = description?.Split('.')[0] ?? "setuptools (setup.py)";
        var plainFolder = _folder.Folder($"{name}/plain").FullPath;
        var copy = _folder.Folder($"{name}/in-place").FullPath;
        Run("cp", ["-a", project, copy]);
        var (code, text) = Run(
            SystemPython.Path,
            ["-m", "build", "--no-isolation", "--skip-dependency-check", "--outdir", plainFolder, copy]
        );
        if (code != 0)
        {
            var last = text.Split('\n').LastOrDefault(line => line.Contains("Error", StringComparison.Ordinal)) ?? "";
            return (backEnd, version, $"not buildable here: {last.Trim().Replace("|", "\\|", StringComparison.Ordinal)}", false);
        }

        try
        {
            var ledger = await RehearsedAsync(project);
            var differences = Directory.EnumerateFiles(plainFolder).SelectMany(plain => Differences(plain, project, ledger)).ToList();
            var tests = ledger.Tests is { Result: LedgerTestResult.Passed } ? "tests passed" : $"tests: {ledger.Tests?.Reason}";
            return differences.Count == 0
                ? (backEnd, ledger.Version, $"rehearsed; the same version and members; {tests}", false)
                : (backEnd, ledger.Version, $"DIFFERENT: {string.Join(' ', differences.Take(8))}", true);
        }
        catch (Exception e) when (e is PySignException or CakeException)
        {
            var lines = e.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return (backEnd, version, $"refused: {string.Join(' ', lines.Take(4)).Replace("|", "\\|", StringComparison.Ordinal)}", false);
        }
        finally
        {
            Directory.Delete(_folder.Folder(name).FullPath, recursive: true);
        }
    }

    // As its maintainer would: the script lies in the project, and so does what the rehearsal leaves.
    private static async Task<Ledger> RehearsedAsync(string project)
    {
        var variables = new Dictionary<string, string>
        {
            ["PYSIGN_PYTHON"] = SystemPython.Path,
            ["PYSIGN_ISOLATION"] = "none",
            ["PYSIGN_TEST_NO_INDEX"] = "true",
        };
        var (code, output) = await RehearsalProcess.RunAsync(project, variables, "--target=PySign-Rehearse");
        if (code != 0)
        {
            throw new CakeException(code, output[Math.Max(0, output.LastIndexOf("Error: ", StringComparison.Ordinal))..]);
        }

        var ledger = new LedgerStore(IoPath.Combine(project, "artifacts", "rehearsal")).Read();
        Assert.Contains(ledger.Verifications, verification => verification.By == ReleaseStage.ConsumerVerification);
        return ledger;
    }

    private static IEnumerable<string> Differences(string plain, string project, Ledger ledger)
    {
        var name = IoPath.GetFileName(plain);
        if (ledger.Files.All(file => file.Name != name))
        {
            return ["-" + name];
        }

        var ours = Members(IoPath.Combine(project, "artifacts", "rehearsal", "dist", name));
        var theirs = Members(plain);
        return theirs
            .Except(ours, StringComparer.Ordinal)
            .Select(member => "-" + member)
            .Concat(ours.Except(theirs, StringComparer.Ordinal).Select(member => "+" + member));
    }

    // No repository holds a file called .git, and a cache that lies in an archive is left out.
    private static HashSet<string> Members(string file) =>
        DistributionContents
            .Files(file)
            .Where(name => !name.EndsWith("/.git", StringComparison.Ordinal) && !name.Contains(".pytest_cache/", StringComparison.Ordinal))
            .ToHashSet(StringComparer.Ordinal);

    // Debian marks what it took out of an archive behind a plus.
    private static string Version(string root, string name) =>
        Directory
            .EnumerateFiles(root, name + "_*.orig.tar.*")
            .Select(file => IoPath.GetFileName(file)[(name.Length + 1)..].Split(".orig")[0].Split('+')[0].Replace('~', '-'))
            .FirstOrDefault("1.0");

    private (int Code, string Text) Run(string program, string[] arguments)
    {
        var run = ProgramRun.Of(program, arguments, _folder.Path);
        return (run.ExitCode, run.Said);
    }
}

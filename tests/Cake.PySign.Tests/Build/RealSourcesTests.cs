using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cake.PySign.Build;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Distributions;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Build;

/// <summary>
/// Projects that nobody here wrote, each as a repository with a tag, beside plain <c>python -m build</c>. PYSIGN_REAL_PROJECTS names a
/// folder with <c>src/NAME</c> and <c>NAME_VERSION.orig.tar.*</c>; the table of results is written there.
/// </summary>
public sealed class RealSourcesTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Each_gives_what_a_plain_build_of_it_gives_or_is_refused_for_a_reason()
    {
        if (Environment.GetEnvironmentVariable("PYSIGN_REAL_PROJECTS") is not { Length: > 0 } root)
        {
            Assert.Skip("Set PYSIGN_REAL_PROJECTS to a folder with real projects.");
            return;
        }

        SystemPython.Require("build.__main__, twine.__main__");
        var table = new StringBuilder("| project | back end | version | result |\n| --- | --- | --- | --- |\n");
        var different = new List<string>();
        foreach (var source in Directory.EnumerateDirectories(IoPath.Combine(root, "src")).Order(StringComparer.Ordinal))
        {
            var (backEnd, version, result, isDifferent) = Compare(source, Version(root, IoPath.GetFileName(source)));
            table.Append(CultureInfo.InvariantCulture, $"| {IoPath.GetFileName(source)} | {backEnd} | {version} | {result} |\n");
            File.WriteAllText(IoPath.Combine(root, "results.md"), table.ToString());
            if (isDifferent)
            {
                different.Add($"{IoPath.GetFileName(source)}: {result}");
            }
        }

        Assert.Empty(different);
    }

    private (string BackEnd, string Version, string Result, bool IsDifferent) Compare(string source, string version)
    {
        var name = IoPath.GetFileName(source);
        var project = _rig.Folder.Folder($"{name}/{name}").FullPath;
        Directory.CreateDirectory(project);
        Run("cp", ["-a", source + "/.", project]);
        GitTree.Commit(project, "v" + version);
        var description = File.Exists(IoPath.Combine(project, "pyproject.toml"))
            ? global::PySign.Packaging.Projects.PyProject.Load(project).BuildBackend
            : null;
        var backEnd = description?.Split('.')[0] ?? "setuptools (setup.py)";
        var plainFolder = _rig.Folder.Folder($"{name}/plain").FullPath;
        var copy = _rig.Folder.Folder($"{name}/in-place").FullPath;
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
            var ours = _rig.Context.PyBuild(
                project,
                new PyBuildSettings
                {
                    PythonPath = SystemPython.Path,
                    Isolation = BuildIsolation.None,
                    OutputDirectory = _rig.Folder.Folder($"{name}/ours"),
                    Homepage = null,
                },
                TestContext.Current.CancellationToken
            );
            var differences = Directory
                .EnumerateFiles(plainFolder)
                .SelectMany(plain =>
                    ours.FirstOrDefault(one => one.Path.GetFilename().FullPath == IoPath.GetFileName(plain)) is { } one
                        ? Members(plain)
                            .Except(Members(one.Path.FullPath), StringComparer.Ordinal)
                            .Select(member => "-" + member)
                            .Concat(
                                Members(one.Path.FullPath).Except(Members(plain), StringComparer.Ordinal).Select(member => "+" + member)
                            )
                        : ["-" + IoPath.GetFileName(plain)]
                )
                .ToList();
            return differences.Count == 0
                ? (backEnd, ours[0].Version, "the same version and members", false)
                : (backEnd, ours[0].Version, $"DIFFERENT: {string.Join(' ', differences.Take(8))}", true);
        }
        catch (PySignException e)
        {
            return (
                backEnd,
                version,
                $"refused, {e.Reason}: {e.Message.Split('\n')[0]} {e.Message.Split('\n').Skip(1).FirstOrDefault()}",
                false
            );
        }
        finally
        {
            Directory.Delete(_rig.Folder.Folder(name).FullPath, recursive: true);
        }
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
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _rig.Folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text + error.Result);
    }
}

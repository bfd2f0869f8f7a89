using System.Diagnostics;
using PySign.Packaging.Metadata;
using PySign.Packaging.Projects;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Tests.Projects;

/// <summary>Projects that nobody here wrote: one value changes, and their own back ends then say so in the metadata.</summary>
public sealed class RealProjectTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private const string AskBackEnd = """
        import sys, warnings
        warnings.simplefilter('ignore')
        import build
        print(build.ProjectBuilder(sys.argv[1], python_executable=sys.executable).metadata_path(sys.argv[2]))
        """;

    private readonly ProjectFolder _folder = new();
    private readonly ProjectFolder _output = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
    }

    // flit with a static version; setup.cfg attr: and a compiled extension; an old setup.py that reads its package; flit with a dynamic
    // version; setuptools_scm; Poetry's old table.
    [Theory]
    [InlineData("blinker", "blinker", "pyproject.toml", "1.9.0")]
    [InlineData("markupsafe", "MarkupSafe", "src/markupsafe/__init__.py", "2.1.5")]
    [InlineData("python-certifi", "certifi", "certifi/__init__.py", "2025.01.31")]
    [InlineData("python-click", "click", "src/click/__init__.py", "8.1.8")]
    [InlineData("python-dateutil", "python-dateutil", null, null)]
    [InlineData("rich", "rich", "pyproject.toml", "13.9.4")]
    public void A_real_project_gets_its_version_in_one_place_and_its_back_end_reads_it(
        string project,
        string name,
        string? file,
        string? found
    )
    {
        Copy(Source(project));
        var before = _folder.Snapshot();
        var injection = VersionInjection.Find(_folder.Path, PythonVersion.Parse("2099.4.1"));
        Assert.Null(injection.Refusal);
        Assert.Equal(found, injection.Found);
        injection.WriteTo(_folder.Path);
        if (file is not null)
        {
            Assert.Empty(injection.Variables);
            before[file] = ReplaceOnce(before[file], found!, "2099.4.1");
        }

        Assert.Equal(before, _folder.Snapshot());
        CheckMetadata(injection, name);
    }

    [Fact]
    public void A_project_of_hatchling_gets_its_version_in_the_file_that_it_names()
    {
        _folder.Write([
            "pyproject.toml|[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n[project]\nname = "
                + "'my-hatch'\ndynamic = ['version']\n[tool.hatch.version]\npath = 'src/my_hatch/__about__.py'\n",
            "src/my_hatch/__about__.py|__version__ = '0.0.1'\n",
            "src/my_hatch/__init__.py|\n",
        ]);
        var injection = VersionInjection.Find(_folder.Path, PythonVersion.Parse("2099.4.1"));
        injection.WriteTo(_folder.Path);
        CheckMetadata(injection, "my-hatch");
    }

    private static string ReplaceOnce(string text, string old, string value)
    {
        // The line that begins with the key: the value may be written elsewhere, too.
        var lines = text.Split('\n');
        var line = Assert.Single(
            Enumerable.Range(0, lines.Length),
            i =>
                lines[i].Contains($"\"{old}\"", StringComparison.Ordinal)
                && (
                    lines[i].StartsWith("version", StringComparison.Ordinal) || lines[i].StartsWith("__version__", StringComparison.Ordinal)
                )
        );
        lines[line] = lines[line].Replace(old, value, StringComparison.Ordinal);
        return string.Join('\n', lines);
    }

    private void CheckMetadata(VersionInjection injection, string name)
    {
        if (
            !File.Exists(Python)
            || Run(
                new Dictionary<string, string>(),
                "-c",
                "import build, setuptools, wheel, flit_core, poetry.core, hatchling, setuptools_scm"
            ).ExitCode != 0
        )
            Assert.Skip(
                "NOT RUN: the system's python3 has not every back end: build, setuptools, setuptools_scm, wheel, flit_core, "
                    + "poetry-core, hatchling."
            );
        var asked = Run(injection.Variables, "-c", AskBackEnd, _folder.Path, _output.Path);
        Assert.True(asked.ExitCode == 0, asked.Error);
        var info = asked.Output.Trim().Split('\n')[^1];
        var metadata = CoreMetadata.Parse(File.ReadAllBytes(Path.Combine(info, "METADATA")));
        Assert.Equal((name, "2099.4.1"), (metadata.Name.Value, metadata.Version.Normalized));
    }

    private ProgramRun Run(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { WorkingDirectory = _output.Path };
        foreach (var (key, value) in variables)
            start.Environment[key] = value;
        return ProgramRun.OfAsync(start, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
    }

    private static string Source(string project)
    {
        var peers = Environment.GetEnvironmentVariable("PYSIGN_PEERS");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null && peers is null; folder = folder.Parent)
            peers = Directory.Exists(Path.Combine(folder.FullName, ".tools", "peers"))
                ? Path.Combine(folder.FullName, ".tools", "peers", "bin")
                : null;
        var found = peers is null
            ? null
            : new[]
            {
                Path.Combine(peers, "..", "..", "projects", "src", project),
                Path.Combine(peers, "..", "projects", project),
            }.FirstOrDefault(Directory.Exists);
        if (found is null)
            Assert.Skip($"NOT RUN: the sources of {project} are not here; run eng/peers.sh, or set PYSIGN_PEERS.");
        return found;
    }

    private void Copy(string source)
    {
        foreach (
            var file in Directory
                .EnumerateFiles(source, "*", SearchOption.AllDirectories)
                .Where(file => new FileInfo(file).LinkTarget is null)
        )
        {
            var target = Path.Combine(_folder.Path, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}

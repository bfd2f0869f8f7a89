using System.Text;
using Cake.Core;
using Cake.PySign.Build;
using Cake.PySign.Common.Processes;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Projects;

namespace Cake.PySign.Tests.Build;

/// <summary>A pyproject.toml that no back end could read is refused by file, line and column; a back end's failure begins with its own
/// words.</summary>
public sealed class ProjectDescriptionTests : IDisposable
{
    private const string Fine = "[project]\nname = \"hello\"\nversion = \"1.0\"\nrequires-python = \">=3.8,<4\"\n";

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    public static TheoryData<string, byte[], string> Broken =>
        new()
        {
            { "not TOML", Encoding.UTF8.GetBytes("[project]\nname = \"hello\nversion = 1\n"), "line 2, column" },
            { "UTF-16", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Fine)], "UTF-16" },
            { "UTF-16 without a mark", Encoding.Unicode.GetBytes(Fine), "UTF-16" },
            { "a mark", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Fine)], "byte order mark" },
            {
                "a conflict",
                Encoding.UTF8.GetBytes("[project]\n<<<<<<< HEAD\nname = \"a\"\n=======\nname = \"b\"\n>>>>>>> other\n"),
                "line 2, column 1: a merge left its conflict marker"
            },
            { "UTF-16 of the other order", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Fine)], "UTF-16" },
            { "a duplicate key", Encoding.UTF8.GetBytes(Fine + "name = \"again\"\n"), "line 5, column 1" },
            { "a duplicate table", Encoding.UTF8.GetBytes(Fine + "[project]\n"), "line 5, column" },
            { "truncated in a string", Encoding.UTF8.GetBytes(Fine[..^4]), "line 4, column" },
            { "truncated in an array", Encoding.UTF8.GetBytes(Fine + "authors = [\n  {name = \"A\"},\n"), "line" },
            { "a byte of Latin 1", [.. Encoding.UTF8.GetBytes(Fine), .. "description = \"caf"u8, 0xE9, .. "\"\n"u8], "line 5" },
            { "a NUL", Encoding.UTF8.GetBytes(Fine + "description = \"a\0b\"\n"), "line 5" },
            {
                "a conflict of another style",
                Encoding.UTF8.GetBytes(Fine + "||||||| base\nversion = \"2\"\n"),
                "line 5, column 1: a merge"
            },
            { "a wrong type", Encoding.UTF8.GetBytes("[project]\nname = 3\n"), "project.name" },
        };

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_is_wrong_is_said_with_its_place(string what, byte[] bytes, string expected)
    {
        var path = _rig.Folder.Write("p/pyproject.toml", bytes);
        var e = Assert.Throws<PySignException>(() =>
            _rig.Context.PyBuild("p", new PyBuildSettings(), TestContext.Current.CancellationToken)
        );
        Assert.Equal(PySignFailure.BuildMismatch, e.Reason);
        Assert.Contains(path.FullPath, e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.NotEmpty(what);

        // The recipe says the same, before it asks for anything else.
        _rig.Environment.Variables["PYSIGN_PROJECT"] = "p";
        var failed = Assert.Throws<CakeException>(() => new TaskRun(_rig).Run("PySign-Build"));
        Assert.Contains(expected, failed.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[], string?> Others =>
        new()
        {
            { "setup.cfg", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("[metadata]\nname = a\n")], "UTF-16" },
            { "setup.cfg", [0xEF, 0xBB, 0xBF, .. "[metadata]\n"u8], "byte order mark" },
            { "setup.cfg", [.. "[metadata]\n<<<<<<< HEAD\nname = a\n"u8], "line 2, column 1: a merge" },
            { "setup.py", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("import setuptools\n")], "UTF-16" },
            { "setup.py", [0xEF, 0xBB, 0xBF, .. "import setuptools\n"u8], null },
            { "setup.py", [.. "x = 1\n>>>>>>> theirs\n"u8], "line 2, column 1: a merge" },
            { "setup.py", [.. "'''\nHeading\n=======\n'''\n"u8], null },
            { "MANIFEST.in", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes("graft a\n")], "UTF-16" },
            { "MANIFEST.in", [.. "include a\r\n<<<<<<< HEAD\r\n"u8], "line 2, column 1: a merge" },
            { "hatch.toml", [.. "[build\n"u8], "line 1, column" },
            { "hatch.toml", [.. "[build]\n=======\n"u8], "line 2, column 1: a merge" },
            { "hatch.toml", [.. "[build]\n"u8], null },
        };

    [Theory]
    [MemberData(nameof(Others))]
    public void The_other_files_that_describe_a_project_are_read_too(string name, byte[] bytes, string? expected)
    {
        _rig.Folder.Write("p/pyproject.toml", Fine);
        var path = _rig.Folder.Write($"p/{name}", bytes);
        if (expected is null)
        {
            Assert.NotNull(ProjectDescription.Check(_rig.Folder.Folder("p")));
            return;
        }

        var e = Assert.Throws<PySignException>(() => ProjectDescription.Check(_rig.Folder.Folder("p")));
        Assert.Equal(PySignFailure.BuildMismatch, e.Reason);
        Assert.Contains(path.FullPath, e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_description_that_can_be_built_passes()
    {
        _rig.Folder.Write("p/pyproject.toml", Fine + "description = \"a < b > c\"\n[tool.x]\ny = \"<z>\"\n");
        var described = ProjectDescription.Check(_rig.Folder.Folder("p"));
        ProjectDescription.CheckFilledIn(_rig.Folder.Folder("p"), described, new WantedMetadata(null, null, null));
    }

    [Theory]
    [InlineData("name = \"<my_package>\"", 2)]
    [InlineData("name = \"{{ cookiecutter.slug }}\"", 2)]
    [InlineData("name = \"hello\"\nversion = \"<1.0.0>\"", 3)]
    [InlineData("name = \"hello\"\nauthors = [\n    {name = \"<Your Name>\", email = \"<your.email@example.com>\"},\n]", 4)]
    [InlineData("name = \"hello\"\nauthors = [{name = \"Your Name\"}]", 3)]
    [InlineData("name = \"hello\"\ndescription = \"<Your package description>\"", 3)]
    [InlineData("name = \"hello\"\n[project.urls]\n\"Homepage\" = \"<https://gitlab.com/my_package>\"", 4)]
    [InlineData("name = \"hello\"\n[project.urls]\nhome-page = \"https://gitlab.com/my_package\"", 4)]
    [InlineData("name = \"hello\"\nurls.Source = \"https://gitlab.com/<group>/x\"", 3)]
    public void A_template_that_is_not_filled_in_stops_with_the_lines_to_change(string lines, int line)
    {
        _rig.Folder.Write("p/pyproject.toml", "[project]\n" + lines + "\n");
        var e = Assert.Throws<PySignException>(() =>
            _rig.Context.PyBuild("p", new PyBuildSettings(), TestContext.Current.CancellationToken)
        );
        Assert.Equal(PySignFailure.BuildMismatch, e.Reason);
        Assert.Contains($"line {line}: {lines.Split('\n')[line - 2].Trim()}", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("description = \"a <b> c\"")]
    [InlineData("description = \"<3\"")]
    [InlineData("authors = [{name = \"A. <B> C\", email = \"a@example.com\"}]")]
    [InlineData("classifiers = [\"<x>\"]")]
    [InlineData("readme = \"<README>\"")]
    public void What_only_looks_like_a_placeholder_is_built(string line)
    {
        var text = $"[project]\nname = \"hello\"\nversion = \"1\"\nrequires-python = \">=3.7,<4\"\n{line}\n";
        Assert.Empty(PyProject.Parse(text).Placeholders);
    }

    [Fact]
    public void A_tag_that_setuptools_scm_cannot_read_is_named_where_the_back_end_only_says_that_an_assertion_failed()
    {
        var result = new ChildProcessResult(
            1,
            [
                new ChildProcessLine(true, "/x/setuptools_scm/version.py:84: UserWarning: tag 'release/1.2' no version found"),
                new ChildProcessLine(true, "AssertionError"),
            ]
        );
        Assert.Contains("no version in the tag release/1.2", BackEndFailure.Of(result, "sdist").Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ModuleNotFoundError: No module named 'numpy'", "imports numpy")]
    [InlineData("configuration error: `project.license` must be valid exactly by one definition (2 matches found):", "PEP 639")]
    [InlineData("packaging.version.InvalidVersion: Invalid version: '1.x'", "PEP 440")]
    [InlineData("error: Multiple top-level packages discovered in a flat-layout: ['hello', 'data'].", "packages = [\"hello\"]")]
    [InlineData("LookupError: setuptools-scm was unable to detect version for /x.", "GIT_DEPTH")]
    [InlineData("RuntimeError: something of this project alone", null)]
    public void A_back_end_speaks_first_and_advice_is_given_where_the_cause_is_known(string words, string? advice)
    {
        var result = new ChildProcessResult(
            1,
            [
                new ChildProcessLine(false, "* Getting build dependencies for sdist..."),
                new ChildProcessLine(true, "Traceback (most recent call last):"),
                new ChildProcessLine(true, words),
                new ChildProcessLine(false, "ERROR Backend subprocess exited when trying to invoke build_sdist"),
            ]
        );
        var e = BackEndFailure.Of(result, "sdist");
        Assert.StartsWith($"The back end failed: {words}", e.Message, StringComparison.Ordinal);
        if (advice is null)
        {
            Assert.Null(e.Advice);
        }
        else
        {
            Assert.Contains(advice, e.Advice, StringComparison.Ordinal);
        }
    }
}

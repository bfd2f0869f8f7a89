using Cake.PySign.Tests.Rig;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Build;

/// <summary>A project that is unusual in one way.</summary>
/// <param name="Name">What is unusual.</param>
/// <param name="Modules">What must be importable to build it.</param>
/// <param name="Files">Path and text of each file, below <c>repo</c>.</param>
internal sealed record OddProject(string Name, string Modules, params (string Path, string Text)[] Files)
{
    /// <summary>What is done when everything is committed and tagged.</summary>
    public Action<TemporaryFolder>? Then { get; init; }

    /// <summary>What is done before the commit.</summary>
    public Action<TemporaryFolder>? Before { get; init; }

    /// <summary>The tag of the commit.</summary>
    public string Tag { get; init; } = "v1.2.3";

    /// <summary>Why it is refused; <see langword="null"/> where it is built as plainly as by <c>python -m build</c>.</summary>
    public PySignFailure? Refused { get; init; }

    public OddProject Where(Action<TemporaryFolder>? before = null, Action<TemporaryFolder>? then = null, string tag = "v1.2.3") =>
        this with
        {
            Before = before,
            Then = then,
            Tag = tag,
        };

    public OddProject IsRefused(PySignFailure reason) => this with { Refused = reason };
}

/// <summary>Odd projects, by back end.</summary>
internal static class OddProjects
{
    public const string Setuptools =
        "[build-system]\nrequires = [\"setuptools>=61\", \"wheel\"]\nbuild-backend = \"setuptools.build_meta\"\n";
    public const string Hatchling = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n";
    public const string Flit = "[build-system]\nrequires = [\"flit_core\"]\nbuild-backend = \"flit_core.buildapi\"\n";
    public const string Poetry = "[build-system]\nrequires = [\"poetry-core\"]\nbuild-backend = \"poetry.core.masonry.api\"\n";
    public const string Pdm = "[build-system]\nrequires = [\"pdm-pep517\"]\nbuild-backend = \"pdm.pep517.api\"\n";
    public const string Meson = "[build-system]\nrequires = [\"meson-python\"]\nbuild-backend = \"mesonpy\"\n";
    public const string Project = "[project]\nname = \"odd\"\nversion = \"1.2.3\"\ndescription = \"Odd\"\n";
    public const string Dynamic = "[project]\nname = \"odd\"\ndescription = \"Odd\"\ndynamic = [\"version\"]\n";
    public const string Scm =
        "[build-system]\nrequires = [\"setuptools>=61\", \"wheel\", \"setuptools_scm\"]\n" + "build-backend = \"setuptools.build_meta\"\n";
    public const string HatchVcs = "[build-system]\nrequires = [\"hatchling\", \"hatch-vcs\"]\nbuild-backend = \"hatchling.build\"\n";
    public const string PoetryTable =
        "[tool.poetry]\nname = \"odd\"\nversion = \"1.2.3\"\ndescription = \"Odd\"\nauthors = [\"A <a@example.org>\"]\n";
    public const string Init = "\"\"\"Odd.\"\"\"\n__version__ = \"1.2.3\"\n";
    public const string SetuptoolsModules = "setuptools, wheel";
    public const string ScmModules = "setuptools, wheel, setuptools_scm";

    public static readonly (string, string) EmptyModule = ("odd/__init__.py", Init);

    public static IReadOnlyList<OddProject> All { get; } =
    [
        .. OddSetuptools.Projects(),
        .. OddSetuptools.WithScm(),
        .. OddBackEnds.OfHatchling(),
        .. OddBackEnds.OfOthers(),
        .. OfNames(),
        .. OfFiles(),
    ];

    private static IEnumerable<OddProject> OfNames()
    {
        yield return new OddProject(
            "names: blanks and umlauts",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "[tool.setuptools.package-data]\nodd = [\"**/*\"]\n"),
            ("odd/with blank.txt", "x"),
            ("odd/ümläut/ß.json", "{}"),
            EmptyModule
        );
        yield return new OddProject(
            "names: a backslash, packed",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            ("odd/back\\slash.txt", "x"),
            EmptyModule
        ).IsRefused(PySignFailure.InvalidMetadata);
        yield return new OddProject(
            "names: a tab, packed",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            ("odd/tab\tname.txt", "x"),
            EmptyModule
        ).IsRefused(PySignFailure.InvalidMetadata);
        yield return new OddProject(
            "names: a line end, packed",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            ("odd/line\nend.txt", "x"),
            EmptyModule
        ).IsRefused(PySignFailure.InvalidMetadata);
        yield return new OddProject(
            "names: a backslash, not packed",
            "flit_core",
            ("pyproject.toml", Flit + "[project]\nname = \"odd\"\ndynamic = [\"version\", \"description\"]\n"),
            ("notes/back\\slash.txt", "x"),
            EmptyModule
        );
        yield return new OddProject(
            "names: differ in case",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            ("odd/Data.txt", "x"),
            ("odd/data.txt", "y"),
            EmptyModule
        );
        yield return new OddProject(
            "names: two Unicode forms",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            ("odd/caf\u00E9.txt", "x"),
            ("odd/cafe\u0301.txt", "y"),
            EmptyModule
        );
    }

    private static IEnumerable<OddProject> OfFiles()
    {
        yield return new OddProject("files: a link to a module", SetuptoolsModules, ("pyproject.toml", Setuptools + Project), EmptyModule)
        {
            Before = folder => File.CreateSymbolicLink(folder.File("repo/odd/linked.py").FullPath, "__init__.py"),
        };
        // A plain build fails as well where the plugin of setuptools_scm is installed: it lists the link as a file.
        yield return new OddProject(
            "files: a link to a folder",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "[tool.setuptools]\npackages = [\"odd\", \"odd.shared\"]\n"),
            ("shared/__init__.py", "x = 1\n"),
            EmptyModule
        )
        {
            Before = folder => Directory.CreateSymbolicLink(folder.File("repo/odd/shared").FullPath, "../shared"),
        }.IsRefused(PySignFailure.ToolFailed);
        yield return new OddProject(
            "files: a link out of the project to a folder with a file that was never committed",
            SetuptoolsModules,
            ("py/pyproject.toml", Setuptools + Project + "[tool.setuptools.package-data]\nodd = [\"data/*\"]\n"),
            ("py/MANIFEST.in", "graft odd\n"),
            ("py/odd/__init__.py", Init),
            ("shared/a.json", "{}")
        )
        {
            Before = folder => Directory.CreateSymbolicLink(folder.File("repo/py/odd/data").FullPath, "../../shared"),
            Then = folder => folder.Write("repo/shared/b.json", "{}"),
        }.IsRefused(PySignFailure.ForeignContent);
        yield return new OddProject(
            "files: a pointer of Git LFS with line ends of DOS",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            ("odd/model.bin", $"version https://git-lfs.github.com/spec/v1\r\noid sha256:{new string('a', 64)}\r\nsize 12345\r\n"),
            EmptyModule
        ).IsRefused(PySignFailure.MissingContent);
        yield return new OddProject(
            "files: a program",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "[tool.setuptools.package-data]\nodd = [\"*.sh\"]\n"),
            ("odd/run.sh", "#!/bin/sh\n"),
            EmptyModule
        )
        {
            Before = folder => MakeExecutable(folder.File("repo/odd/run.sh").FullPath),
        };
        yield return new OddProject(
            "files: an empty folder kept",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            ("odd/empty/.gitkeep", ""),
            EmptyModule
        );
        yield return new OddProject(
            "files: export-ignore",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            (".gitattributes", "docs export-ignore\n"),
            ("docs/a.md", "a"),
            EmptyModule
        );
        yield return new OddProject("files: dist of uv", SetuptoolsModules, ("pyproject.toml", Setuptools + Project), EmptyModule)
        {
            Then = folder => folder.Write("repo/dist/.gitignore", "*"),
        };
        yield return new OddProject(
            "files: an extension in C",
            SetuptoolsModules,
            (
                "setup.py",
                "from setuptools import setup, Extension\nsetup(name='odd', version='1.2.3', ext_modules=[Extension('odd', ['odd.c'])])\n"
            ),
            (
                "odd.c",
                "#include <Python.h>\nstatic struct PyModuleDef m = {PyModuleDef_HEAD_INIT, \"odd\", 0, -1, 0};\n"
                    + "PyMODINIT_FUNC PyInit_odd(void) { return PyModule_Create(&m); }\n"
            )
        );
    }

    public static void MakeExecutable(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, (UnixFileMode)0x1ED);
        }
    }

    /// <summary>Writes one as a repository and returns the project's folder.</summary>
    public static string Write(OddProject project, TemporaryFolder folder)
    {
        foreach (var (path, text) in project.Files)
        {
            folder.Write("repo/" + path, text);
        }

        project.Before?.Invoke(folder);
        GitTree.Commit(folder.Folder("repo").FullPath, project.Tag);
        project.Then?.Invoke(folder);
        return
            IoPath.GetDirectoryName(
                project
                    .Files.Select(file => file.Path)
                    .First(path => IoPath.GetFileName(path) is "pyproject.toml" or "setup.py" or "setup.cfg")
            )
                is { Length: > 0 } inside
            ? folder.Folder("repo/" + inside).FullPath
            : folder.Folder("repo").FullPath;
    }
}

using PySign.Packaging.Projects;

namespace PySign.Packaging.Tests.Projects;

/// <summary>Every row of the table of declarations, as the back end's own page writes it.</summary>
public sealed class DeclaredFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pysign-declared-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, string, string, string> Declarations =>
        new()
        {
            {
                "tool.setuptools_scm.version_file",
                "pyproject.toml",
                "[tool.setuptools_scm]\nversion_file = 'src/pkg/_v.py'",
                "src/pkg/_v.py"
            },
            { "tool.setuptools_scm.write_to", "pyproject.toml", "[tool.setuptools_scm]\nwrite_to = 'pkg/_v.py'", "pkg/_v.py" },
            {
                "tool.hatch.build.hooks.vcs.version-file",
                "pyproject.toml",
                "[tool.hatch.build.hooks.vcs]\nversion-file = 'pkg/_v.py'",
                "pkg/_v.py"
            },
            {
                "tool.hatch.build.targets.*.hooks.vcs.version-file",
                "pyproject.toml",
                "[tool.hatch.build.targets.sdist.hooks.vcs]\nversion-file = 'pkg/_v.py'",
                "pkg/_v.py"
            },
            {
                "tool.hatch.build.hooks.version.path",
                "pyproject.toml",
                "[tool.hatch.build.hooks.version]\npath = './pkg/_v.py'",
                "pkg/_v.py"
            },
            {
                "tool.hatch.build.targets.*.hooks.version.path",
                "hatch.toml",
                "[build.targets.wheel.hooks.version]\npath = 'pkg/_v.py'",
                "pkg/_v.py"
            },
            {
                "tool.hatch.build.artifacts",
                "pyproject.toml",
                "[tool.hatch.build]\nartifacts = ['*.so', '/pkg/data/**/*.js']",
                "pkg/a/x.so"
            },
            {
                "tool.hatch.build.targets.*.artifacts",
                "hatch.toml",
                "[build.targets.sdist]\nartifacts = ['/pkg/data/**/*.js']",
                "pkg/data/deep/down/x.js"
            },
            {
                "tool.hatch.build.force-include",
                "pyproject.toml",
                "[tool.hatch.build.force-include]\n'../x/lib.h' = 'pkg/lib.h'",
                "pkg/lib.h"
            },
            {
                "tool.hatch.build.targets.sdist.force-include",
                "pyproject.toml",
                "[tool.hatch.build.targets.sdist.force-include]\n'../x' = 'vendored'",
                "vendored/a/b.txt"
            },
            {
                "tool.hatch.build.hooks.build-scripts.scripts.*.artifacts",
                "pyproject.toml",
                "[[tool.hatch.build.hooks.build-scripts.scripts]]\nartifacts = ['pkg/web/**']",
                "pkg/web/a.js"
            },
            { "tool.hatch.build.sources", "pyproject.toml", "[tool.hatch.build]\nsources = { 'src/pkg' = 'pkg/in' }", "pkg/in/a.py" },
            {
                "tool.hatch.build.targets.sdist.sources",
                "pyproject.toml",
                "[tool.hatch.build.targets.sdist.sources]\n'src' = 'lib'",
                "lib/a.py"
            },
            { "tool.flit.external-data.directory", "pyproject.toml", "[tool.flit.external-data]\ndirectory = 'data'", "data/a/b.txt" },
            { "tool.flit.sdist.include", "pyproject.toml", "[tool.flit.sdist]\ninclude = ['pkg/made.txt', 'docs/*']", "pkg/made.txt" },
            {
                "tool.poetry.include",
                "pyproject.toml",
                "[tool.poetry]\ninclude = [{ path = 'pkg/made.c', format = 'sdist' }]",
                "pkg/made.c"
            },
            {
                "tool.poetry-dynamic-versioning.files",
                "pyproject.toml",
                "[tool.poetry-dynamic-versioning.files.\"pkg/_v.py\"]\npersistent-substitution = true",
                "pkg/_v.py"
            },
            {
                "tool.pdm.version.write_to",
                "pyproject.toml",
                "[tool.pdm.version]\nsource = 'scm'\nwrite_to = 'pkg/_v.py'",
                "src/pkg/_v.py"
            },
            { "tool.pdm.build.includes", "pyproject.toml", "[tool.pdm.build]\nincludes = ['pkg', 'pkg/made.py']", "pkg/made.py" },
            { "tool.pdm.build.source-includes", "pyproject.toml", "[tool.pdm.build]\nsource-includes = ['pkg/made.c']", "pkg/made.c" },
            { "tool.pdm.includes", "pyproject.toml", "[tool.pdm]\nincludes = ['pkg/*.c']", "pkg/made.c" },
            { "tool.pdm.source-includes", "pyproject.toml", "[tool.pdm]\nsource-includes = ['pkg/made']", "pkg/made/x.c" },
            {
                "tool.scikit-build.generate",
                "pyproject.toml",
                "[[tool.scikit-build.generate]]\npath = 'pkg/_v.py'\ntemplate = '1'",
                "pkg/_v.py"
            },
            { "tool.scikit-build.sdist.include", "pyproject.toml", "[tool.scikit-build]\nsdist.include = ['pkg/_v.py']", "pkg/_v.py" },
            { "tool.maturin.include", "pyproject.toml", "[tool.maturin]\ninclude = ['pkg/made.h']", "pkg/made.h" },
            { "tool.maturin.sdist-include", "pyproject.toml", "[tool.maturin]\nsdist-include = ['pkg/**/*.h']", "pkg/a/made.h" },
            { "tool.uv.build-backend.data.*", "pyproject.toml", "[tool.uv.build-backend]\ndata.scripts = 'bin'", "bin/made" },
            {
                "tool.uv.build-backend.source-include",
                "pyproject.toml",
                "[tool.uv.build-backend]\nsource-include = ['pkg/made.txt']",
                "pkg/made.txt"
            },
            { "tool.versioningit.write.file", "pyproject.toml", "[tool.versioningit.write]\nfile = 'src/pkg/_v.py'", "src/pkg/_v.py" },
            { "tool.versioneer.versionfile_source", "pyproject.toml", "[tool.versioneer]\nversionfile_source = 'pkg/_v.py'", "pkg/_v.py" },
        };

    [Theory]
    [MemberData(nameof(Declarations))]
    public void What_a_back_end_documents_is_read(string key, string file, string text, string name)
    {
        Assert.Contains(DeclaredFiles.Table, row => row.Key == key);
        Write(file, text);
        var declared = DeclaredFiles.Of(_folder);
        Assert.True(Declares(declared, name), $"{name} is declared by {text}");
        Assert.False(Declares(declared, "pkg/other.txt") && !text.Contains("'pkg'", StringComparison.Ordinal));
        Assert.False(Declares(declared, "secret.txt"));
    }

    [Fact]
    public void Every_row_has_its_case() =>
        Assert.Empty(DeclaredFiles.Table.Select(row => row.Key).Except(Declarations.Select(data => data.Data.Item1)));

    [Theory]
    [InlineData("setup.py", "setup(use_scm_version={\"write_to\": \"src/pkg/_v.py\"})")]
    [InlineData("setup.py", "setup(use_scm_version=dict(version_file='src/pkg/_v.py'))")]
    [InlineData("setup.py", "setup(use_scm_version={\n    'root': '.',\n    'write_to':\n        'src/pkg/_v.py',\n})")]
    [InlineData("setup.cfg", "[options]\nuse_scm_version = {\"write_to\": \"src/pkg/_v.py\"}")]
    [InlineData("setup.cfg", "[versioneer]\nversionfile_source = src/pkg/_v.py")]
    public void The_older_files_are_read_too(string file, string text)
    {
        Write(file, text);
        Assert.True(DeclaredFiles.Of(_folder).IsWritten("src/pkg/_v.py"));
    }

    [Theory]
    [InlineData("[tool.hatch.build]\nartifacts = ['*']")]
    [InlineData("[tool.poetry]\ninclude = ['**/*']")]
    [InlineData("[tool.setuptools_scm]\nversion_file = 3")]
    [InlineData("[tool.setuptools_scm\n")]
    public void What_declares_everything_or_nothing_that_can_be_read_declares_nothing(string text)
    {
        Write("pyproject.toml", text);
        Assert.False(Declares(DeclaredFiles.Of(_folder), "secret.txt"));
    }

    [Fact]
    public void What_is_taken_is_not_called_written_and_comes_from_where_the_entry_says()
    {
        Write(
            "pyproject.toml",
            "[tool.poetry]\ninclude = ['pkg', 'made.json', 'data/*.csv']\n[tool.hatch.build.force-include]\n'../x' = 'pkg/x'\n'all' = '/'\n"
        );
        var declared = DeclaredFiles.Of(_folder);
        Assert.False(declared.IsWritten("made.json"));
        Assert.Contains(declared.Taking("made.json"), entry => entry.Names("made.json"));
        Assert.DoesNotContain(declared.Taking("pkg/a.py"), entry => entry.Names("pkg/a.py"));
        Assert.Contains(declared.Taking("pkg/a.py"), entry => entry.Covers("pkg/b.py"));
        Assert.Contains(declared.Taking("data/a.csv"), entry => entry.Covers("data/b.csv"));
        Assert.DoesNotContain(declared.Taking("data/a.csv"), entry => entry.Covers("data/deep/b.csv"));
        Assert.Contains("../x/deep/y", declared.Taking("pkg/x/deep/y").Select(entry => entry.SourceOf("pkg/x/deep/y")));
        Assert.Contains("all/z", declared.Taking("z").Select(entry => entry.SourceOf("z")));
    }

    [Theory]
    [InlineData("include pkg/made.c", "pkg/made.c", true)]
    [InlineData("graft pkg\r\nprune pkg/private", "pkg/deep/made.c", true)]
    [InlineData("recursive-include pkg *.c \\\n  *.h", "pkg/deep/made.h", true)]
    [InlineData("recursive-include pkg *.c", "pkg/made.c", true)]
    [InlineData("recursive-include pkg *.c", "pkg/made.h", false)]
    [InlineData("global-include *.c", "pkg/made.c", false)]
    [InlineData("# include pkg/made.c", "pkg/made.c", false)]
    public void The_manifest_template_of_setuptools_is_read(string text, string name, bool expected)
    {
        Write("MANIFEST.in", text);
        Assert.Equal(expected, DeclaredFiles.Of(_folder).Taking(name).Count > 0);
    }

    [Fact]
    public void A_version_file_that_is_named_from_the_root_of_the_repository_is_found_below_the_project()
    {
        var project = Directory.CreateDirectory(Path.Combine(_folder, "a", "py")).FullName;
        File.WriteAllText(Path.Combine(project, "pyproject.toml"), "[tool.setuptools_scm]\nroot = '../..'\nwrite_to = 'a/py/pkg/_v.py'\n");
        Assert.True(DeclaredFiles.Of(project).IsWritten("pkg/_v.py"));
        Assert.False(DeclaredFiles.Of(project).IsWritten("_v.py"));
    }

    private static bool Declares(DeclaredFiles declared, string name) => declared.IsWritten(name) || declared.Taking(name).Count > 0;

    [Theory]
    [InlineData("setuptools.build_meta", "setup.cfg", true)]
    [InlineData("maturin", "Cargo.lock", true)]
    [InlineData("setuptools.build_meta", "Cargo.lock", false)]
    [InlineData("hatchling.build", "notes.txt", false)]
    public void What_a_back_end_writes_into_every_sdist_is_known(string backEnd, string name, bool expected)
    {
        Write("pyproject.toml", $"[build-system]\nrequires = []\nbuild-backend = '{backEnd}'\n");
        Assert.Equal(expected, DeclaredFiles.Of(_folder).IsMade(name));
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);
}

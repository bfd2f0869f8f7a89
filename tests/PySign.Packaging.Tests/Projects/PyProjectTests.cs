using PySign.Packaging.Metadata;
using PySign.Packaging.Projects;

namespace PySign.Packaging.Tests.Projects;

public sealed class PyProjectTests
{
    [Fact]
    public void A_project_is_read()
    {
        var project = PyProject.Parse(
            """
            [build-system]
            requires = ["setuptools>=61"]
            build-backend = "setuptools.build_meta"
            [project]
            name = "Hello-PySign"
            dynamic = ["version"]
            requires-python = ">=3.9"
            urls = {Homepage = "https://example.org", "Issue Tracker" = "https://example.org/i"}
            """
        );
        Assert.Equal(
            ("Hello-PySign", null, ">=3.9", "setuptools.build_meta"),
            (project.Name, project.Version, project.RequiresPython, project.BuildBackend)
        );
        Assert.Equal(["version"], project.Dynamic);
        Assert.Equal(["setuptools>=61"], project.BuildRequires);
        Assert.Equal(
            [new ProjectUrl("Homepage", "https://example.org"), new ProjectUrl("Issue Tracker", "https://example.org/i")],
            project.Urls
        );
        Assert.True(project.HasProjectTable);
    }

    [Theory]
    [InlineData("[project]\nname = \"a\"  # name\nversion = '1' # v\n", "[project]\nname = \"b\"  # name\nversion = '2' # v\n")]
    [InlineData("project.name = \"a\"\nproject.version = \"1\"\n", "project.name = \"b\"\nproject.version = \"2\"\n")]
    [InlineData("project = { name = 'a', version = \"1\" }", "project = { name = 'b', version = \"2\" }")]
    [InlineData(
        "[ \"project\" ]\r\n\"name\"=\"a\"\r\n'version'=\"\"\"1\"\"\"\r\n",
        "[ \"project\" ]\r\n\"name\"=\"b\"\r\n'version'=\"\"\"2\"\"\"\r\n"
    )]
    [InlineData(
        "\ufeff[tool.x]\nname='n'\nversion='v'\n[project]\n\tversion = '''1'''\n\tname = 'a'",
        "\ufeff[tool.x]\nname='n'\nversion='v'\n[project]\n\tversion = '''2'''\n\tname = 'b'"
    )]
    public void An_edit_changes_the_value_and_no_other_byte(string before, string after) =>
        Assert.Equal(after, PyProject.Parse(before).WithName("b").WithVersion("2").ToString());

    [Theory]
    [InlineData(
        "[project]\nname = 'a'\n[project.urls]\nhomepage = \"https://a.example\"\n",
        "[project]\nname = 'a'\n[project.urls]\nhomepage = \"https://h.example\"\n"
    )]
    [InlineData(
        "[project]\nname = 'a'\n[project.urls]\n\"Home Page\" = 'https://a.example'\n",
        "[project]\nname = 'a'\n[project.urls]\n\"Home Page\" = 'https://h.example'\n"
    )]
    [InlineData(
        "[project]\nname = 'a'\n[project.urls]\n  Source = 's' # s\n\n[tool.x]\n",
        "[project]\nname = 'a'\n[project.urls]\n  Source = 's' # s\n  Homepage = \"https://h.example\"\n\n[tool.x]\n"
    )]
    [InlineData("[project]\nname = 'a'\n[project.urls]", "[project]\nname = 'a'\n[project.urls]\nHomepage = \"https://h.example\"")]
    [InlineData(
        "[project]\nname = 'a'\nurls.Source = 's'\nkeywords = []\n",
        "[project]\nname = 'a'\nurls.Source = 's'\nurls.Homepage = \"https://h.example\"\nkeywords = []\n"
    )]
    [InlineData("[project]\nname = 'a'\nurls = {}\n", "[project]\nname = 'a'\nurls = { Homepage = \"https://h.example\" }\n")]
    [InlineData(
        "[project]\nname = 'a'\nurls = {Source = 's' } # u\n",
        "[project]\nname = 'a'\nurls = {Source = 's', Homepage = \"https://h.example\" } # u\n"
    )]
    [InlineData(
        "project = {name = 'a', urls.Source = 's'}\n",
        "project = {name = 'a', urls.Source = 's', urls.Homepage = \"https://h.example\"}\n"
    )]
    [InlineData("project = {name = 'a'}\n", "project = {name = 'a', urls = { Homepage = \"https://h.example\" }}\n")]
    [InlineData("project.name = 'a'\n", "project.name = 'a'\nproject.urls.Homepage = \"https://h.example\"\n")]
    [InlineData(
        "[project]\r\nname = 'a'\r\n\r\n[tool.x]\r\n",
        "[project]\r\nname = 'a'\r\n\r\n[project.urls]\r\nHomepage = \"https://h.example\"\r\n\r\n[tool.x]\r\n"
    )]
    [InlineData("[project]\nname = 'a'", "[project]\nname = 'a'\n\n[project.urls]\nHomepage = \"https://h.example\"")]
    public void A_url_is_replaced_or_added_in_the_form_the_table_has(string before, string after) =>
        Assert.Equal(after, PyProject.Parse(before).WithUrl("Homepage", "https://h.example").ToString());

    [Fact]
    public void A_label_with_blanks_is_added_in_quotes() =>
        Assert.Contains(
            "\"Issue Tracker\" = \"https://h.example\"",
            PyProject.Parse("[project]\nname = 'a'\n").WithUrl("Issue Tracker", "https://h.example").ToString(),
            StringComparison.Ordinal
        );

    [Fact]
    public void Two_keys_of_one_label_are_ambiguous()
    {
        var project = PyProject.Parse("[project]\nname = 'a'\n[project.urls]\nhomepage = 'x'\n\"Home Page\" = 'y'\n");
        Assert.Equal(
            PackagingFailure.AmbiguousUrlLabel,
            Assert.Throws<PackagingException>(() => project.WithUrl("Homepage", "https://h.example")).Reason
        );
    }

    [Theory]
    [InlineData(
        "[build-system]\nrequires = ['setuptools>=64', 'setuptools_scm[toml]>=8']\nbuild-backend = 'setuptools.build_meta'",
        DynamicSourceKind.EnvironmentVariable,
        "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_HELLO_PYSIGN"
    )]
    [InlineData(
        "[build-system]\nrequires = ['hatchling', 'hatch-vcs']\nbuild-backend = 'hatchling.build'",
        DynamicSourceKind.EnvironmentVariable,
        "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_HELLO_PYSIGN"
    )]
    [InlineData("[build-system]\nrequires = ['pbr']\nbuild-backend = 'pbr.build'", DynamicSourceKind.EnvironmentVariable, "PBR_VERSION")]
    [InlineData(
        "[build-system]\nrequires = ['pdm-backend']\nbuild-backend = 'pdm.backend'\n[tool.pdm.version]\nsource = 'scm'",
        DynamicSourceKind.EnvironmentVariable,
        "PDM_BUILD_SCM_VERSION"
    )]
    [InlineData(
        "[build-system]\nrequires = ['poetry-core', 'poetry-dynamic-versioning']\nbuild-backend = 'poetry_dynamic_versioning.backend'",
        DynamicSourceKind.EnvironmentVariable,
        "POETRY_DYNAMIC_VERSIONING_BYPASS"
    )]
    [InlineData(
        "[build-system]\nrequires = ['flit_core<4']\nbuild-backend = 'flit_core.buildapi'\n[tool.flit.module]\nname = 'hello'",
        DynamicSourceKind.SourceFile,
        "hello.__version__"
    )]
    [InlineData(
        "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n[tool.hatch.version]\npath = 'src/x/__about__.py'",
        DynamicSourceKind.SourceFile,
        "src/x/__about__.py"
    )]
    [InlineData("[tool.setuptools.dynamic]\nversion = {attr = 'hello.__version__'}", DynamicSourceKind.SourceFile, "hello.__version__")]
    [InlineData("[tool.setuptools.dynamic]\nversion = {file = ['VERSION']}", DynamicSourceKind.SourceFile, "VERSION")]
    [InlineData(
        "[build-system]\nrequires = ['poetry-core>=2']\nbuild-backend = 'poetry.core.masonry.api'\n[tool.poetry]\nversion = '1'",
        DynamicSourceKind.ToolTable,
        "tool.poetry.version"
    )]
    [InlineData("[build-system]\nrequires = ['other']\nbuild-backend = 'other.api'", DynamicSourceKind.Unknown, "")]
    public void A_dynamic_version_is_refused_with_the_way_of_the_back_end(string rest, DynamicSourceKind kind, string location)
    {
        var project = PyProject.Parse($"[project]\nname = 'Hello-PySign'\ndynamic = ['version']\n{rest}\n");
        Assert.Equal((kind, location), (project.VersionSource!.Kind, project.VersionSource.Location));
        var refused = Assert.Throws<PackagingException>(() => project.WithVersion("2.0"));
        Assert.Equal(PackagingFailure.DynamicField, refused.Reason);
        Assert.Contains(kind == DynamicSourceKind.ToolTable ? "[tool.poetry]" : location, refused.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[tool.poetry]\nname = 'a'\n", "[tool.poetry]")]
    [InlineData("[tool.black]\n", "Add a [project] table")]
    [InlineData("", "Add a [project] table")]
    public void Without_a_project_table_an_edit_is_refused_and_says_what_there_is(string text, string found)
    {
        var refused = Assert.Throws<PackagingException>(() => PyProject.Parse(text).WithVersion("1.0"));
        Assert.Equal(PackagingFailure.NoProjectTable, refused.Reason);
        Assert.Contains(found, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Older_files_beside_a_pyproject_without_project_table_are_named()
    {
        var folder = Directory.CreateTempSubdirectory("pysign-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "setup.py"), "");
            Assert.Contains("setup.py", Assert.Throws<PackagingException>(() => PyProject.Load(folder)).Advice, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(folder, "setup.cfg"), "");
            File.WriteAllText(Path.Combine(folder, "pyproject.toml"), "[build-system]\nrequires = []\n");
            Assert.Contains(
                "setup.cfg and setup.py",
                Assert.Throws<PackagingException>(() => PyProject.Load(folder).WithName("b")).Advice,
                StringComparison.Ordinal
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("[project]\nname = 1\n")]
    [InlineData("project = 'x'\n")]
    [InlineData("[project]\nname = 'a'\nversion = '1'\ndynamic = ['version']\n")]
    [InlineData("[project]\ndynamic = 'version'\n")]
    [InlineData("[project]\nurls = ['x']\n")]
    [InlineData("[build-system]\nrequires = [1]\n")]
    public void A_project_that_breaks_the_specification_is_refused(string text) =>
        Assert.Equal(PackagingFailure.InvalidProject, Assert.Throws<PackagingException>(() => PyProject.Parse(text)).Reason);

    [Fact]
    public void Values_that_the_fields_cannot_hold_are_refused()
    {
        var project = PyProject.Parse("[project]\nname = 'a'\nversion = '1'\n");
        Assert.Equal(PackagingFailure.InvalidName, Assert.Throws<PackagingException>(() => project.WithName("a b")).Reason);
        Assert.Equal(PackagingFailure.InvalidVersion, Assert.Throws<PackagingException>(() => project.WithVersion("1.0-SNAPSHOT")).Reason);
        Assert.Equal(
            PackagingFailure.InvalidValue,
            Assert.Throws<PackagingException>(() => project.WithUrl("Homepage", "https://u:p@h.example")).Reason
        );
        Assert.Equal(
            PackagingFailure.InvalidValue,
            Assert.Throws<PackagingException>(() => project.WithUrl("a,b", "https://h.example")).Reason
        );
        Assert.Equal(
            PackagingFailure.InvalidValue,
            Assert.Throws<PackagingException>(() => project.WithUrl("Homepage", "file:///etc")).Reason
        );
        Assert.Equal(
            PackagingFailure.MissingField,
            Assert.Throws<PackagingException>(() => PyProject.Parse("[project]\nname = 'a'\n").WithVersion("1")).Reason
        );
    }
}

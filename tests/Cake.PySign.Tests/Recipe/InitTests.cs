using Cake.PySign.Recipe;
using Cake.PySign.Recipe.Init;
using Cake.PySign.Tests.CiFiles;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Recipe;

/// <summary>What PySign-Init writes into a repository, and what it leaves alone.</summary>
public sealed class InitTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("https://github.com/acme/hello.git", null, ".github/workflows/release-pypi.yml,.github/workflows/tests.yml")]
    [InlineData("git@github.com:acme/hello.git", "github", ".github/workflows/release-registry.yml,.github/workflows/tests.yml")]
    [InlineData("https://gitlab.example/acme/hello.git", null, ".gitlab-ci.yml")]
    [InlineData("https://git.example/acme/hello.git", "gitlab-pypi", ".gitlab-ci.yml")]
    [InlineData("https://git.example/acme/hello.git", null, "")]
    public void An_empty_repository_gets_all_that_a_release_needs_and_a_second_run_has_nothing_to_do(
        string remote,
        string? flavor,
        string files
    )
    {
        Project("pyproject.toml", remote);
        Init(flavor);
        string[] expected =
        [
            .. new[] { ".config/dotnet-tools.json", ".gitignore", "build.cake" },
            .. files.Split(',', StringSplitOptions.RemoveEmptyEntries),
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Written());
        Assert.Contains("RunPySign(", Read("build.cake"), StringComparison.Ordinal);
        Assert.Contains("cake.tool", Read(".config/dotnet-tools.json"), StringComparison.Ordinal);

        var before = Content();
        Init(flavor);
        Assert.Equal(before, Content());
        Assert.DoesNotContain("would change", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_exists_is_changed_only_where_that_was_asked_for_and_once()
    {
        Project("pyproject.toml", "https://gitlab.example/acme/hello.git");
        _rig.Folder.Write(".gitignore", "*.pyc\n/dist");
        _rig.Folder.Write(
            "dotnet-tools.json",
            """{ "version": 1, "isRoot": true, "tools": { "other": { "version": "1.0.0", "commands": ["o"] } } }"""
        );
        _rig.Folder.Write(".gitlab-ci.yml", "mine:\n  script: [echo hello]\n");
        _rig.Folder.Write("build.cake", "Task(\"Mine\");\nRunTarget(\"Mine\");\n");
        var before = Content();
        Init(null);
        Assert.Equal([".gitlab/pysign.gitlab-ci.yml"], Content().Keys.Except(before.Keys));
        Assert.All(before, pair => Assert.Equal(pair.Value, Content()[pair.Key]));
        Assert.Contains("--init-overwrite=build.cake,dotnet-tools.json,.gitignore,.gitlab-ci.yml", _rig.Log.Text, StringComparison.Ordinal);

        Init(null, ".gitignore");
        Assert.Equal("*.pyc\n/dist\ntools/\nartifacts/\nconsumer/\ntest-results/\n", Read(".gitignore"));
        Assert.Equal(before["build.cake"], Read("build.cake"));

        Init(null, "all");
        Assert.StartsWith("include:\n  - local: .gitlab/pysign.gitlab-ci.yml\n\nmine:", Read(".gitlab-ci.yml"), StringComparison.Ordinal);
        Assert.StartsWith("#load nuget:?package=Cake.PySign&version=", Read("build.cake"), StringComparison.Ordinal);
        Assert.EndsWith(before["build.cake"], Read("build.cake"), StringComparison.Ordinal);
        var manifest = Read("dotnet-tools.json");
        Assert.Contains("\"other\"", manifest, StringComparison.Ordinal);
        Assert.Contains("\"cake.tool\"", manifest, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_rig.Folder.Folder(".config").FullPath));

        var after = Content();
        Init(null, "all");
        Assert.Equal(after, Content());
    }

    [Fact]
    public void What_is_changed_keeps_its_line_ends_and_its_mark_and_what_is_no_text_is_left_to_a_person()
    {
        Project("pyproject.toml", "https://gitlab.example/acme/hello.git");
        _rig.Folder.Write(".gitignore", "*.pyc\r\ntools/\r\n/dist");
        _rig.Folder.Write(".gitlab-ci.yml", "\uFEFFmine:\r\n  script: [echo hello]\r\n");
        var latin = _rig.Folder.Write("build.cake", [.. "// gr"u8, 0xFC, .. "n\n"u8]).FullPath;
        _rig.Folder.Write("dotnet-tools.json", "{ // ours\n \"version\": 1, \"isRoot\": true, \"tools\": {} }\n");
        var before = File.ReadAllBytes(latin);
        Init(null, ".gitignore,.gitlab-ci.yml");
        Assert.Equal("*.pyc\r\ntools/\r\n/dist\r\nartifacts/\r\nconsumer/\r\ntest-results/\r\n", Read(".gitignore"));
        Assert.StartsWith(
            "\uFEFFinclude:\r\n  - local: .gitlab/pysign.gitlab-ci.yml\r\n\r\nmine:\r\n",
            System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(_rig.Folder.File(".gitlab-ci.yml").FullPath)),
            StringComparison.Ordinal
        );
        Init(null, "all");
        Assert.Equal(before, File.ReadAllBytes(latin));
        Assert.Contains("// ours", Read("dotnet-tools.json"), StringComparison.Ordinal);
        Assert.Contains("not UTF-8", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("packages/core", "core-v{version}")]
    [InlineData("my pro jékt~", "my-pro-j-kt-v{version}")]
    [InlineData("libs/[x]*", "x-v{version}")]
    [InlineData("ö", "v{version}")]
    public void Tags_of_a_folder_have_names_that_git_takes(string project, string pattern) =>
        Assert.Equal(pattern, new InitLook("/", project, null).TagPattern);

    [Fact]
    public void A_project_in_a_folder_of_a_repository_gets_tags_and_paths_of_its_own()
    {
        Project("packages/core/pyproject.toml", "https://gitlab.example/acme/many.git");
        _rig.Folder.Write("pyproject.toml", "[tool.ruff]\nline-length = 100\n");
        Init("gitlab-pypi");
        Assert.Contains("PySign.Options.ProjectDirectory = \"packages/core\";", Read("build.cake"), StringComparison.Ordinal);
        Assert.Contains("PySign.Options.TagPattern = \"core-v{version}\";", Read("build.cake"), StringComparison.Ordinal);
        var pipeline = YamlMap.Parse(Read(".gitlab-ci.yml"));
        Assert.Equal("pypi", pipeline.Map("publish").Map("id_tokens").Map("PYPI_ID_TOKEN").Text("aud"));
        Assert.Equal("https://upload.pypi.org/legacy/", pipeline.Map(".stage").Variables("variables")["PYSIGN_REPOSITORY_URL"]);
        Assert.Contains(pipeline.Map("tests").Texts("script"), line => line.EndsWith("\"./packages/core\"", StringComparison.Ordinal));

        Init("github-pypi");
        var workflow = YamlMap.Parse(Read(".github/workflows/release-pypi.yml"));
        Assert.Equal(["core-v*"], workflow.Map("on").Map("push").Texts("tags"));
    }

    [Fact]
    public void Several_projects_are_named_and_one_is_asked_for()
    {
        Project("packages/core/pyproject.toml", "https://gitlab.example/acme/many.git");
        _rig.Folder.Write("packages/extra/setup.py", "from setuptools import setup\nsetup()\n");
        var e = Assert.Throws<PySignException>(() => Init(null));
        Assert.Equal(PySignFailure.MissingFile, e.Reason);
        Assert.Contains("packages/core, packages/extra", e.Message, StringComparison.Ordinal);
        Init(null, project: "packages/extra");
        Assert.Contains("packages/extra", Read("build.cake"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".gitignore", false)]
    [InlineData(".github", true)]
    [InlineData(".github/workflows", true)]
    [InlineData("build.cake", false)]
    public void Nothing_is_written_through_a_link_and_then_nothing_at_all(string link, bool isFolder)
    {
        Project("pyproject.toml", "https://github.com/acme/hello.git");
        using var elsewhere = new TemporaryFolder();
        var path = Path.Combine(_rig.Folder.Path, link);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var target = isFolder ? elsewhere.Path : elsewhere.Write("file", "somebody else's").FullPath;
        File.CreateSymbolicLink(path, target);
        var e = Assert.Throws<PySignException>(() => Init(null, "all"));
        Assert.Equal(PySignFailure.OutputUnwritable, e.Reason);
        Assert.Equal(isFolder ? 0 : 1, Directory.GetFileSystemEntries(elsewhere.Path).Length);
        Assert.False(File.Exists(Path.Combine(_rig.Folder.Path, ".config", "dotnet-tools.json")));
    }

    [Fact]
    public void Names_that_mean_nothing_are_refused()
    {
        Project("pyproject.toml", "https://github.com/acme/hello.git");
        Assert.Contains("github-pypi", Assert.Throws<PySignException>(() => Init("bitbucket")).Message, StringComparison.Ordinal);
        Assert.Contains("setup.py", Assert.Throws<PySignException>(() => Init(null, "setup.py")).Message, StringComparison.Ordinal);
        Assert.Empty(Written());
    }

    [Fact]
    public void A_tests_workflow_of_ones_own_stays_beside_that_of_the_release()
    {
        Project("pyproject.toml", "https://github.com/acme/hello.git");
        _rig.Folder.Write(".github/workflows/tests.yml", "on: push\n");
        Init(null);
        Assert.Equal("on: push\n", Read(".github/workflows/tests.yml"));
        Assert.True(File.Exists(Path.Combine(_rig.Folder.Path, ".github/workflows/pysign-tests.yml")));
        Init(null);
        Assert.DoesNotContain("would change", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_release_that_is_there_is_not_joined_by_a_second_one_and_another_upload_is_named()
    {
        Project("pyproject.toml", "https://github.com/acme/hello.git");
        _rig.Folder.Write(".github/workflows/release.yml", "jobs:\n  sign:\n    steps:\n      - run: dotnet cake --target=PySign-Sign\n");
        _rig.Folder.Write(".github/workflows/publish.yaml", "jobs:\n  upload:\n    steps:\n      - uses: pypa/gh-action-pypi-publish@v1\n");
        Init(null);
        Assert.False(File.Exists(Path.Combine(_rig.Folder.Path, ".github/workflows/release-pypi.yml")));
        Assert.Contains("publish.yaml uploads by itself", _rig.Log.Text, StringComparison.Ordinal);

        _rig.Folder.Write(".gitlab-ci.yml", "sign:\n  script: [dotnet cake --target=PySign-Sign]\n");
        Init("gitlab");
        Assert.False(Directory.Exists(Path.Combine(_rig.Folder.Path, ".gitlab")));
        Assert.Contains("would change .gitlab-ci.yml", _rig.Log.Text, StringComparison.Ordinal);
    }

    private void Init(string? flavor, string? overwrite = null, string? project = null)
    {
        var options = ReleaseOptions.From(_rig.Context);
        if (project is not null)
        {
            options.ProjectDirectory = project;
        }

        InitStage.Run(_rig.Context, options, flavor, overwrite);
    }

    private void Project(string description, string remote)
    {
        _rig.Folder.Write(description, "[build-system]\nrequires = [\"setuptools\"]\n[project]\nname = \"hello\"\nversion = \"1.0.0\"\n");
        _rig.Folder.Write(".git/config", $"[core]\n\tbare = false\n[remote \"origin\"]\n\turl = {remote}\n");
    }

    private string Read(string path) => File.ReadAllText(Path.Combine(_rig.Folder.Path, path));

    private Dictionary<string, string> Content() =>
        Directory
            .GetFiles(_rig.Folder.Path, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_rig.Folder.Path, file))
            .Where(file => !file.StartsWith(".git/", StringComparison.Ordinal))
            .ToDictionary(file => file, Read);

    private IEnumerable<string> Written() =>
        Content().Keys.Where(file => !file.EndsWith("pyproject.toml", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}

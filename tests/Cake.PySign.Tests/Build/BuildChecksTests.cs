using Cake.PySign.Build;
using Cake.PySign.Common.Processes;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Build;

/// <summary>What a build may not hand over, each with its own reason, and how each check is waived; the tools are played.</summary>
public sealed class BuildChecksTests : IDisposable
{
    private const string PrivateKey = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n";
    private const string Certificate = "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n";

    private readonly CakeRig _rig = new();
    private byte[] _sdist = SampleDistribution.Sdist();
    private byte[] _wheel = SampleDistribution.Wheel();
    private string _built = "hello_pysign-1.0.0";
    private string[]? _tracked;
    private Func<ChildProcessStart, ChildProcessResult?> _twine = start => FakeChildProcessRunner.Twine(start);

    public BuildChecksTests()
    {
        _rig.Folder.Write("project/pyproject.toml", "[project]\nname = \"hello-pysign\"\nversion = \"1.0.0\"\n");
        _rig.Folder.Write("python3", "");
    }

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("setup.cfg", true)]
    [InlineData("src/hello_pysign/_version.py")]
    [InlineData(".pip-cache/http/a/b/c/d/e/abcde")]
    public async Task What_version_control_does_not_have_is_not_published(string name, bool inProject = false)
    {
        Track("pyproject.toml");
        if (inProject)
        {
            _rig.Folder.Write($"project/{name}", "mine");
        }

        _sdist = SampleDistribution.Sdist(more: (name, "x"));
        await RefusesAsync(PySignFailure.ForeignContent, PyBuildCheck.Content, name);
        await PassesAsync(settings => settings.AllowedFiles.Add(name.Replace("hello", "*", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_lies_behind_a_tracked_link_is_published_where_it_is_tracked_itself()
    {
        Track("pyproject.toml", "shared/data.txt", "hello_pysign/shared");
        _rig.Folder.Write("project/shared/data.txt", "x");
        _rig.Folder.Write("project/shared/mine.txt", "x");
        Directory.CreateDirectory(_rig.Folder.Folder("project/hello_pysign").FullPath);
        Directory.CreateSymbolicLink(_rig.Folder.Folder("project/hello_pysign/shared").FullPath, "../shared");
        _sdist = SampleDistribution.Sdist(more: [("hello_pysign/shared/data.txt", "x")]);
        await PassesAsync();
        _sdist = SampleDistribution.Sdist(more: [("hello_pysign/shared/data.txt", "x"), ("hello_pysign/shared/mine.txt", "x")]);
        await RefusesAsync(PySignFailure.ForeignContent, PyBuildCheck.Content, "hello_pysign/shared/mine.txt");
    }

    [Fact]
    public async Task What_back_ends_write_into_every_sdist_is_expected()
    {
        Track("pyproject.toml", "src/hello.py");
        _rig.Folder.Write(
            "project/pyproject.toml",
            """
            [project]
            name = "hello-pysign"
            version = "1.0.0"
            [tool.setuptools_scm]
            version_file = "src/hello/_version.py"
            """
        );
        _sdist = SampleDistribution.Sdist(
            more: [("setup.cfg", ""), ("src/hello.egg-info/SOURCES.txt", ""), ("src/hello.py", ""), ("src/hello/_version.py", "")]
        );
        await PassesAsync();
    }

    [Theory]
    [InlineData(".pip-cache/selfcheck/x", "a cache")]
    [InlineData("downloads/http-v2/0/1/2/3/4/01234.body", "pip's cache")]
    [InlineData("src/__pycache__/x.pyc", "a cache")]
    [InlineData("env/pyvenv.cfg", "a virtual environment")]
    public async Task A_cache_is_foreign_even_when_somebody_committed_it(string name, string why)
    {
        Track("pyproject.toml", name);
        _sdist = SampleDistribution.Sdist(more: (name, "x"));
        Assert.Contains(
            why,
            (await RefusesAsync(PySignFailure.ForeignContent, PyBuildCheck.Content, name)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(".env", "TOKEN=x")]
    [InlineData("deploy/.env.production", "TOKEN=x")]
    [InlineData("id_rsa", "x")]
    [InlineData("server.pem", PrivateKey)]
    [InlineData("server.key", PrivateKey)]
    [InlineData("chain.pem", Certificate + PrivateKey)]
    [InlineData("unknown.pem", "what is this")]
    [InlineData(".pypirc", "[pypi]")]
    [InlineData("store.p12", "x")]
    public async Task A_secret_is_not_published(string name, string text)
    {
        _sdist = SampleDistribution.Sdist(more: (name, text));
        await RefusesAsync(PySignFailure.SecretContent, PyBuildCheck.Secrets, name);
    }

    [Theory]
    [InlineData("certifi/cacert.pem", Certificate)]
    [InlineData(".env.example", "TOKEN=")]
    [InlineData("keynote.key", "PK..")]
    [InlineData("tests/server.key", PrivateKey)]
    public async Task What_only_looks_like_a_secret_passes(string name, string text)
    {
        _sdist = SampleDistribution.Sdist(more: (name, text));
        await PassesAsync();
        Assert.Equal(
            name.StartsWith("tests/", StringComparison.Ordinal),
            _rig.Log.Text.Contains($"publishes {name}", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_pointer_of_git_lfs_is_not_published_in_place_of_the_file()
    {
        const string Pointer =
            "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize "
            + "12345\n";
        _sdist = SampleDistribution.Sdist(more: ("hello_pysign/model.bin", Pointer));
        await RefusesAsync(PySignFailure.MissingContent, PyBuildCheck.LargeFiles, "hello_pysign/model.bin");
        await PassesAsync(settings => settings.AllowedFiles.Add("hello_pysign/model.bin"));
    }

    [Fact]
    public async Task A_module_that_git_tracks_beside_others_is_in_the_sdist()
    {
        Track("pyproject.toml", "hello_pysign/__init__.py", "hello_pysign/lost.py", "tests/test_it.py");
        _rig.Folder.Write("project/hello_pysign/lost.py", "x");
        _rig.Folder.Write("project/tests/test_it.py", "x");
        _sdist = SampleDistribution.Sdist(more: [("hello_pysign/__init__.py", "x"), ("pyproject.toml", "x")]);
        await RefusesAsync(PySignFailure.MissingContent, PyBuildCheck.Completeness, "hello_pysign/lost.py");
        _rig.Folder.Write("project/MANIFEST.in", "exclude hello_pysign/lost.py\n");
        await PassesAsync();
        Assert.Contains(
            "Excluded from the sdist by the project's configuration: hello_pysign/lost.py",
            _rig.Log.Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_package_of_the_tree_that_no_wheel_has_is_said()
    {
        Track("pyproject.toml", "consumer/__init__.py", "tests/__init__.py", "src/hello_pysign/__init__.py");
        await PassesAsync();
        Assert.Contains("The package consumer of the tree is in no wheel", _rig.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("The package tests", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_other_systems_take_for_one_are_said()
    {
        _sdist = SampleDistribution.Sdist(more: [("README", "x"), ("readme", "x")]);
        await PassesAsync();
        Assert.Contains("README and readme differ only in case", _rig.Log.Text, StringComparison.Ordinal);

        SystemPython.Require("unicodedata");
        var groups = await CollidingNames.FindAsync(
            ["caf\u00e9", "cafe\u0301", "cafe", "CAF\u00c9", "other"],
            SystemPython.Path,
            _rig.Folder.Path,
            _rig.Services().Processes,
            Token
        );
        Assert.Equal(["caf\u00e9", "cafe\u0301", "CAF\u00c9"], Assert.Single(groups));
    }

    [Theory]
    [InlineData("UNKNOWN", PySignFailure.ToolTooOld)]
    [InlineData("other", PySignFailure.BuildMismatch)]
    public async Task A_back_end_that_does_not_read_the_project_table_is_refused_by_name(string name, PySignFailure reason)
    {
        _built = $"{name}-0.0.0";
        _sdist = SampleDistribution.Sdist(name, "0.0.0");
        _wheel = SampleDistribution.Wheel(name, "0.0.0");
        var e = await Assert.ThrowsAsync<PySignException>(() => BuildAsync(_ => { }));
        Assert.Equal(reason, e.Reason);
        Assert.Contains("setuptools does not read it", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wheel_with_a_file_that_its_RECORD_does_not_list_is_refused()
    {
        _wheel = SampleDistribution.Wheel(unrecorded: ("hello_pysign/extra.py", "x"));
        await RefusesAsync(PySignFailure.RecordMismatch, PyBuildCheck.Record, "hello_pysign/extra.py: in the wheel and not in RECORD");
    }

    [Fact]
    public async Task A_python_that_the_project_does_not_support_is_refused()
    {
        _wheel = SampleDistribution.Wheel(fields: "Requires-Python: >=3.12\n");
        await RefusesAsync(
            PySignFailure.UnsupportedPython,
            PyBuildCheck.RequiresPython,
            "Requires-Python >=3.12, and was built with Python 3.11.2"
        );
    }

    [Fact]
    public async Task What_twine_says_becomes_an_error_with_its_words()
    {
        _twine = Says("FAILED", "ERROR    `long_description` has syntax errors in markup and would not be rendered on PyPI.");
        await RefusesAsync(PySignFailure.InvalidMetadata, PyBuildCheck.Metadata, "would not be rendered on PyPI");
    }

    [Fact]
    public async Task What_twine_only_warns_of_is_shown_and_stops_a_strict_build()
    {
        _twine = Says("FAILED due to warnings", "WARNING  `long_description_content_type` missing. defaulting to `text/x-rst`.");
        await PassesAsync();
        Assert.Contains("long_description_content_type", _rig.Log.Text, StringComparison.Ordinal);
        var e = await Assert.ThrowsAsync<PySignException>(() => BuildAsync(settings => settings.StrictMetadata = true));
        Assert.Equal(PySignFailure.InvalidMetadata, e.Reason);
    }

    [Fact]
    public async Task A_twine_that_saw_no_file_has_accepted_none()
    {
        _twine = start =>
            FakeChildProcessRunner.Twine(start) is null
                ? null
                : FakeChildProcessRunner.Result(0, "pysign-twine 4.0.2", "ERROR    No files to check.");
        await RefusesAsync(PySignFailure.InvalidMetadata, PyBuildCheck.Metadata, "not a word of this file");
    }

    [Fact]
    public async Task A_metadata_version_that_twine_does_not_know_is_told_from_bad_metadata()
    {
        _twine = start =>
            FakeChildProcessRunner.Twine(start) is null
                ? null
                : FakeChildProcessRunner.Result(
                    1,
                    "pysign-twine 4.0.2",
                    "Checking x.whl: ERROR    InvalidDistribution: Metadata is missing required fields: Name, Version.",
                    "         Make sure the distribution includes the files where those fields are specified, and is using a supported "
                        + "Metadata-Version: 1.0, 1.1, 1.2, 2.0, 2.1, 2.2."
                );
        await RefusesAsync(PySignFailure.ToolTooOld, PyBuildCheck.MetadataVersion, "twine 4.0.2 does not know Metadata-Version 2.1");
    }

    [Fact]
    public async Task Without_twine_the_metadata_is_not_called_good()
    {
        _twine = start =>
            start.Arguments is ["-c", TwineCheck.Bootstrap, ..]
            || start.Arguments is ["-c", var code] && code.Contains("twine", StringComparison.Ordinal)
                ? FakeChildProcessRunner.Result(1, "ModuleNotFoundError: No module named 'twine'")
                : null;
        var e = await Assert.ThrowsAsync<PySignException>(() => BuildAsync(_ => { }));
        Assert.Equal(PySignFailure.ToolNotFound, e.Reason);
        Assert.Contains("has no twine", e.Message, StringComparison.Ordinal);
        await PassesAsync(settings =>
        {
            settings.WaivedChecks.Add(PyBuildCheck.Metadata);
            settings.WaivedChecks.Add(PyBuildCheck.MetadataVersion);
        });
    }

    [Theory]
    [InlineData(">=3.9", "3.11.2", true)]
    [InlineData(">=3.9,<4", "3.11.2", true)]
    [InlineData("<3.11", "3.11.2", false)]
    [InlineData("!=3.11.*", "3.11.2", false)]
    [InlineData("==3.11.*", "3.11.2", true)]
    [InlineData("~=3.9", "3.11.2", true)]
    [InlineData("~=3.9.0", "3.11.2", false)]
    [InlineData(">3.11", "3.11.2", true)]
    [InlineData(">= 2.7, !=3.0.*, !=3.1.*", "3.13.0rc1", true)]
    [InlineData("^3.9", "3.11.2", false)]
    public void Requires_Python_is_read_as_the_specification_says(string specifiers, string version, bool expected) =>
        Assert.Equal(expected, RequiresPython.Allows(specifiers, version));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Func<ChildProcessStart, ChildProcessResult?> Says(string verdict, string line) =>
        start =>
            FakeChildProcessRunner.Twine(start, verdict) is { } result
                ? result with
                {
                    Lines = [.. result.Lines.Take(2), new ChildProcessLine(false, line), .. result.Lines.Skip(2)],
                }
                : null;

    private void Track(params string[] files)
    {
        _tracked = files;
        _rig.Folder.Write("project/.git/HEAD", "ref: refs/heads/main\n");
        _rig.Folder.Write("bin/git", "");
        _rig.Environment.Variables["PATH"] = _rig.Folder.Folder("bin").FullPath;
    }

    private async Task<PySignException> RefusesAsync(PySignFailure reason, PyBuildCheck check, string named)
    {
        var e = await Assert.ThrowsAsync<PySignException>(() => BuildAsync(_ => { }));
        Assert.Equal(reason, e.Reason);
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.Contains($"{check}", e.Advice, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_rig.Folder.Folder("project/dist").FullPath), "nothing is handed over");
        await PassesAsync(settings => settings.WaivedChecks.Add(check));
        return e;
    }

    private async Task PassesAsync(Action<PyBuildSettings>? change = null)
    {
        Assert.Equal(2, (await BuildAsync(change ?? (_ => { }))).Distributions.Count);
        Directory.Delete(_rig.Folder.Folder("project/dist").FullPath, recursive: true);
    }

    private Task<BuildResult> BuildAsync(Action<PyBuildSettings> change)
    {
        var settings = new PyBuildSettings { Python = _rig.Folder.File("python3"), Isolation = BuildIsolation.None };
        change(settings);
        return new PyBuilder(_rig.Services(processes: new FakeChildProcessRunner(Answer))).BuildAsync("project", settings, null, Token);
    }

    private ChildProcessResult Answer(ChildProcessStart start)
    {
        if ((_twine(start) ?? FakeChildProcessRunner.Probe(start)) is { } answer)
        {
            return answer;
        }

        if (start.Arguments.Contains("rev-parse"))
        {
            var root = _rig.Folder.Folder("project").FullPath;
            return FakeChildProcessRunner.Result(0, root, "", $"{root}/.git", $"{root}/.git", "false");
        }

        if (start.Arguments.Contains("ls-files"))
        {
            return FakeChildProcessRunner.Result(0, _tracked!);
        }

        if (start.Arguments is ["-c", BuildFrontEnd.Bootstrap, "--outdir", var folder, var kind, ..])
        {
            Directory.CreateDirectory(folder);
            var (name, bytes) = kind == "--sdist" ? ($"{_built}.tar.gz", _sdist) : ($"{_built}-py3-none-any.whl", _wheel);
            File.WriteAllBytes(System.IO.Path.Combine(folder, name), bytes);
        }

        return FakeChildProcessRunner.Result(0);
    }
}

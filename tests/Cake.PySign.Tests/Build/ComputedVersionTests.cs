using Cake.Core;
using Cake.PySign.Build;
using Cake.PySign.Common.Logging;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Formats;
using PySign.Http;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.Build;

/// <summary>What a version must be that the back end computes from git: real clones, real setuptools_scm.</summary>
public sealed class ComputedVersionTests : IDisposable
{
    private const string Project =
        "[build-system]\nrequires = [\"setuptools>=61\", \"wheel\", \"setuptools_scm\"]\nbuild-backend = \"setuptools.build_meta\"\n"
        + "[project]\nname = \"computed\"\ndescription = \"Computed\"\ndynamic = [\"version\"]\n[tool.setuptools_scm]\n";

    private static readonly WantedMetadata _nothing = new(null, null, null);

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_shallow_clone_without_the_tag_stops_with_the_lines_for_the_CI_file()
    {
        SystemPython.Require("build.__main__");
        var clone = Clone(later: 2);
        var e = Assert.Throws<PySignException>(() => _rig.Context.PyBuild(clone, Settings(), TestContext.Current.CancellationToken));
        Assert.Equal(PySignFailure.BuildMismatch, e.Reason);
        Assert.Contains("GIT_DEPTH: \"0\"", e.Advice, StringComparison.Ordinal);
        Assert.Contains("fetch-depth: 0", e.Advice, StringComparison.Ordinal);
        Assert.Contains(nameof(PyBuildCheck.Version), e.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the tag came along")]
    [InlineData("waived")]
    [InlineData("given by variable")]
    [InlineData("not shallow")]
    [InlineData("the version is written down")]
    public async Task A_clone_that_has_what_the_version_needs_is_built(string why)
    {
        var clone = Clone(later: why == "the tag came along" ? 0 : 2, depth: why == "not shallow" ? null : 1);
        var settings = Settings();
        if (why == "waived")
        {
            settings.WaivedChecks.Add(PyBuildCheck.Version);
        }
        else if (why == "given by variable")
        {
            settings.EnvironmentVariables["SETUPTOOLS_SCM_PRETEND_VERSION"] = "1.2.3";
        }

        var sources = await ProjectSources.FindAsync(
            clone,
            withoutGit: false,
            _rig.Services().Processes,
            _rig.Environment,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(why != "not shallow", sources.Repository!.IsShallow);
        await ComputedVersion.RequireTagsAsync(
            sources,
            new Injected(null, ReadsVersionControl: why != "the version is written down"),
            _nothing,
            settings,
            TestContext.Current.CancellationToken
        );
    }

    [Theory]
    [InlineData("1.2.4.dev3", null, null, true)]
    [InlineData("1.2.3+g0123abc", null, null, true)]
    [InlineData("1.2.4.dev3+g0123abc.d20260101", null, null, true)]
    [InlineData("1.2.4.dev3", "1.2.4.dev3", null, false)]
    [InlineData("1.2.4.dev3", null, "1.2.4.dev03", false)]
    [InlineData("1.2.4rc1", null, null, false)]
    [InlineData("1.2.4.post1", null, null, false)]
    [InlineData("2!1.0", null, null, false)]
    public void A_release_has_no_development_version_that_nobody_asked_for(string built, string? asked, string? stated, bool stops)
    {
        var log = new SafeLog(_rig.Log, new SecretRedactor());
        BuiltDistribution[] distributions =
        [
            new()
            {
                Path = "x.whl",
                Sha256 = Sha256Digest.Of([]),
                Kind = DistributionKind.Wheel,
                Name = "computed",
                Version = built,
            },
        ];
        var (injected, wanted) = (new Injected(null, ReadsVersionControl: true, stated), new WantedMetadata(null, asked, null));
        var settings = Settings();
        settings.IsRelease = true;
        if (!stops)
        {
            ComputedVersion.Check(distributions, injected, wanted, settings, log);
            Assert.Empty(_rig.Log.Text);
            return;
        }

        var e = Assert.Throws<PySignException>(() => ComputedVersion.Check(distributions, injected, wanted, settings, log));
        Assert.Equal(PySignFailure.BuildMismatch, e.Reason);
        Assert.Contains($"--package-version={built}", e.Advice, StringComparison.Ordinal);

        // A rehearsal, and a release that waives the check, only say so.
        settings.IsRelease = false;
        ComputedVersion.Check(distributions, injected, wanted, settings, log);
        settings.IsRelease = true;
        settings.WaivedChecks.Add(PyBuildCheck.Version);
        ComputedVersion.Check(distributions, injected, wanted, settings, log);
        Assert.Contains("a development version that nobody asked for", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_release_of_a_commit_behind_the_tag_stops_and_is_built_when_it_is_asked_for()
    {
        SystemPython.Require("build.__main__, twine.__main__, setuptools, wheel, setuptools_scm");
        _rig.Environment.Variables["PYSIGN_PROJECT"] = Clone(later: 1, depth: null);
        _rig.Environment.Variables["PYSIGN_PYTHON"] = SystemPython.Path;
        _rig.Environment.Variables["PYSIGN_ISOLATION"] = "none";
        var e = Assert.Throws<CakeException>(() => new TaskRun(_rig).Run("PySign-Build"));
        Assert.Equal((int)ReleaseStage.Build, e.ExitCode);
        Assert.Contains("development version that nobody asked for", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_rig.Folder.File("dist/pysign.json").FullPath));

        _rig.Environment.Variables["PYSIGN_PACKAGE_VERSION"] = "1.2.4.dev1";
        new TaskRun(_rig).Run("PySign-Build");
        Assert.Equal("1.2.4.dev1", new LedgerStore(_rig.Folder.Folder("dist")).Read().Version);
    }

    private static PyBuildSettings Settings() => new() { Python = SystemPython.Path, Isolation = BuildIsolation.None };

    // A CI's clone of a repository whose tag lies so many commits back.
    private string Clone(int later, int? depth = 1)
    {
        _rig.Folder.Write("origin/pyproject.toml", Project);
        _rig.Folder.Write("origin/computed/__init__.py", "");
        var origin = GitTree.Commit(_rig.Folder.Folder("origin").FullPath);
        for (var i = 0; i < later; i++)
        {
            _rig.Folder.Write("origin/computed/later.py", $"x = {i}\n");
            origin.CommitAll();
        }

        var clone = _rig.Folder.Folder("clone").FullPath;
        string[] shallow = depth is { } commits ? [$"--depth={commits}"] : [];
        ProgramRun.Successful("git", ["clone", "-q", .. shallow, "file://" + origin.Folder, clone]);
        return clone;
    }
}

using Cake.PySign.Build;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.Build;

/// <summary>A project in a subfolder of a repository, whose back end asks git: real git, real setuptools_scm.</summary>
public sealed class MonorepoTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void It_gets_its_version_and_its_files_from_the_repository_around_it()
    {
        SystemPython.Require("build.__main__, twine.__main__, setuptools, setuptools_scm, wheel");
        _rig.Folder.Write(
            "repo/packages/one/pyproject.toml",
            """
            [build-system]
            requires = ["setuptools>=61", "setuptools_scm"]
            build-backend = "setuptools.build_meta"

            [project]
            name = "hello-mono"
            description = "One of many"
            dynamic = ["version"]

            [tool.setuptools_scm]
            root = "../.."
            """
        );
        _rig.Folder.Write("repo/packages/one/hello_mono/__init__.py", "");
        _rig.Folder.Write("repo/packages/one/hello_mono/data.bin", "only a list of tracked files brings this into the sdist");
        _rig.Folder.Write("repo/packages/two/big.txt", "another project");
        Git("init", "-q");
        Git("add", ".");
        Git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "first");
        Git("tag", "v3.1.4");
        _rig.Folder.Write("repo/packages/two/untracked.txt", "not copied, and no reason to call the tree changed");
        var built = _rig.Context.PyBuild(
            "repo/packages/one",
            new PyBuildSettings { Python = SystemPython.Path, Isolation = BuildIsolation.None },
            TestContext.Current.CancellationToken
        );
        Assert.All(built, one => Assert.Equal("3.1.4", one.Version));
        var sdist = built.Single(one => one.Kind == DistributionKind.Sdist).Path.FullPath;
        Assert.Contains("hello_mono/data.bin", DistributionContents.Files(sdist));
        Assert.DoesNotContain(DistributionContents.Files(sdist), file => file.Contains("big.txt", StringComparison.Ordinal));
    }

    private void Git(params string[] arguments) => ProgramRun.Successful("git", arguments, _rig.Folder.Folder("repo").FullPath);
}

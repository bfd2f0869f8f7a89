using Cake.PySign.Build;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.Build;

/// <summary>Real back ends, built twice.</summary>
public sealed class ReproducibilityTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    /// <summary>setuptools writes the moment of a build; the back ends that do not are built twice in <c>ProjectTableTests</c>.</summary>
    [Fact]
    public void A_project_gives_the_same_bytes_twice()
    {
        SystemPython.Require("build.__main__, setuptools, wheel");
        Project("setuptools.build_meta", "setuptools>=61");
        _rig.Folder.Write("p/dist/left-over.txt", "not looked at");
        var same = Verify();
        Assert.Equal([DistributionKind.Sdist, DistributionKind.Wheel], same.Select(one => one.Kind).Order());
        Assert.All(same, one => Assert.Equal(("hello-again", "1.0.0"), (one.Name, one.Version)));
        Assert.Equal("not looked at", File.ReadAllText(_rig.Folder.File("p/dist/left-over.txt").FullPath));
    }

    [Fact]
    public void A_project_that_packs_the_moment_and_the_place_of_its_build_is_caught_and_named()
    {
        SystemPython.Require("build.__main__, setuptools, wheel");
        Project("setuptools.build_meta", "setuptools>=61");
        _rig.Folder.Write(
            "p/setup.py",
            """
            import os, time
            from setuptools import setup
            with open("hello_again/stamp.py", "w") as f:
                f.write("BUILT_AT = %r\n" % time.time_ns())
            with open("hello_again/place.py", "w") as f:
                f.write("HOME = %r\n" % os.environ.get("HOME"))
            setup()
            """
        );
        var e = Assert.Throws<PySignException>(Verify);
        Assert.Equal(PySignFailure.NotReproducible, e.Reason);
        Assert.Contains("hello_again/stamp.py: content from byte ", e.Message, StringComparison.Ordinal);
        Assert.Contains("\"BUILT_AT = ", e.Message, StringComparison.Ordinal);
        Assert.Contains("hello_again/place.py: content from byte ", e.Message, StringComparison.Ordinal);
        Assert.Contains("hello_again-1.0.0.dist-info/RECORD: content", e.Message, StringComparison.Ordinal);
        Assert.Contains("differ in 2 of 2 files", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("__init__.py:", e.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<ReproducedDistribution> Verify() =>
        _rig.Context.PyBuildVerifyReproducible(
            "p",
            new PyBuildSettings { Python = SystemPython.Path, Isolation = BuildIsolation.None },
            TestContext.Current.CancellationToken
        );

    private void Project(string backEnd, string requirement)
    {
        _rig.Folder.Write(
            "p/pyproject.toml",
            $"""
            [build-system]
            requires = ["{requirement}"]
            build-backend = "{backEnd}"

            [project]
            name = "hello-again"
            version = "1.0.0"
            description = "Built twice"

            [tool.poetry]
            name = "hello-again"
            version = "1.0.0"
            description = "Built twice"
            authors = []

            [tool.setuptools]
            packages = ["hello_again"]
            """
        );
        _rig.Folder.Write("p/hello_again/__init__.py", "def greet():\n    return 'hello'\n");
        _rig.Folder.Write("p/hello_again/data.txt", "data\n");
    }
}

using PySign.Packaging.Projects;
using PySign.Packaging.Versions;
using static PySign.Packaging.Tests.Projects.BuildSystems;

namespace PySign.Packaging.Tests.Projects;

/// <summary>Where no single plain version can be edited, the refusal names the place and nothing is changed.</summary>
public sealed class VersionRefusalTests : IDisposable
{
    private readonly ProjectFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(
        "pkg/__init__.py",
        "set 2 times",
        "pyproject.toml|" + Setuptools + Dynamic + "[tool.setuptools.dynamic]\nversion.attr = 'pkg.__version__'\n",
        "pkg/__init__.py|try:\n    from ._v import __version__\nexcept ImportError:\n    __version__ = 'unknown'\n"
    )]
    [InlineData(
        "pkg/__init__.py",
        "'__version__ = \".\".join(info)'",
        "pyproject.toml|" + Flit + "[project]\nname = 'pkg'\ndynamic = ['version']\n",
        "pkg/__init__.py|info = ('1', '0')\n__version__ = \".\".join(info)\n"
    )]
    [InlineData(
        "pkg/__init__.py",
        "never sets __version__",
        "pyproject.toml|" + Flit + "[project]\nname = 'pkg'\ndynamic = ['version']\n",
        "pkg/__init__.py|def f():\n    __version__ = '1'\n"
    )]
    [InlineData(
        "pkg.py",
        "taken apart",
        "pyproject.toml|" + Flit + "[project]\nname = 'pkg'\ndynamic = ['version']\n",
        "pkg.py|__version__ = '1\n"
    )]
    [InlineData(
        "flit",
        "pkg.py and src/pkg.py",
        "pyproject.toml|" + Flit + "[project]\nname = 'pkg'\ndynamic = ['version']\n",
        "pkg.py|__version__ = '1'\n",
        "src/pkg.py|__version__ = '1'\n"
    )]
    [InlineData(
        "[tool.setuptools.dynamic]",
        "'gone.V'",
        "pyproject.toml|" + Setuptools + Dynamic + "[tool.setuptools.dynamic]\nversion.attr = 'gone.V'\n"
    )]
    [InlineData(
        "[tool.setuptools.dynamic]",
        "a and b",
        "pyproject.toml|" + Setuptools + Dynamic + "[tool.setuptools.dynamic]\nversion.file = ['a', 'b']\n"
    )]
    [InlineData("../V", "no such file", "pyproject.toml|" + Setuptools + Dynamic + "[tool.setuptools.dynamic]\nversion.file = '../V'\n")]
    [InlineData(
        "VERSION",
        "more than one line",
        "pyproject.toml|" + Setuptools + Dynamic + "[tool.setuptools.dynamic]\nversion.file = 'VERSION'\n",
        "VERSION|1.0\n# c\n"
    )]
    [InlineData("[project]", "neither a version", "pyproject.toml|[project]\nname = 'x'\n")]
    [InlineData("pyproject.toml", "other.api", "pyproject.toml|[build-system]\nrequires = []\nbuild-backend = 'other.api'\n" + Dynamic)]
    [InlineData("pyproject.toml", "no [project] table", "pyproject.toml|[build-system]\nrequires = []\nbuild-backend = 'other.api'\n")]
    [InlineData("pyproject.toml", "versioningit", "pyproject.toml|" + Hatch + Dynamic + "[tool.hatch.version]\nsource = 'versioningit'\n")]
    [InlineData("[tool.hatch.version]", "'other'", "pyproject.toml|" + Hatch + Dynamic + "[tool.hatch.version]\nsource = 'other'\n")]
    [InlineData(
        "v.py",
        "the expression",
        "pyproject.toml|" + Hatch + Dynamic + "[tool.hatch.version]\nsource = 'code'\npath = 'v.py'\nexpression = 'f()'\n"
    )]
    [InlineData(
        "v.py",
        "nothing that the pattern",
        "pyproject.toml|" + Hatch + Dynamic + "[tool.hatch.version]\npath = 'v.py'\n",
        "v.py|  __version__ = '1'\n"
    )]
    [InlineData(
        "[tool.hatch.version]",
        "more than can be read",
        "pyproject.toml|" + Hatch + Dynamic + "[tool.hatch.version]\npath = 'v.py'\npattern = '(?P<version>.)([a-z])\\2'\n",
        "v.py|x\n"
    )]
    [InlineData(
        "[tool.pdm.version]",
        "the call",
        "pyproject.toml|" + Pdm + Dynamic + "[tool.pdm.version]\nsource = 'call'\ngetter = 'a:b'\n"
    )]
    [InlineData("meson.build", "project()", "pyproject.toml|[build-system]\nrequires = []\nbuild-backend = 'mesonpy'\n" + Dynamic)]
    [InlineData(
        "Cargo.toml",
        "'1.0.0'",
        "pyproject.toml|[build-system]\nrequires = []\nbuild-backend = 'maturin'\n" + Dynamic,
        "Cargo.toml|[package]\nversion = '1.0.0'\n"
    )]
    [InlineData(
        "Cargo.toml",
        "not a string",
        "pyproject.toml|[build-system]\nrequires = []\nbuild-backend = 'maturin'\n" + Dynamic,
        "Cargo.toml|[package]\nversion.workspace = true\n"
    )]
    [InlineData("setup.cfg", "tag_build = .dev", "setup.cfg|[metadata]\nversion = 1.0\n[egg_info]\ntag_build = .dev\n")]
    [InlineData("setup.cfg", "no version in [metadata]", "setup.cfg|[metadata]\nname = x\n")]
    [InlineData("setup.cfg", "%(base)s", "setup.cfg|[metadata]\nversion = %(base)s\n")]
    [InlineData("setup.py", "no version given", "setup.py|from setuptools import setup\nsetup(name='x')\n")]
    [InlineData(
        "setup.py",
        "2 calls",
        "setup.py|from setuptools import setup\nif a:\n    setup(version='1')\nelse:\n    setup(version='1')\n"
    )]
    [InlineData("setup.py", "(**)", "setup.py|from setuptools import setup\nsetup(**options)\n")]
    [InlineData(
        "setup.py",
        "'versioneer' at work",
        "setup.py|import versioneer\nfrom setuptools import setup\nsetup(version=versioneer.get_version())\n"
    )]
    [InlineData(
        "setup.py",
        "'git' at work",
        "setup.py|from setuptools import setup\nv = run(['git', 'describe'])\nsetup(version=v, d=open('V').read())\n",
        "V|1.0\n"
    )]
    [InlineData(
        "setup.py",
        "a.py and b.py",
        "setup.py|from setuptools import setup\nsetup(version=read('a.py', '__version__') or read('b.py'))\n",
        "a.py|__version__ = '1'\n",
        "b.py|__version__ = '1'\n"
    )]
    [InlineData("setup.py", "only running it tells", "setup.py|from setuptools import setup\nsetup(version='1' + '.0')\n")]
    [InlineData("setup.py", "only running it tells", "setup.py|from setuptools import setup\nsetup(version=f'{a}')\n")]
    [InlineData("setup.py", "taken apart", "setup.py|setup(version='1'\n", "setup.cfg|[metadata]\n")]
    public void A_place_that_does_not_hold_one_plain_version_is_refused_by_name(string where, string found, params string[] files)
    {
        _folder.Write(files);
        var before = _folder.Snapshot();
        var refusal = VersionInjection.Find(_folder.Path, PythonVersion.Parse("2.0rc1")).Refusal;
        Assert.NotNull(refusal);
        Assert.Equal(PackagingFailure.VersionNotEditable, refusal.Reason);
        Assert.Contains(where, refusal.Input, StringComparison.Ordinal);
        Assert.Contains(found, refusal.Expected, StringComparison.Ordinal);
        Assert.NotEmpty(refusal.Advice);
        Assert.Equal(before, _folder.Snapshot());
    }

    [Fact]
    public void A_folder_without_a_project_is_refused() =>
        Assert.Equal(
            PackagingFailure.FileNotFound,
            Assert.Throws<PackagingException>(() => VersionInjection.Find(_folder.Path, PythonVersion.Parse("1"))).Reason
        );
}

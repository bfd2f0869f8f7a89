using PySign.Packaging.Projects;
using PySign.Packaging.Versions;
using static PySign.Packaging.Tests.Projects.BuildSystems;

namespace PySign.Packaging.Tests.Projects;

/// <summary>A version goes to the one place where the project's back end takes it from, and nowhere else.</summary>
public sealed class VersionInjectionTests : IDisposable
{
    private readonly ProjectFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    // A static version, in each form of the table.
    [InlineData(
        "pyproject.toml",
        "'1.0' # c",
        "'2.0rc1' # c",
        "pyproject.toml|[project]\nname = 'x'\nversion = '1.0' # c\n[tool.y]\nversion = '1.0'\n"
    )]
    [InlineData("pyproject.toml", "= \"1.0\"", "= \"2.0rc1\"", "pyproject.toml|[project]\r\nname = 'x'\r\nversion = \"1.0\" # keep\r\n")]
    [InlineData("pyproject.toml", "'0'", "'2.0rc1'", "pyproject.toml|project = {name = 'x', version = '0'}\n")]
    // setuptools: attr, in each place where it looks for the module.
    [InlineData(
        "pkg/__init__.py",
        "\"1.0\"",
        "\"2.0rc1\"",
        "pyproject.toml|" + Setuptools + Dynamic + "[tool.setuptools.dynamic]\nversion = {attr = 'pkg.__version__'}\n",
        "pkg/__init__.py|# __version__ = '0'\nx = \"__version__ = '3'\"\n__version__ = \"1.0\"  # v\n"
    )]
    [InlineData(
        "src/pkg/_v.py",
        "'1.0'",
        "'2.0rc1'",
        "pyproject.toml|" + Setuptools + Dynamic + "[tool.setuptools.dynamic.version]\nattr = 'pkg._v.V'\n",
        "src/pkg/_v.py|V: str = '1.0'\n"
    )]
    [InlineData(
        "lib/pkg.py",
        "'1.0'",
        "'2.0rc1'",
        "pyproject.toml|"
            + Setuptools
            + Dynamic
            + "[tool.setuptools]\npackage-dir = {'' = 'lib'}\n[tool.setuptools.dynamic]\nversion.attr = 'pkg.V'\n",
        "lib/pkg.py|V = '1.0'\n"
    )]
    [InlineData(
        "lib/pkg.py",
        "'1.0'",
        "'2.0rc1'",
        "pyproject.toml|"
            + Setuptools
            + Dynamic
            + "[tool.setuptools.packages.find]\nwhere = ['lib']\n[tool.setuptools.dynamic]\nversion.attr = 'pkg.V'\n",
        "lib/pkg.py|V = '1.0'\n"
    )]
    [InlineData(
        "other/_v.py",
        "'1.0'",
        "'2.0rc1'",
        "pyproject.toml|"
            + Setuptools
            + Dynamic
            + "[tool.setuptools]\npackage-dir = {pkg = 'other'}\n[tool.setuptools.dynamic]\nversion.attr = 'pkg._v.V'\n",
        "other/_v.py|V = '1.0'\n"
    )]
    [InlineData(
        "pkg/version.py",
        "'1.0'",
        "'2.0rc1'",
        "pyproject.toml|" + Setuptools + Dynamic + "[tool.setuptools.dynamic]\nversion.attr = 'pkg.__version__'\n",
        "pkg/__init__.py|from .version import number as __version__\n",
        "pkg/version.py|number = '1.0'\n"
    )]
    [InlineData(
        "VERSION",
        "1.0",
        "2.0rc1",
        "pyproject.toml|" + Setuptools + Dynamic + "[tool.setuptools.dynamic]\nversion = {file = 'VERSION'}\n",
        "VERSION|1.0\r\n"
    )]
    [InlineData(
        "a/VERSION.txt",
        "1.0",
        "2.0rc1",
        "pyproject.toml|" + Setuptools + Dynamic + "[tool.setuptools.dynamic]\nversion = {file = ['a/VERSION.txt']}\n",
        "a/VERSION.txt|\n 1.0"
    )]
    // hatchling: its own pattern, the project's pattern, code, a file of its own.
    [InlineData(
        "src/x/__about__.py",
        "\"v1.0\"",
        "\"v2.0rc1\"",
        "pyproject.toml|" + Hatch + Dynamic + "[tool.hatch.version]\npath = 'src/x/__about__.py'\n",
        "src/x/__about__.py|# SPDX\n__version__ = \"v1.0\"\n"
    )]
    [InlineData(
        "src/x/__about__.py",
        "'1.0'",
        "'2.0rc1'",
        "pyproject.toml|" + Hatch + Dynamic + "[tool.hatch.version]\npath = 'src/x/__about__.py'\n",
        "src/x/__about__.py|version: str = '1.0'\n"
    )]
    [InlineData(
        "README.md",
        "**1.0**",
        "**2.0rc1**",
        "pyproject.toml|"
            + Hatch
            + Dynamic
            + "[tool.hatch.version]\npath = 'README.md'\npattern = 'Version: \\*\\*(?P<version>[^*]+)\\*\\*$'\n",
        "README.md|# X\nVersion: **1.0**\n"
    )]
    [InlineData(
        "x.py",
        "'1.0'",
        "'2.0rc1'",
        "pyproject.toml|" + Hatch + Dynamic + "[tool.hatch.version]\nsource = 'code'\npath = 'x.py'\nexpression = 'V'\n",
        "x.py|V = '1.0'\n"
    )]
    [InlineData(
        "x.py",
        "'1.0'",
        "'2.0rc1'",
        "pyproject.toml|" + Hatch + Dynamic,
        "hatch.toml|[version]\npath = 'x.py'\n",
        "x.py|__version__ = '1.0'\n"
    )]
    // flit: the module's __version__, also of the old table without [project].
    [InlineData(
        "src/my_pkg/__init__.py",
        "'1.0'",
        "'2.0rc1'",
        "pyproject.toml|" + Flit + "[project]\nname = 'my-pkg'\ndynamic = ['version', 'description']\n",
        "src/my_pkg/__init__.py|'''Docs.'''\n__version__ = '1.0'\n"
    )]
    [InlineData(
        "a/b.py",
        "'1.0'",
        "'2.0rc1'",
        "pyproject.toml|" + Flit + Dynamic + "[tool.flit.module]\nname = 'a.b'\n",
        "a/b.py|__version__ = '1.0'\n"
    )]
    [InlineData(
        "old.py",
        "'1.0'",
        "'2.0rc1'",
        "pyproject.toml|" + Flit + "[tool.flit.metadata]\nmodule = 'old'\n",
        "old.py|__version__ = '1.0'\n"
    )]
    // pdm, scikit-build-core, maturin, poetry.
    [InlineData(
        "p.py",
        "\"1.0\"",
        "\"2.0rc1\"",
        "pyproject.toml|" + Pdm + Dynamic + "[tool.pdm.version]\nsource = 'file'\npath = 'p.py'\n",
        "p.py|x = 1\n__version__ = \"1.0\" # c\n"
    )]
    [InlineData(
        "s.py",
        "'1.0'",
        "'2.0rc1'",
        "pyproject.toml|"
            + Scikit
            + Dynamic
            + "[tool.scikit-build.metadata.version]\nprovider = 'scikit_build_core.metadata.regex'\ninput = 's.py'\n",
        "s.py|__version__ = '1.0'\n"
    )]
    [InlineData(
        "Cargo.toml",
        "\"1.0.0\"",
        "\"2.0.1\"",
        "pyproject.toml|[build-system]\nrequires = ['maturin']\nbuild-backend = 'maturin'\n" + Dynamic,
        "Cargo.toml|[package]\nname = \"x\"\nversion = \"1.0.0\"\n[dependencies]\ny = {version = '1.0.0'}\n"
    )]
    [InlineData(
        "pyproject.toml",
        "\nversion = \"1.0\"",
        "\nversion = \"2.0rc1\"",
        "pyproject.toml|"
            + Poetry
            + "[tool.poetry]\nname = \"x\"\nversion = \"1.0\"\n[tool.poetry.dependencies]\npython = \">=3.8\"\ny = { version = \"1.0\" }\n"
    )]
    [InlineData(
        "pyproject.toml",
        "\nversion = \"1.0\"",
        "\nversion = \"2.0rc1\"",
        "pyproject.toml|" + Poetry + Dynamic + "[tool.poetry]\nversion = \"1.0\"\n"
    )]
    // setup.cfg: the value itself, an attribute, a file; comments, tabs, colons and line ends stay.
    [InlineData(
        "setup.cfg",
        "= 1.0\r\n",
        "= 2.0rc1\r\n",
        "setup.cfg|# version = 0\r\n[metadata]\r\nname = x\r\nVersion = 1.0\r\n[bumpversion]\r\nversion = 1.1\r\n",
        "setup.py|from setuptools import setup\nsetup()\n"
    )]
    [InlineData(
        "setup.cfg",
        ":\t1.0",
        ":\t2.0rc1",
        "setup.cfg|[metadata]\ndescription =\n  version = 5\n\n  more\nversion:\t1.0",
        "setup.py|from setuptools import setup\nsetup()\n"
    )]
    [InlineData(
        "src/pkg/__init__.py",
        "'1.0'",
        "'2.0rc1'",
        "setup.cfg|[metadata]\nversion = attr: pkg.__version__\n[options]\npackage_dir =\n    = src\n",
        "src/pkg/__init__.py|__version__ = '1.0'\n",
        "pkg/__init__.py|__version__ = '7'\n",
        "setup.py|import setuptools\nsetuptools.setup()\n"
    )]
    [InlineData(
        "lib/pkg/v.py",
        "'1.0'",
        "'2.0rc1'",
        "setup.cfg|[metadata]\nversion = attr: pkg.v.V\n[options.packages.find]\nwhere = lib\n",
        "lib/pkg/v.py|V = '1.0'\n",
        "setup.py|import setuptools\nsetuptools.setup()\n"
    )]
    [InlineData(
        "VERSION",
        "1.0",
        "2.0rc1",
        "setup.cfg|[metadata]\nversion = file: VERSION\n",
        "VERSION|1.0\n",
        "setup.py|import setuptools\nsetuptools.setup()\n"
    )]
    [InlineData("setup.cfg", "= 1.0", "= 2.0rc1", "pyproject.toml|" + Setuptools, "setup.cfg|[metadata]\nname = x\nversion = 1.0\n")]
    [InlineData("setup.cfg", "= 1.0", "= 2.0rc1", "pyproject.toml|" + Setuptools + Dynamic, "setup.cfg|[metadata]\nversion = 1.0\n")]
    // setup.py: a literal in the call, one assigned above it, an imported one, one in a file that it reads.
    [InlineData(
        "setup.py",
        "\n    version='1.0'",
        "\n    version='2.0rc1'",
        "setup.py|from setuptools import setup\nsetup(\n    name='x',  # version='9'\n    version='1.0',\n    "
            + "install_requires=['y==1.0'],\n    long_description='''version='1.0' ''',\n)\n"
    )]
    [InlineData(
        "setup.py",
        "VERSION = \"1.0\"",
        "VERSION = \"2.0rc1\"",
        "setup.py|import setuptools\nVERSION = \"1.0\"\nsetuptools.setup(name='x', version=VERSION)\n"
    )]
    [InlineData(
        "six.py",
        "\"1.0\"",
        "\"2.0rc1\"",
        "setup.py|from setuptools import setup\nimport six\nsetup(name='six', version=six.__version__)\n",
        "six.py|__author__ = \"B\"\n__version__ = \"1.0\"\n"
    )]
    [InlineData(
        "src/x/v.py",
        "'1.0'",
        "'2.0rc1'",
        "setup.cfg|[options]\npackage_dir = =src\n",
        "setup.py|from setuptools import setup\nfrom x.v import __version__\nsetup(version=__version__)\n",
        "src/x/v.py|__version__ = '1.0'\n"
    )]
    [InlineData(
        "certifi/__init__.py",
        "\"2025.01.31\"",
        "\"2.0rc1\"",
        "setup.py|import re\nfrom setuptools import setup\nversion_regex = r'__version__ = [\"\\']([^\"\\']*)[\"\\']'\nwith "
            + "open('certifi/__init__.py') as f:\n    VERSION = re.search(version_regex, f.read()).group(1)\nsetup(name='certifi', "
            + "version=VERSION, url='https://github.com/certifi', long_description=open('README.rst').read())\n",
        "certifi/__init__.py|from .core import where\n__version__ = \"2025.01.31\"\n",
        "README.rst|1.0\nversion\n"
    )]
    [InlineData(
        "requests/__version__.py",
        "\"1.0\"",
        "\"2.0rc1\"",
        "setup.py|import os\nfrom setuptools import setup\nhere = os.path.abspath('.')\nabout = {}\nwith open(os.path.join(here, "
            + "'requests', '__version__.py')) as f:\n    exec(f.read(), about)\nsetup(name=about['__title__'], "
            + "version=about['__version__'])\n",
        "requests/__version__.py|__title__ = \"requests\"\n__version__ = \"1.0\"\n"
    )]
    [InlineData(
        "VERSION.txt",
        "1.0",
        "2.0rc1",
        "setup.py|from setuptools import setup\nsetup(version=open('VERSION.txt').read().strip())\n",
        "VERSION.txt|1.0\n"
    )]
    public void The_place_is_edited_and_no_other_byte(string file, string before, string after, params string[] files)
    {
        _folder.Write(files);
        var old = _folder.Snapshot();
        var wanted = PythonVersion.Parse(file == "Cargo.toml" ? "2.0.1" : "2.0-RC.1");
        var injection = VersionInjection.Find(_folder.Path, wanted);
        Assert.Null(injection.Refusal);
        Assert.Equal(old, _folder.Snapshot());
        injection.WriteTo(_folder.Path);
        Assert.Equal(1, old[file].Split(before).Length - 1);
        old[file] = old[file].Replace(before, after, StringComparison.Ordinal);
        Assert.Equal(old, _folder.Snapshot());

        // The place now says so, and there is nothing left to do.
        var again = VersionInjection.Find(_folder.Path, wanted);
        Assert.Equal(wanted.Normalized, again.Found);
        Assert.Empty(again.Files);
        Assert.Contains(file, injection.Place, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_of_another_encoding_come_back_as_they_were()
    {
        _folder.Write([
            "pyproject.toml|" + Flit + "[project]\nname = 'pkg'\ndynamic = ['version']\n",
            "~pkg.py|# -*- coding: latin-1 -*-\nname = 'Zo\u00eb'\n__version__ = '1.0'\n",
        ]);
        VersionInjection.Find(_folder.Path, PythonVersion.Parse("2.0")).WriteTo(_folder.Path);
        Assert.Equal("# -*- coding: latin-1 -*-\nname = 'Zo\u00eb'\n__version__ = '2.0'\n", _folder.Read("pkg.py"));
    }

    [Fact]
    public void The_same_version_in_another_spelling_is_left_alone()
    {
        _folder.Write(["setup.py|from setuptools import setup\nsetup(version='2025.01.31')\n"]);
        var injection = VersionInjection.Find(_folder.Path, PythonVersion.Parse("2025.1.31"));
        Assert.Equal("2025.01.31", injection.Found);
        Assert.Empty(injection.Files);
    }

    [Fact]
    public void What_is_linked_from_elsewhere_is_never_written_to()
    {
        using var elsewhere = new ProjectFolder();
        elsewhere.Write(["pkg/__init__.py|__version__ = '1.0'\n", "pyproject.toml|[project]\nname = 'x'\nversion = '1.0'\n"]);
        var before = elsewhere.Snapshot();
        _folder.Write(["setup.cfg|[metadata]\nversion = attr: pkg.__version__\n"]);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "pkg"), Path.Combine(elsewhere.Path, "pkg"));
        Assert.NotNull(VersionInjection.Find(_folder.Path, PythonVersion.Parse("2.0")).Refusal);

        File.CreateSymbolicLink(Path.Combine(_folder.Path, "pyproject.toml"), Path.Combine(elsewhere.Path, "pyproject.toml"));
        VersionInjection.Find(_folder.Path, PythonVersion.Parse("2.0")).WriteTo(_folder.Path);
        Assert.Contains("'2.0'", _folder.Read("pyproject.toml"), StringComparison.Ordinal);
        Assert.Equal(before, elsewhere.Snapshot());
    }
}

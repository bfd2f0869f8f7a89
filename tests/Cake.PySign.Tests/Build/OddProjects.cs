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
    private const string Setuptools =
        "[build-system]\nrequires = [\"setuptools>=61\", \"wheel\"]\nbuild-backend = \"setuptools.build_meta\"\n";
    private const string Hatchling = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n";
    private const string Flit = "[build-system]\nrequires = [\"flit_core\"]\nbuild-backend = \"flit_core.buildapi\"\n";
    private const string Poetry = "[build-system]\nrequires = [\"poetry-core\"]\nbuild-backend = \"poetry.core.masonry.api\"\n";
    private const string Pdm = "[build-system]\nrequires = [\"pdm-pep517\"]\nbuild-backend = \"pdm.pep517.api\"\n";
    private const string Meson = "[build-system]\nrequires = [\"meson-python\"]\nbuild-backend = \"mesonpy\"\n";
    private const string Project = "[project]\nname = \"odd\"\nversion = \"1.2.3\"\ndescription = \"Odd\"\n";
    private const string Dynamic = "[project]\nname = \"odd\"\ndescription = \"Odd\"\ndynamic = [\"version\"]\n";
    private const string Scm =
        "[build-system]\nrequires = [\"setuptools>=61\", \"wheel\", \"setuptools_scm\"]\n" + "build-backend = \"setuptools.build_meta\"\n";
    private const string HatchVcs = "[build-system]\nrequires = [\"hatchling\", \"hatch-vcs\"]\nbuild-backend = \"hatchling.build\"\n";
    private const string PoetryTable =
        "[tool.poetry]\nname = \"odd\"\nversion = \"1.2.3\"\ndescription = \"Odd\"\nauthors = [\"A <a@example.org>\"]\n";
    private const string Init = "\"\"\"Odd.\"\"\"\n__version__ = \"1.2.3\"\n";
    private const string SetuptoolsModules = "setuptools, wheel";
    private const string ScmModules = "setuptools, wheel, setuptools_scm";

    private static readonly (string, string) _package = ("odd/__init__.py", Init);

    public static IReadOnlyList<OddProject> All { get; } =
    [.. OfSetuptools(), .. OfScm(), .. OfHatchling(), .. OfOthers(), .. OfNames(), .. OfFiles()];

    private static IEnumerable<OddProject> OfSetuptools()
    {
        yield return new OddProject(
            "setuptools: our folders beside a flat package",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project),
            _package
        )
        {
            Then = folder =>
            {
                folder.Write("repo/artifacts/rehearsal/x.txt", "x");
                folder.Write("repo/tools/Addins/Cake.PySign/x.txt", "x");
                folder.Write("repo/consumer/x.txt", "x");
                folder.Write("repo/test-results/junit.xml", "x");
            },
        };
        yield return new OddProject(
            "setuptools: setup.py alone",
            SetuptoolsModules,
            (
                "setup.py",
                "from setuptools import setup\n"
                    + "setup(name='odd', version='1.2.3', packages=['odd'], long_description=open('README.rst').read())\n"
            ),
            ("README.rst", "Odd\n===\n\nIs odd.\n"),
            _package
        );
        yield return new OddProject(
            "setuptools: setup.cfg with attr",
            SetuptoolsModules,
            ("setup.cfg", "[metadata]\nname = odd\nversion = attr: odd.__version__\n[options]\npackages = find:\n"),
            ("setup.py", "import setuptools\nsetuptools.setup()\n"),
            _package
        );
        yield return new OddProject(
            "setuptools: version in a file",
            SetuptoolsModules,
            (
                "pyproject.toml",
                Setuptools
                    + Dynamic
                    + "[tool.setuptools]\npackages = [\"odd\"]\n[tool.setuptools.dynamic]\nversion = {file = \"VERSION\"}\n"
            ),
            ("VERSION", "1.2.3\n"),
            ("MANIFEST.in", "include VERSION\n"),
            _package
        );
        yield return new OddProject(
            "setuptools: version by import",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Dynamic + "[tool.setuptools.dynamic]\nversion = {attr = \"odd.VERSION\"}\n"),
            ("odd/__init__.py", "import os\nVERSION = '.'.join(['1', '2', '3'])\n")
        );
        yield return new OddProject(
            "setuptools: lines of DOS",
            SetuptoolsModules,
            ("pyproject.toml", (Setuptools + Project).Replace("\n", "\r\n", StringComparison.Ordinal)),
            _package
        );
        yield return new OddProject(
            "setuptools: namespace in src",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project),
            ("src/odd/ns/mod.py", "x = 1\n"),
            ("src/odd/other/__init__.py", "")
        );
        yield return new OddProject(
            "setuptools: one module",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "[tool.setuptools]\npy-modules = [\"odd\"]\n"),
            ("odd.py", Init)
        );
        yield return new OddProject(
            "setuptools: manifest that prunes",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project),
            ("MANIFEST.in", "graft docs\nprune docs/private\nglobal-exclude *.bak\n"),
            ("docs/a.md", "a"),
            ("docs/private/b.md", "b"),
            ("odd/x.bak", "x"),
            _package
        );
        yield return new OddProject(
            "setuptools: package data",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "[tool.setuptools.package-data]\nodd = [\"data/*.json\"]\n"),
            ("odd/data/a.json", "{}"),
            ("odd/data/b.txt", "x"),
            _package
        );
        yield return new OddProject(
            "setuptools: scripts and data files",
            SetuptoolsModules,
            (
                "setup.py",
                "from setuptools import setup\nsetup(name='odd', version='1.2.3', packages=['odd'], "
                    + "scripts=['bin/odd'], data_files=[('share/odd', ['a.conf'])])\n"
            ),
            ("bin/odd", "#!/bin/sh\necho odd\n"),
            ("a.conf", "x"),
            _package
        );
        yield return new OddProject(
            "setuptools: a module called build",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "[tool.setuptools]\npy-modules = [\"build\"]\npackages = [\"odd\"]\n"),
            ("build.py", "x = 1\n"),
            _package
        );
        yield return new OddProject(
            "setuptools: a package called dist",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "[tool.setuptools]\npackages = [\"odd\", \"dist\"]\n"),
            ("dist/__init__.py", "x = 1\n"),
            _package
        );
        yield return new OddProject(
            "setuptools: a back end in the tree",
            SetuptoolsModules,
            (
                "pyproject.toml",
                "[build-system]\nrequires = [\"setuptools\", \"wheel\"]\nbuild-backend = \"own\"\nbackend-path = [\"_backend\"]\n" + Project
            ),
            ("_backend/own.py", "from setuptools.build_meta import *\n"),
            ("MANIFEST.in", "graft _backend\n"),
            ("odd/__init__.py", Init),
            ("setup.cfg", "[options]\npackages = odd\n")
        );
        yield return new OddProject(
            "setuptools: metadata in the tree",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project),
            ("PKG-INFO", "Metadata-Version: 2.1\nName: odd\nVersion: 0.0.1\n"),
            ("odd.egg-info/PKG-INFO", "Metadata-Version: 2.1\nName: odd\nVersion: 0.0.1\n"),
            _package
        );
        yield return new OddProject(
            "setuptools: a mark before setup.cfg and README",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "readme = \"README.md\"\n"),
            ("README.md", "\uFEFF# Odd\n"),
            _package
        );
        yield return new OddProject(
            "setuptools: license files",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "license = {file = \"LICENSE.md\"}\n"),
            ("LICENSE.md", "Free\n"),
            ("AUTHORS", "A\n"),
            ("NOTICE.txt", "N\n"),
            _package
        );
        yield return new OddProject(
            "setuptools: pbr",
            "setuptools, wheel, pbr",
            ("setup.cfg", "[metadata]\nname = odd\nsummary = Odd\n[files]\npackages = odd\n"),
            ("setup.py", "import setuptools\nsetuptools.setup(setup_requires=['pbr'], pbr=True)\n"),
            _package
        ).Where(tag: "1.2.3");
    }

    private static IEnumerable<OddProject> OfScm()
    {
        foreach (var tag in new[] { "1.2.3", "v1.2.3rc1", "1.2.3.post1", "odd-1.2.3", "release-1.2.3" })
        {
            yield return new OddProject(
                $"scm: tag {tag}",
                ScmModules,
                ("pyproject.toml", Scm + Dynamic + "[tool.setuptools_scm]\n"),
                _package
            ).Where(tag: tag);
        }

        yield return new OddProject(
            "scm: write_to in setup.py",
            ScmModules,
            (
                "setup.py",
                "from setuptools import setup\nsetup(name='odd', packages=['odd'], use_scm_version={'write_to': "
                    + "'odd/_v.py', 'local_scheme': 'no-local-version'})\n"
            ),
            (".gitignore", "_v.py\n"),
            _package
        );
        yield return new OddProject(
            "scm: write_to in double quotes over lines",
            ScmModules,
            (
                "setup.py",
                "from setuptools import setup\nsetup(\n    name=\"odd\",\n    packages=[\"odd\"],\n"
                    + "    use_scm_version=dict(\n        write_to=\"odd/_v.py\",\n"
                    + "        write_to_template='v = \"{version}\"',\n    ),\n)\n"
            ),
            (".gitignore", "_v.py\n"),
            _package
        );
        yield return new OddProject(
            "scm: write_to in pyproject",
            ScmModules,
            ("pyproject.toml", Scm + Dynamic + "[tool.setuptools_scm]\nwrite_to = \"src/odd/_v.py\"\n"),
            (".gitignore", "_v.py\n"),
            ("src/odd/__init__.py", "")
        );
        yield return new OddProject(
            "scm: write_to a variable's path",
            ScmModules,
            (
                "setup.py",
                "import os\nfrom setuptools import setup\nTO = os.path.join('odd', '_v.py')\n"
                    + "setup(name='odd', packages=['odd'], use_scm_version={'write_to': TO})\n"
            ),
            (".gitignore", "_v.py\n"),
            _package
        ).IsRefused(PySignFailure.ForeignContent);
        yield return new OddProject(
            "scm: archive of git",
            ScmModules,
            ("pyproject.toml", Scm + Dynamic + "[tool.setuptools_scm]\n"),
            (
                ".git_archival.txt",
                "node: $Format:%H$\ndescribe-name: $Format:%(describe:tags=true,match=*[0-9]*)$\nref-names: $Format:%D$\n"
            ),
            (".gitattributes", ".git_archival.txt export-subst\n"),
            _package
        );
        yield return new OddProject(
            "scm: root above",
            ScmModules,
            ("py/pyproject.toml", Scm + Dynamic + "[tool.setuptools_scm]\nroot = \"..\"\n"),
            ("py/odd/__init__.py", ""),
            ("README.md", "x")
        );
        yield return new OddProject(
            "scm: only an annotated tag, later moved",
            ScmModules,
            ("pyproject.toml", Scm + Dynamic + "[tool.setuptools_scm]\n"),
            _package
        )
        {
            Then = folder =>
            {
                var tree = new GitTree(folder.Folder("repo").FullPath);
                folder.Write("repo/odd/more.py", "x = 1\n");
                tree.CommitAll();
                tree.Run("tag", "-a", "v1.3.0", "-m", "annotated");
            },
        };
    }

    private static IEnumerable<OddProject> OfHatchling()
    {
        yield return new OddProject(
            "hatch: version file of hatch-vcs",
            "hatchling, hatch_vcs",
            (
                "pyproject.toml",
                HatchVcs + Dynamic + "[tool.hatch.version]\nsource = \"vcs\"\n[tool.hatch.build.hooks.vcs]\nversion-file = \"odd/_v.py\"\n"
            ),
            (".gitignore", "_v.py\n"),
            _package
        );
        yield return new OddProject(
            "hatch: version file in hatch.toml",
            "hatchling, hatch_vcs",
            ("pyproject.toml", HatchVcs + Dynamic),
            ("hatch.toml", "[version]\nsource = \"vcs\"\n[build.targets.sdist.hooks.vcs]\nversion-file = \"odd/_v.py\"\n"),
            (".gitignore", "_v.py\n"),
            _package
        );
        yield return new OddProject(
            "hatch: hook that makes an artifact",
            "hatchling",
            ("pyproject.toml", Hatchling + Project + "[tool.hatch.build]\nartifacts = [\"*.gen\"]\n[tool.hatch.build.hooks.custom]\n"),
            (
                "hatch_build.py",
                "from hatchling.builders.hooks.plugin.interface import BuildHookInterface\n"
                    + "class H(BuildHookInterface):\n    def initialize(self, version, build_data):\n"
                    + "        open('odd/made.gen', 'w').write('x')\n"
            ),
            (".gitignore", "*.gen\n"),
            _package
        );
        yield return new OddProject(
            "hatch: forced inclusion",
            "hatchling",
            (
                "pyproject.toml",
                Hatchling
                    + Project
                    + "[tool.hatch.build.targets.sdist.force-include]\n\"extra/a.txt\" = \"odd/renamed.txt\"\n"
                    + "[tool.hatch.build.targets.wheel]\npackages = [\"odd\"]\n"
            ),
            ("extra/a.txt", "a"),
            _package
        );
        yield return new OddProject(
            "hatch: version from a file",
            "hatchling",
            ("pyproject.toml", Hatchling + Dynamic + "[tool.hatch.version]\npath = \"odd/__init__.py\"\n"),
            _package
        );
        yield return new OddProject(
            "hatch: sources taken off the path in the sdist too",
            "hatchling",
            ("pyproject.toml", Hatchling + Project + "[tool.hatch.build]\nsources = [\"src\"]\n"),
            ("src/odd/__init__.py", Init)
        );
        yield return new OddProject(
            "hatch: a folder of sources forced in, with a file that was never committed",
            "hatchling",
            ("pyproject.toml", Hatchling + Project + "[tool.hatch.build.targets.sdist.force-include]\n\"extra\" = \"odd/extra\"\n"),
            ("extra/a.txt", "a"),
            _package
        )
        {
            Then = folder => folder.Write("repo/extra/local.txt", "x"),
        }.IsRefused(PySignFailure.ForeignContent);
        yield return new OddProject(
            "hatch: a built folder that git ignores, forced in",
            "hatchling",
            ("pyproject.toml", Hatchling + Project + "[tool.hatch.build.force-include]\n\"web\" = \"odd/web\"\n"),
            (".gitignore", "/web\n"),
            _package
        )
        {
            Then = folder => folder.Write("repo/web/a.js", "x"),
        };
        yield return new OddProject(
            "hatch: only-include",
            "hatchling",
            ("pyproject.toml", Hatchling + Project + "[tool.hatch.build.targets.sdist]\nonly-include = [\"odd\"]\n"),
            ("docs/a.md", "a"),
            _package
        );
        yield return new OddProject(
            "hatch: metadata in the tree",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            ("PKG-INFO", "Metadata-Version: 2.1\nName: odd\nVersion: 0.0.1\n"),
            _package
        );
        yield return new OddProject(
            "hatch: ignored and tracked all the same",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            (".gitignore", "*.dat\n"),
            _package
        )
        {
            Before = folder =>
            {
                folder.Write("repo/odd/a.dat", "x");
                var tree = new GitTree(folder.Folder("repo").FullPath);
                tree.Run("init", "-q");
                tree.Run("add", "-f", "odd/a.dat");
            },
        };
    }

    private static IEnumerable<OddProject> OfOthers()
    {
        yield return new OddProject(
            "flit: include and exclude",
            "flit_core",
            (
                "pyproject.toml",
                Flit
                    + "[project]\nname = \"odd\"\ndynamic = [\"version\", \"description\"]\n[tool.flit.sdist]\n"
                    + "include = [\"docs/\"]\nexclude = [\"docs/b.md\"]\n"
            ),
            ("docs/a.md", "a"),
            ("docs/b.md", "b"),
            _package
        );
        yield return new OddProject(
            "flit: a module",
            "flit_core",
            ("pyproject.toml", Flit + "[project]\nname = \"odd\"\ndynamic = [\"version\", \"description\"]\n"),
            ("odd.py", Init)
        );
        yield return new OddProject(
            "flit: src and our folders",
            "flit_core",
            ("pyproject.toml", Flit + "[project]\nname = \"odd\"\ndynamic = [\"version\", \"description\"]\n"),
            ("src/odd/__init__.py", Init)
        )
        {
            Then = folder => folder.Write("repo/artifacts/rehearsal/x.txt", "x"),
        };
        yield return new OddProject(
            "flit_scm: version file",
            "flit_core, flit_scm",
            (
                "pyproject.toml",
                "[build-system]\nrequires = [\"flit_scm\"]\nbuild-backend = \"flit_scm:buildapi\"\n[project]\n"
                    + "name = \"odd\"\ndynamic = [\"version\", \"description\"]\n[tool.setuptools_scm]\n"
                    + "write_to = \"odd/_v.py\"\n"
            ),
            ("odd/__init__.py", "\"\"\"Odd.\"\"\"\nfrom ._v import version as __version__\n"),
            (".gitignore", "_v.py\n")
        );
        yield return new OddProject(
            "poetry: from src, with an include",
            "poetry.core",
            (
                "pyproject.toml",
                Poetry
                    + PoetryTable
                    + "packages = [{include = \"odd\", from = \"src\"}]\ninclude = [{path = \"notes.txt\", format = \"sdist\"}]\n"
            ),
            ("src/odd/__init__.py", ""),
            ("notes.txt", "x")
        );
        yield return new OddProject(
            "poetry: exclude",
            "poetry.core",
            ("pyproject.toml", Poetry + PoetryTable + "exclude = [\"odd/private.py\"]\n"),
            ("odd/private.py", ""),
            _package
        );
        yield return new OddProject(
            "poetry: ignored and included",
            "poetry.core",
            ("pyproject.toml", Poetry + PoetryTable + "include = [\"odd/made.json\"]\n"),
            (".gitignore", "made.json\n"),
            _package
        )
        {
            Then = folder => folder.Write("repo/odd/made.json", "{}"),
        };
        yield return new OddProject(
            "poetry: a package that is included, with an ignored file in it",
            "poetry.core",
            ("pyproject.toml", Poetry + PoetryTable + "include = [\"odd/**/*\"]\n"),
            (".gitignore", "local.py\n"),
            _package
        )
        {
            Then = folder => folder.Write("repo/odd/local.py", "x = 1\n"),
        }.IsRefused(PySignFailure.ForeignContent);
        yield return new OddProject(
            "flit: a package with a submodule",
            "flit_core",
            ("pyproject.toml", Flit + "[project]\nname = \"odd\"\ndynamic = [\"version\", \"description\"]\n"),
            _package
        )
        {
            Before = folder =>
            {
                folder.Write("vendored/code.py", "x = 1\n");
                _ = GitTree.Commit(folder.Folder("vendored").FullPath);
                var tree = new GitTree(folder.Folder("repo").FullPath);
                tree.Run("init", "-q");
                tree.Run("submodule", "--quiet", "add", "../vendored", "odd/vendored");
            },
        };
        yield return new OddProject(
            "pdm: version of git, written",
            "pdm.pep517",
            ("pyproject.toml", Pdm + Dynamic + "[tool.pdm]\nversion = {source = \"scm\", write_to = \"odd/_v.txt\"}\n"),
            (".gitignore", "_v.txt\n"),
            _package
        );
        yield return new OddProject(
            "pdm: includes",
            "pdm.pep517",
            ("pyproject.toml", Pdm + Project + "[tool.pdm.build]\nsource-includes = [\"docs\"]\n"),
            ("docs/a.md", "a"),
            _package
        );
        const string PdmBackend = "[build-system]\nrequires = [\"pdm-backend\"]\nbuild-backend = \"pdm.backend\"\n";
        yield return new OddProject(
            "pdm-backend: version of git, written",
            "pdm.backend",
            (
                "pyproject.toml",
                PdmBackend + Dynamic + "[tool.pdm.version]\nsource = \"scm\"\nwrite_to = \"odd/_v.py\"\nwrite_template = \"v = '{}'\"\n"
            ),
            (".gitignore", "_v.py\n"),
            _package
        );
        yield return new OddProject(
            "pdm-backend: includes",
            "pdm.backend",
            ("pyproject.toml", PdmBackend + Project + "[tool.pdm.build]\nsource-includes = [\"docs\", \"tests/\"]\n"),
            ("docs/a.md", "a"),
            ("tests/test_a.py", ""),
            _package
        );
        yield return new OddProject(
            "pdm-backend: a hook that makes a module",
            "pdm.backend",
            (
                "pyproject.toml",
                PdmBackend + Project + "[tool.pdm.build]\nincludes = [\"odd\", \"odd/made.py\"]\nsource-includes = [\"pdm_build.py\"]\n"
            ),
            ("pdm_build.py", "def pdm_build_initialize(context):\n    open('odd/made.py', 'w').write('x = 1')\n"),
            (".gitignore", "made.py\n"),
            _package
        );
        const string ScikitBuild = "[build-system]\nrequires = [\"scikit-build-core\"]\nbuild-backend = \"scikit_build_core.build\"\n";
        const string CMake = "cmake_minimum_required(VERSION 3.15)\nproject(odd LANGUAGES NONE)\n";
        yield return new OddProject(
            "scikit-build: a generated file",
            "scikit_build_core.build",
            (
                "pyproject.toml",
                ScikitBuild
                    + Project
                    + "[[tool.scikit-build.generate]]\npath = \"odd/_v.py\"\nlocation = \"source\"\ntemplate = 'v = \"${version}\"'\n"
            ),
            ("CMakeLists.txt", CMake),
            (".gitignore", "_v.py\n"),
            _package
        );
        yield return new OddProject(
            "scikit-build: version of setuptools_scm",
            "scikit_build_core.build, setuptools_scm",
            (
                "pyproject.toml",
                "[build-system]\nrequires = [\"scikit-build-core\", \"setuptools-scm\"]\nbuild-backend = \"scikit_build_core.build\"\n"
                    + Dynamic
                    + "[tool.scikit-build]\nmetadata.version.provider = \"scikit_build_core.metadata.setuptools_scm\"\n"
                    + "sdist.include = [\"odd/_v.py\"]\n[tool.setuptools_scm]\nwrite_to = \"odd/_v.py\"\n"
            ),
            ("CMakeLists.txt", CMake),
            (".gitignore", "_v.py\n"),
            _package
        );
        yield return new OddProject(
            "poetry-dynamic-versioning: version written into a module",
            "poetry_dynamic_versioning, poetry.core",
            (
                "pyproject.toml",
                "[build-system]\nrequires = [\"poetry-core\", \"poetry-dynamic-versioning\"]\n"
                    + "build-backend = \"poetry_dynamic_versioning.backend\"\n"
                    + PoetryTable.Replace("1.2.3", "0.0.0", StringComparison.Ordinal)
                    + "[tool.poetry-dynamic-versioning]\nenable = true\n[tool.poetry-dynamic-versioning.substitution]\n"
                    + "files = [\"odd/__init__.py\"]\n"
            ),
            ("odd/__init__.py", "__version__ = \"0.0.0\"\n")
        );
        yield return new OddProject(
            "meson: pure Python",
            "mesonpy",
            ("pyproject.toml", Meson + Project),
            (
                "meson.build",
                "project('odd', version: '1.2.3')\npy = import('python').find_installation()\n"
                    + "py.install_sources('odd/__init__.py', subdir: 'odd')\n"
            ),
            _package
        );
    }

    private static IEnumerable<OddProject> OfNames()
    {
        yield return new OddProject(
            "names: blanks and umlauts",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "[tool.setuptools.package-data]\nodd = [\"**/*\"]\n"),
            ("odd/with blank.txt", "x"),
            ("odd/ümläut/ß.json", "{}"),
            _package
        );
        yield return new OddProject(
            "names: a backslash, packed",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            ("odd/back\\slash.txt", "x"),
            _package
        ).IsRefused(PySignFailure.InvalidMetadata);
        yield return new OddProject(
            "names: a tab, packed",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            ("odd/tab\tname.txt", "x"),
            _package
        ).IsRefused(PySignFailure.InvalidMetadata);
        yield return new OddProject(
            "names: a line end, packed",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            ("odd/line\nend.txt", "x"),
            _package
        ).IsRefused(PySignFailure.InvalidMetadata);
        yield return new OddProject(
            "names: a backslash, not packed",
            "flit_core",
            ("pyproject.toml", Flit + "[project]\nname = \"odd\"\ndynamic = [\"version\", \"description\"]\n"),
            ("notes/back\\slash.txt", "x"),
            _package
        );
        yield return new OddProject(
            "names: differ in case",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            ("odd/Data.txt", "x"),
            ("odd/data.txt", "y"),
            _package
        );
        yield return new OddProject(
            "names: two Unicode forms",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            ("odd/caf\u00E9.txt", "x"),
            ("odd/cafe\u0301.txt", "y"),
            _package
        );
    }

    private static IEnumerable<OddProject> OfFiles()
    {
        yield return new OddProject("files: a link to a module", SetuptoolsModules, ("pyproject.toml", Setuptools + Project), _package)
        {
            Before = folder => File.CreateSymbolicLink(folder.File("repo/odd/linked.py").FullPath, "__init__.py"),
        };
        // A plain build fails as well where the plugin of setuptools_scm is installed: it lists the link as a file.
        yield return new OddProject(
            "files: a link to a folder",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "[tool.setuptools]\npackages = [\"odd\", \"odd.shared\"]\n"),
            ("shared/__init__.py", "x = 1\n"),
            _package
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
            _package
        ).IsRefused(PySignFailure.MissingContent);
        yield return new OddProject(
            "files: a program",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "[tool.setuptools.package-data]\nodd = [\"*.sh\"]\n"),
            ("odd/run.sh", "#!/bin/sh\n"),
            _package
        )
        {
            Before = folder => MakeExecutable(folder.File("repo/odd/run.sh").FullPath),
        };
        yield return new OddProject(
            "files: an empty folder kept",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            ("odd/empty/.gitkeep", ""),
            _package
        );
        yield return new OddProject(
            "files: export-ignore",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            (".gitattributes", "docs export-ignore\n"),
            ("docs/a.md", "a"),
            _package
        );
        yield return new OddProject("files: dist of uv", SetuptoolsModules, ("pyproject.toml", Setuptools + Project), _package)
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

    private static void MakeExecutable(string file)
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

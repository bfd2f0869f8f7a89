using Cake.PySign.Tests.Rig;
using static Cake.PySign.Tests.Build.OddProjects;

namespace Cake.PySign.Tests.Build;

/// <summary>Odd projects of every other back end.</summary>
internal static class OddBackEnds
{
    public static IEnumerable<OddProject> OfHatchling()
    {
        yield return new OddProject(
            "hatch: version file of hatch-vcs",
            "hatchling, hatch_vcs",
            (
                "pyproject.toml",
                HatchVcs + Dynamic + "[tool.hatch.version]\nsource = \"vcs\"\n[tool.hatch.build.hooks.vcs]\nversion-file = \"odd/_v.py\"\n"
            ),
            (".gitignore", "_v.py\n"),
            EmptyModule
        );
        yield return new OddProject(
            "hatch: version file in hatch.toml",
            "hatchling, hatch_vcs",
            ("pyproject.toml", HatchVcs + Dynamic),
            ("hatch.toml", "[version]\nsource = \"vcs\"\n[build.targets.sdist.hooks.vcs]\nversion-file = \"odd/_v.py\"\n"),
            (".gitignore", "_v.py\n"),
            EmptyModule
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
            EmptyModule
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
            EmptyModule
        );
        yield return new OddProject(
            "hatch: version from a file",
            "hatchling",
            ("pyproject.toml", Hatchling + Dynamic + "[tool.hatch.version]\npath = \"odd/__init__.py\"\n"),
            EmptyModule
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
            EmptyModule
        )
        {
            Then = folder => folder.Write("repo/extra/local.txt", "x"),
        }.IsRefused(PySignFailure.ForeignContent);
        yield return new OddProject(
            "hatch: a built folder that git ignores, forced in",
            "hatchling",
            ("pyproject.toml", Hatchling + Project + "[tool.hatch.build.force-include]\n\"web\" = \"odd/web\"\n"),
            (".gitignore", "/web\n"),
            EmptyModule
        )
        {
            Then = folder => folder.Write("repo/web/a.js", "x"),
        };
        yield return new OddProject(
            "hatch: only-include",
            "hatchling",
            ("pyproject.toml", Hatchling + Project + "[tool.hatch.build.targets.sdist]\nonly-include = [\"odd\"]\n"),
            ("docs/a.md", "a"),
            EmptyModule
        );
        yield return new OddProject(
            "hatch: metadata in the tree",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            ("PKG-INFO", "Metadata-Version: 2.1\nName: odd\nVersion: 0.0.1\n"),
            EmptyModule
        );
        yield return new OddProject(
            "hatch: ignored and tracked all the same",
            "hatchling",
            ("pyproject.toml", Hatchling + Project),
            (".gitignore", "*.dat\n"),
            EmptyModule
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

    public static IEnumerable<OddProject> OfOthers()
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
            EmptyModule
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
            EmptyModule
        );
        yield return new OddProject(
            "poetry: ignored and included",
            "poetry.core",
            ("pyproject.toml", Poetry + PoetryTable + "include = [\"odd/made.json\"]\n"),
            (".gitignore", "made.json\n"),
            EmptyModule
        )
        {
            Then = folder => folder.Write("repo/odd/made.json", "{}"),
        };
        yield return new OddProject(
            "poetry: a package that is included, with an ignored file in it",
            "poetry.core",
            ("pyproject.toml", Poetry + PoetryTable + "include = [\"odd/**/*\"]\n"),
            (".gitignore", "local.py\n"),
            EmptyModule
        )
        {
            Then = folder => folder.Write("repo/odd/local.py", "x = 1\n"),
        }.IsRefused(PySignFailure.ForeignContent);
        yield return new OddProject(
            "flit: a package with a submodule",
            "flit_core",
            ("pyproject.toml", Flit + "[project]\nname = \"odd\"\ndynamic = [\"version\", \"description\"]\n"),
            EmptyModule
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
            EmptyModule
        );
        yield return new OddProject(
            "pdm: includes",
            "pdm.pep517",
            ("pyproject.toml", Pdm + Project + "[tool.pdm.build]\nsource-includes = [\"docs\"]\n"),
            ("docs/a.md", "a"),
            EmptyModule
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
            EmptyModule
        );
        yield return new OddProject(
            "pdm-backend: includes",
            "pdm.backend",
            ("pyproject.toml", PdmBackend + Project + "[tool.pdm.build]\nsource-includes = [\"docs\", \"tests/\"]\n"),
            ("docs/a.md", "a"),
            ("tests/test_a.py", ""),
            EmptyModule
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
            EmptyModule
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
            EmptyModule
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
            EmptyModule
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
            EmptyModule
        );
    }
}

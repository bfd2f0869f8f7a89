using Cake.PySign.Tests.Rig;
using static Cake.PySign.Tests.Build.OddProjects;

namespace Cake.PySign.Tests.Build;

/// <summary>Odd projects of setuptools, with setuptools_scm and without.</summary>
internal static class OddSetuptools
{
    public static IEnumerable<OddProject> Projects()
    {
        yield return new OddProject(
            "setuptools: our folders beside a flat package",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project),
            EmptyModule
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
            EmptyModule
        );
        yield return new OddProject(
            "setuptools: setup.cfg with attr",
            SetuptoolsModules,
            ("setup.cfg", "[metadata]\nname = odd\nversion = attr: odd.__version__\n[options]\npackages = find:\n"),
            ("setup.py", "import setuptools\nsetuptools.setup()\n"),
            EmptyModule
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
            EmptyModule
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
            EmptyModule
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
            EmptyModule
        );
        yield return new OddProject(
            "setuptools: package data",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "[tool.setuptools.package-data]\nodd = [\"data/*.json\"]\n"),
            ("odd/data/a.json", "{}"),
            ("odd/data/b.txt", "x"),
            EmptyModule
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
            EmptyModule
        );
        yield return new OddProject(
            "setuptools: a module called build",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "[tool.setuptools]\npy-modules = [\"build\"]\npackages = [\"odd\"]\n"),
            ("build.py", "x = 1\n"),
            EmptyModule
        );
        yield return new OddProject(
            "setuptools: a package called dist",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "[tool.setuptools]\npackages = [\"odd\", \"dist\"]\n"),
            ("dist/__init__.py", "x = 1\n"),
            EmptyModule
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
            EmptyModule
        );
        yield return new OddProject(
            "setuptools: a mark before setup.cfg and README",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "readme = \"README.md\"\n"),
            ("README.md", "\uFEFF# Odd\n"),
            EmptyModule
        );
        yield return new OddProject(
            "setuptools: license files",
            SetuptoolsModules,
            ("pyproject.toml", Setuptools + Project + "license = {file = \"LICENSE.md\"}\n"),
            ("LICENSE.md", "Free\n"),
            ("AUTHORS", "A\n"),
            ("NOTICE.txt", "N\n"),
            EmptyModule
        );
        yield return new OddProject(
            "setuptools: pbr",
            "setuptools, wheel, pbr",
            ("setup.cfg", "[metadata]\nname = odd\nsummary = Odd\n[files]\npackages = odd\n"),
            ("setup.py", "import setuptools\nsetuptools.setup(setup_requires=['pbr'], pbr=True)\n"),
            EmptyModule
        ).Where(tag: "1.2.3");
    }

    public static IEnumerable<OddProject> WithScm()
    {
        foreach (var tag in new[] { "1.2.3", "v1.2.3rc1", "1.2.3.post1", "odd-1.2.3", "release-1.2.3" })
        {
            yield return new OddProject(
                $"scm: tag {tag}",
                ScmModules,
                ("pyproject.toml", Scm + Dynamic + "[tool.setuptools_scm]\n"),
                EmptyModule
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
            EmptyModule
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
            EmptyModule
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
            EmptyModule
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
            EmptyModule
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
            EmptyModule
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
}

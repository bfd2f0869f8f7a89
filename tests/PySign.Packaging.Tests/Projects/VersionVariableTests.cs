using PySign.Packaging.Projects;
using PySign.Packaging.Versions;
using static PySign.Packaging.Tests.Projects.BuildSystems;

namespace PySign.Packaging.Tests.Projects;

/// <summary>Where a back end documents a variable for the version, it is set and nothing is edited.</summary>
public sealed class VersionVariableTests : IDisposable
{
    private readonly ProjectFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(
        "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_MY_PKG SETUPTOOLS_SCM_PRETEND_VERSION",
        "pyproject.toml|[build-system]\nrequires = ['setuptools>=64', 'setuptools_scm[toml]>=8']\nbuild-backend = 'setuptools.build_meta'\n"
            + Dynamic
    )]
    [InlineData(
        "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_MY_PKG SETUPTOOLS_SCM_PRETEND_VERSION",
        "pyproject.toml|[build-system]\nrequires = ['hatchling', 'hatch-vcs']\nbuild-backend = 'hatchling.build'\n"
            + Dynamic
            + "[tool.hatch.version]\nsource = 'vcs'\n"
    )]
    [InlineData(
        "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_PYTHON_DATEUTIL SETUPTOOLS_SCM_PRETEND_VERSION",
        "pyproject.toml|[build-system]\nrequires = ['setuptools; python_version != \"3.3\"', 'wheel', 'setuptools_scm']\n",
        "setup.cfg|[metadata]\nname = python-dateutil\n",
        "setup.py|from setuptools import setup\nsetup(\n      use_scm_version={\n          'write_to': 'src/dateutil/_version.py',\n    "
            + "  },\n)\n"
    )]
    [InlineData(
        "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_X SETUPTOOLS_SCM_PRETEND_VERSION",
        "pyproject.toml|"
            + Scikit
            + "[project]\nname = 'x'\ndynamic = ['version']\n[tool.scikit-build.metadata.version]\nprovider = "
            + "'scikit_build_core.metadata.setuptools_scm'\n"
    )]
    [InlineData(
        "PBR_VERSION",
        "setup.py|import setuptools\nsetuptools.setup(setup_requires=['pbr>=2'], pbr=True)\n",
        "setup.cfg|[metadata]\nname = x\n"
    )]
    [InlineData("PBR_VERSION", "pyproject.toml|[build-system]\nrequires = ['pbr']\nbuild-backend = 'pbr.build'\n" + Dynamic)]
    [InlineData("PDM_BUILD_SCM_VERSION PDM_PEP517_SCM_VERSION", "pyproject.toml|" + Pdm + Dynamic + "[tool.pdm.version]\nsource = 'scm'\n")]
    [InlineData(
        "POETRY_DYNAMIC_VERSIONING_BYPASS",
        "pyproject.toml|[build-system]\nrequires = ['poetry-core', 'poetry-dynamic-versioning']\nbuild-backend = "
            + "'poetry_dynamic_versioning.backend'\n[tool.poetry]\nname = 'x'\nversion = "
            + "'0.0.0'\n[tool.poetry-dynamic-versioning]\nenable = true\n"
    )]
    [InlineData(
        "UV_DYNAMIC_VERSIONING_BYPASS",
        "pyproject.toml|" + Hatch + Dynamic + "[tool.hatch.version]\nsource = 'uv-dynamic-versioning'\n"
    )]
    [InlineData("MY_VERSION", "pyproject.toml|" + Hatch + Dynamic + "[tool.hatch.version]\nsource = 'env'\nvariable = 'MY_VERSION'\n")]
    public void The_variable_that_the_back_end_documents_is_set_and_no_file_touched(string variables, params string[] files)
    {
        _folder.Write(files);
        var injection = VersionInjection.Find(_folder.Path, PythonVersion.Parse("v1.2"));
        Assert.Null(injection.Refusal);
        Assert.Empty(injection.Files);
        Assert.Equal(variables, string.Join(' ', injection.Variables.Keys));
        Assert.All(injection.Variables.Values, value => Assert.Equal("1.2", value));
    }
}

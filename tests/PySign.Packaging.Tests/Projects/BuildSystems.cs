namespace PySign.Packaging.Tests.Projects;

/// <summary>The tables of a pyproject.toml that name a back end.</summary>
internal static class BuildSystems
{
    public const string Setuptools = "[build-system]\nrequires = ['setuptools>=61']\nbuild-backend = 'setuptools.build_meta'\n";
    public const string Hatch = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n";
    public const string Flit = "[build-system]\nrequires = ['flit_core<4']\nbuild-backend = 'flit_core.buildapi'\n";
    public const string Pdm = "[build-system]\nrequires = ['pdm-backend']\nbuild-backend = 'pdm.backend'\n";
    public const string Poetry = "[build-system]\nrequires = ['poetry-core']\nbuild-backend = 'poetry.core.masonry.api'\n";
    public const string Scikit = "[build-system]\nrequires = ['scikit-build-core']\nbuild-backend = 'scikit_build_core.build'\n";
    public const string Dynamic = "[project]\nname = 'my.Pkg'\ndynamic = ['version']\n";
}

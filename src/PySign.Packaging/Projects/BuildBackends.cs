using PySign.Packaging.Names;
using PySign.Packaging.Toml;

namespace PySign.Packaging.Projects;

/// <summary>Where the back end of a pyproject.toml takes a dynamic version from: what each documents, in one place.</summary>
internal static class BuildBackends
{
    private const string ScmVariable = "SETUPTOOLS_SCM_PRETEND_VERSION";

    // Hatchling's and scikit-build-core's documented default: a version in quotes behind __version__ or VERSION at the start of a line.
    private const string VersionLine = """(?i)^(__version__|VERSION)(?: ?: ?str)? *= *(['"])v?(?P<version>.+?)\2""";
    private const string ValueLine = """(?i)^(__version__|VERSION)(?: ?: ?str)? *= *(['"])v?(?P<value>.+?)\2""";

    // Plugins that compute a version and leave no way in: what they compute must come out right by itself.
    private static readonly string[] _closed = ["versioningit", "setuptools-git-versioning", "versioneer", "nodejs", "incremental"];

    // pdm-backend's source "file".
    private const string PdmLine = """^__version__\s*=\s*["'](?P<version>.+?)["']\s*(?:#.*)?$""";

    public static VersionPlace Place(PyProject project, TomlTable? hatchFile = null)
    {
        var backend = project.BuildBackend ?? "setuptools.build_meta:__legacy__";
        var tool = project.Document.Find("tool") as TomlTable;
        return Root(backend) switch
        {
            "setuptools" or "pbr" => Setuptools(project, tool),
            "hatchling" => Hatch(project, TomlPath.Table(hatchFile, "version") ?? TomlPath.Table(tool, "hatch", "version")),
            "flit_core" or "flit" => Flit(TomlPath.Text(tool, "flit", "module", "name") ?? project.Name?.Replace('-', '_') ?? string.Empty),
            "pdm" => Pdm(tool),
            "poetry_dynamic_versioning" => PoetryPlugin(),
            "poetry" when Poetry(tool) is { } place => place,
            "maturin" => new VersionPlace.TomlKey(TomlPath.Text(tool, "maturin", "manifest-path") ?? "Cargo.toml", ["package", "version"]),
            "scikit_build_core" => Scikit(project, TomlPath.Table(tool, "scikit-build", "metadata", "version")),
            "mesonpy" => new VersionPlace.Computed(
                "meson.build",
                "the version of project()",
                "Change it there, or make version static in [project]."
            ),
            _ => new VersionPlace.Computed(
                "pyproject.toml",
                $"the back end {backend}, of which no way to give it a version is known",
                $"See how {backend} computes the version, or make version static in [project]."
            ),
        };
    }

    /// <summary>Poetry's own table, and its plugin that replaces what stands there.</summary>
    public static VersionPlace? Poetry(TomlTable? tool) =>
        TomlPath.IsTrue(tool, "poetry-dynamic-versioning", "enable") ? PoetryPlugin()
        : TomlPath.Text(tool, "poetry", "version") is not null ? new VersionPlace.TomlKey("pyproject.toml", ["tool", "poetry", "version"])
        : null;

    public static VersionPlace Flit(string module) =>
        new VersionPlace.Attribute(module, "__version__", [], new Dictionary<string, string>(StringComparer.Ordinal), "flit");

    /// <summary>The variables that setuptools_scm reads. Some of its callers do not tell it the project's name, so both are set.</summary>
    public static VersionPlace Scm(string? name, string owner = "setuptools_scm") =>
        new VersionPlace.Variable(
            ProjectName.TryParse(name, out var parsed)
                ? [$"{ScmVariable}_FOR_{parsed.FileNameForm.ToUpperInvariant()}", ScmVariable]
                : [ScmVariable],
            owner
        );

    public static VersionPlace Pbr() => new VersionPlace.Variable(["PBR_VERSION"], "pbr");

    public static IReadOnlySet<string> Requires(PyProject project) =>
        project.BuildRequires.Select(RequirementName).ToHashSet(StringComparer.Ordinal);

    public static string Root(string backend)
    {
        var end = backend.AsSpan().IndexOfAny('.', ':');
        return end < 0 ? backend : backend[..end];
    }

    public static VersionPlace.Attribute Attribute(TomlTable? tool, string dotted, string owner)
    {
        var folders = new List<string>();
        var packages = new Dictionary<string, string>(StringComparer.Ordinal);
        if (TomlPath.Table(tool, "setuptools", "package-dir") is { } table)
        {
            foreach (var package in table.Keys)
            {
                if (TomlPath.Text(table, package) is not { } folder)
                    continue;
                if (package.Length == 0)
                    folders.Add(folder);
                else
                    packages[package] = folder;
            }
        }

        folders.AddRange(TomlPath.Texts(tool, "setuptools", "packages", "find", "where"));
        var (module, name) = Split(dotted);
        return new VersionPlace.Attribute(module, name, folders, packages, owner);
    }

    public static (string Module, string Name) Split(string dotted)
    {
        var dot = dotted.LastIndexOf('.');
        return dot < 0 ? (string.Empty, dotted) : (dotted[..dot], dotted[(dot + 1)..]);
    }

    private static VersionPlace Setuptools(PyProject project, TomlTable? tool)
    {
        const string Owner = "[tool.setuptools.dynamic] of pyproject.toml";
        var requires = Requires(project);
        var isGiven = TomlPath.Value(tool, "setuptools", "dynamic", "version") is not null;
        if (TomlPath.Table(tool, "setuptools_scm") is not null || (requires.Contains("setuptools-scm") && !isGiven))
            return Scm(project.Name);
        if (requires.Contains("pbr"))
            return Pbr();
        if (TomlPath.Text(tool, "setuptools", "dynamic", "version", "attr") is { } attribute)
            return Attribute(tool, attribute, Owner);
        return TomlPath.Texts(tool, "setuptools", "dynamic", "version", "file") switch
        {
            [var file] => new VersionPlace.TextFile(file, Owner),
            { Count: > 1 } files => new VersionPlace.Computed(
                Owner,
                $"a version joined from {string.Join(" and ", files)}",
                "Keep the version in one file."
            ),
            _ when _closed.FirstOrDefault(requires.Contains) is { } plugin => Silent(plugin),
            _ => new VersionPlace.SetupFiles(),
        };
    }

    private static VersionPlace Hatch(PyProject project, TomlTable? version)
    {
        const string Owner = "[tool.hatch.version]";
        var path = TomlPath.Text(version, "path");
        var source = TomlPath.Text(version, "source") ?? "regex";
        return (source, path) switch
        {
            ("vcs", _) => Scm(project.Name, "hatch-vcs"),
            ("uv-dynamic-versioning", _) => new VersionPlace.Variable(["UV_DYNAMIC_VERSIONING_BYPASS"], "uv-dynamic-versioning"),
            ("env", _) when TomlPath.Text(version, "variable") is { } variable => new VersionPlace.Variable(
                [variable],
                Owner,
                FromTags: false
            ),
            ("regex", { }) => new VersionPlace.Pattern(path, TomlPath.Text(version, "pattern") ?? VersionLine, "version", Owner),
            ("code", { }) => TomlPath.Text(version, "expression") is var expression
            && (expression ?? "__version__").All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
                ? new VersionPlace.FileAttribute(path, expression ?? "__version__", Owner)
                : new VersionPlace.Computed(path, $"the expression '{expression}'", "Name a plain variable in [tool.hatch.version]."),
            _ when version is null && Requires(project).Contains("hatch-vcs") => Scm(project.Name, "hatch-vcs"),
            _ when _closed.Contains(source) => Silent(source),
            _ => new VersionPlace.Computed(
                Owner,
                version is null ? "nothing" : $"the source '{source}'",
                "Name a path there, or make version static in [project]."
            ),
        };
    }

    private static VersionPlace Pdm(TomlTable? tool)
    {
        const string Owner = "[tool.pdm.version]";
        var version = TomlPath.Table(tool, "pdm", "version");
        var path = TomlPath.Text(version, "path") ?? TomlPath.Text(version, "from");
        if (TomlPath.Text(version, "source") == "scm" || TomlPath.IsTrue(version, "use_scm"))
            return new VersionPlace.Variable(["PDM_BUILD_SCM_VERSION", "PDM_PEP517_SCM_VERSION"], "pdm-backend");
        if (path is not null)
            return new VersionPlace.Pattern(path, PdmLine, "version", Owner);
        return new VersionPlace.Computed(
            Owner,
            TomlPath.Text(version, "getter") is { } getter ? $"the call {getter}" : "no source that is known here",
            "Change what it computes, or make version static in [project]."
        );
    }

    private static VersionPlace Scikit(PyProject project, TomlTable? version)
    {
        const string Owner = "[tool.scikit-build.metadata.version]";
        return TomlPath.Text(version, "provider") switch
        {
            "scikit_build_core.metadata.setuptools_scm" => Scm(project.Name),
            "scikit_build_core.metadata.regex"
                when TomlPath.Text(version, "input") is { } input && TomlPath.Text(version, "result") is null or "{value}" =>
                new VersionPlace.Pattern(input, TomlPath.Text(version, "regex") ?? ValueLine, "value", Owner),
            var provider => new VersionPlace.Computed(
                Owner,
                provider is null ? "no provider" : $"the provider '{provider}'",
                "Change what it computes, or make version static in [project]."
            ),
        };
    }

    private static VersionPlace.Variable PoetryPlugin() => new(["POETRY_DYNAMIC_VERSIONING_BYPASS"], "poetry-dynamic-versioning");

    private static VersionPlace.Computed Silent(string plugin) =>
        new(
            "pyproject.toml",
            $"a version computed by {plugin}, which documents no way to give it one",
            "Build from a checkout whose tag or file gives this version.",
            FromTags: plugin is not ("nodejs" or "incremental")
        );

    // The name at the front of a dependency specifier such as "setuptools_scm[toml]>=8; python_version > '3'".
    private static string RequirementName(string requirement)
    {
        var text = requirement.Trim();
        var end = 0;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '-' or '_' or '.'))
            end++;
        return ProjectName.TryParse(text[..end].TrimEnd('.', '-', '_'), out var name) ? name.Normalized : string.Empty;
    }
}

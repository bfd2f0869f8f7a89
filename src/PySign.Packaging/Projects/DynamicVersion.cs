using PySign.Packaging.Names;
using PySign.Packaging.Toml;

namespace PySign.Packaging.Projects;

/// <summary>Finds the documented way to give a version to a back end that computes it.</summary>
internal static class DynamicVersion
{
    public static DynamicSource Find(PyProject project)
    {
        var backend = project.BuildBackend ?? "setuptools.build_meta:__legacy__";
        var requires = project.BuildRequires.Select(RequirementName).ToHashSet(StringComparer.Ordinal);
        var tool = project.Document.Find("tool") as TomlTable;
        if (requires.Contains("setuptools-scm") || Table(tool, "setuptools_scm") is not null
            || requires.Contains("hatch-vcs") || Text(tool, "hatch", "version", "source") == "vcs")
        {
            var variable = project.Name is { } name && ProjectName.TryParse(name, out var parsed)
                ? $"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{parsed.FileNameForm.ToUpperInvariant()}"
                : "SETUPTOOLS_SCM_PRETEND_VERSION";
            return Variable(variable, "setuptools_scm");
        }

        if (requires.Contains("pbr"))
            return Variable("PBR_VERSION", "pbr");
        if (requires.Contains("poetry-dynamic-versioning"))
            return Variable("POETRY_DYNAMIC_VERSIONING_BYPASS", "poetry-dynamic-versioning");
        return Root(backend) switch
        {
            "pdm" when Text(tool, "pdm", "version", "source") == "scm" => Variable("PDM_BUILD_SCM_VERSION", "pdm-backend"),
            "pdm" when Text(tool, "pdm", "version", "path") is { } path => File(path),
            "hatchling" when Text(tool, "hatch", "version", "path") is { } path => File(path),
            "flit_core" or "flit" => File(Text(tool, "flit", "module", "name") ?? project.Name ?? "the module", "__version__ in the module"),
            "poetry" when Text(tool, "poetry", "version") is not null =>
                new DynamicSource(DynamicSourceKind.ToolTable, "tool.poetry.version", "Change version in [tool.poetry]."),
            "setuptools" => Setuptools(tool),
            _ => new DynamicSource(DynamicSourceKind.Unknown, string.Empty, $"See how {backend} computes the version, or make version static in [project]."),
        };
    }

    private static DynamicSource Setuptools(TomlTable? tool)
    {
        if (Text(tool, "setuptools", "dynamic", "version", "attr") is { } attribute)
            return File(attribute, "the attribute");
        if (Table(tool, "setuptools", "dynamic", "version") is { } table && table.TryGetValue("file", out var file))
        {
            var name = file is TomlArray { Items: [TomlString first, ..] } ? first.Value : (file as TomlString)?.Value ?? "the file";
            return File(name, "the file");
        }

        return File("setup.py or setup.cfg", "the version in");
    }

    private static DynamicSource Variable(string name, string owner) =>
        new(DynamicSourceKind.EnvironmentVariable, name, $"Set the environment variable {name}, which {owner} documents for this.");

    private static DynamicSource File(string location, string what = "the version in") =>
        new(DynamicSourceKind.SourceFile, location, $"Change {what} {location}, or make version static in [project].");

    private static string Root(string backend)
    {
        var end = backend.AsSpan().IndexOfAny('.', ':');
        return end < 0 ? backend : backend[..end];
    }

    // The name at the front of a dependency specifier such as "setuptools_scm[toml]>=8; python_version > '3'".
    private static string RequirementName(string requirement)
    {
        var text = requirement.Trim();
        var end = 0;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '-' or '_' or '.'))
            end++;
        return ProjectName.TryParse(text[..end].TrimEnd('.', '-', '_'), out var name) ? name.Normalized : string.Empty;
    }

    private static TomlTable? Table(TomlTable? tool, params ReadOnlySpan<string> path) => Value(tool, path) as TomlTable;

    private static string? Text(TomlTable? tool, params ReadOnlySpan<string> path) => (Value(tool, path) as TomlString)?.Value;

    private static TomlValue? Value(TomlTable? tool, ReadOnlySpan<string> path)
    {
        TomlValue? value = tool;
        foreach (var key in path)
            value = value is TomlTable table && table.TryGetValue(key, out var next) ? next : null;
        return value;
    }
}

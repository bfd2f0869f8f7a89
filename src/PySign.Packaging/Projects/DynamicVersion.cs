namespace PySign.Packaging.Projects;

/// <summary>Says in a sentence where a back end takes a dynamic version from, by what pyproject.toml alone tells.</summary>
internal static class DynamicVersion
{
    public static DynamicSource Describe(VersionPlace place) =>
        place switch
        {
            VersionPlace.Variable variable => new DynamicSource(
                DynamicSourceKind.EnvironmentVariable,
                variable.Names[0],
                $"Set the environment variable {variable.Names[0]}, which {variable.Owner} documents for this."
            ),
            VersionPlace.TomlKey { File: "pyproject.toml", Key: var key } => new DynamicSource(
                DynamicSourceKind.ToolTable,
                string.Join('.', key),
                $"Change {key[^1]} in [{string.Join('.', key.SkipLast(1))}]."
            ),
            VersionPlace.TomlKey { File: var file, Key: var key } => Source(file, $"{string.Join('.', key)} in {file}"),
            VersionPlace.Attribute attribute => Source(
                $"{attribute.Module}.{attribute.Name}",
                $"the attribute {attribute.Module}.{attribute.Name}"
            ),
            VersionPlace.FileAttribute attribute => Source(attribute.File, $"{attribute.Name} in {attribute.File}"),
            VersionPlace.Pattern pattern => Source(pattern.File, $"the version in {pattern.File}"),
            VersionPlace.TextFile text => Source(text.File, $"the file {text.File}"),
            VersionPlace.SetupFiles => Source("setup.cfg or setup.py", "the version in setup.cfg or setup.py"),
            VersionPlace.Computed computed => new DynamicSource(DynamicSourceKind.Unknown, string.Empty, computed.Advice),
            _ => throw new InvalidOperationException($"no words for {place.GetType()}"),
        };

    private static DynamicSource Source(string location, string what) =>
        new(DynamicSourceKind.SourceFile, location, $"Change {what}, or make version static in [project].");
}

/// <summary>Where a back end takes a dynamic version from.</summary>
public enum DynamicSourceKind
{
    /// <summary>An environment variable that the back end or its plugin documents for this.</summary>
    EnvironmentVariable,

    /// <summary>A Python file, a text file or an attribute in the source tree.</summary>
    SourceFile,

    /// <summary>Another table of pyproject.toml.</summary>
    ToolTable,

    /// <summary>This back end documents no way that is known here.</summary>
    Unknown,
}

/// <summary>How a dynamic version can be given to a project's back end.</summary>
/// <param name="Kind">What kind of source it is.</param>
/// <param name="Location">The variable's name, the file, attribute or table; empty when unknown.</param>
/// <param name="Advice">What to do, as a sentence.</param>
public sealed record DynamicSource(DynamicSourceKind Kind, string Location, string Advice);

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

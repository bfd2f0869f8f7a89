namespace PySign.Packaging.Projects;

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

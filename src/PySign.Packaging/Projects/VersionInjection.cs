using PySign.Formats;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Projects;

/// <summary>
/// How a version gets into a project's build, in the way that its back end allows: an edit of the one place that holds the version, an
/// environment variable that the back end documents, or a refusal that says what was found. Nothing is run and nothing is guessed: whatever
/// this says, the version in the metadata of what was built is what counts.
/// </summary>
public sealed record VersionInjection
{
    /// <summary>Where the version comes from, for a log: a file and what in it, or a variable.</summary>
    public required string Place { get; init; }

    /// <summary>What stands there now; null where nothing is to be read.</summary>
    public string? Found { get; init; }

    /// <summary>Variables to set for the build.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Files to replace; empty where the place already holds this version.</summary>
    public IReadOnlyList<EditedFile> Files { get; init; } = [];

    /// <summary>Why this version cannot be given to this project, or null when it can: file, what was found, what to do.</summary>
    public PackagingException? Refusal { get; init; }

    /// <summary>Whether the project's back end computes its version from version control when none is given.</summary>
    public bool ReadsVersionControl { get; init; }

    /// <summary>Finds the way for a project. Nothing is written.</summary>
    /// <param name="folder">The project's folder, with pyproject.toml, setup.cfg or setup.py.</param>
    /// <param name="version">The version to build; its normal form is what is written.</param>
    /// <exception cref="Toml.TomlException">pyproject.toml is not TOML 1.0.</exception>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.FileNotFound"/>: the folder holds none of the three files.
    /// <see cref="PackagingFailure.InvalidProject"/>: pyproject.toml contradicts itself.
    /// </exception>
    public static VersionInjection Find(string folder, PythonVersion version)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(version);
        var tree = new ProjectTree(folder);
        var place = tree.VersionPlace();
        return new VersionEdit(tree, version).At(place) with
        {
            ReadsVersionControl = place switch
            {
                VersionPlace.Variable variable => variable.FromTags,
                VersionPlace.Computed computed => computed.FromTags,
                VersionPlace.SetupFiles => tree.SetupScript is { HasVersion: true } && tree.File("versioneer.py") is not null,
                _ => false,
            },
        };
    }

    /// <summary>Writes the files of <see cref="Files"/> into a copy of the project.</summary>
    /// <param name="folder">The copy. A file that is a link is replaced, so that what it leads to stays as it is.</param>
    /// <exception cref="PackagingException">The refusal, when there is one.</exception>
    public void WriteTo(string folder)
    {
        if (Refusal is not null)
            throw Refusal;
        foreach (var file in Files)
        {
            var path = Path.Combine(folder, file.Path);
            var mode = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
            WholeFile.Write(path, file.Content.Span);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, mode);
        }
    }
}

/// <summary>A file of a project's tree as an edit leaves it.</summary>
/// <param name="Path">The path below the project folder, with forward slashes.</param>
/// <param name="Content">All bytes of the edited file.</param>
public sealed record EditedFile(string Path, ReadOnlyMemory<byte> Content);

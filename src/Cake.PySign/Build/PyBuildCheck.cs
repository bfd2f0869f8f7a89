namespace Cake.PySign.Build;

/// <summary>What <c>PyBuild</c> checks of its result before it hands it over. Each check can be waived by its name.</summary>
public enum PyBuildCheck
{
    /// <summary>The sdist holds nothing that version control does not, and no distribution holds a tool's cache. Fails with
    /// <see cref="PySignFailure.ForeignContent"/>.</summary>
    Content,

    /// <summary>No distribution holds what looks like a private key or a file of credentials. Fails with
    /// <see cref="PySignFailure.SecretContent"/>.</summary>
    Secrets,

    /// <summary>The wheel's RECORD lists every file with its true hash and size, and nothing else. Fails with
    /// <see cref="PySignFailure.RecordMismatch"/>.</summary>
    Record,

    /// <summary><c>twine check --strict</c> has no error to report; with <see cref="PyBuildSettings.StrictMetadata"/> no warning either.
    /// Fails with <see cref="PySignFailure.InvalidMetadata"/>.</summary>
    Metadata,

    /// <summary>The installed twine knows the metadata's version. Fails with <see cref="PySignFailure.ToolTooOld"/>.</summary>
    MetadataVersion,

    /// <summary>The project's <c>requires-python</c> allows the Python that built it. Fails with
    /// <see cref="PySignFailure.UnsupportedPython"/>.</summary>
    RequiresPython,

    /// <summary>No version is made up: one that is computed from tags has the tags (a shallow clone may not), and a release has no
    /// <c>.dev</c> and no local part that nobody asked for. Fails with <see cref="PySignFailure.BuildMismatch"/>.</summary>
    Version,

    /// <summary>No distribution holds a pointer of Git LFS in place of the file. Fails with
    /// <see cref="PySignFailure.MissingContent"/>.</summary>
    LargeFiles,

    /// <summary>The sdist holds what back ends take by themselves and version control has: the modules of the packages in the wheel, the
    /// files that pyproject.toml names. Fails with <see cref="PySignFailure.MissingContent"/>.</summary>
    Completeness,
}

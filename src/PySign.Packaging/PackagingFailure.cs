namespace PySign.Packaging;

/// <summary>Why something of Python's packaging world was refused. One value per rule, so that a caller can switch on it.</summary>
public enum PackagingFailure
{
    /// <summary>Not a project name (name normalization specification).</summary>
    InvalidName,

    /// <summary>Not a PEP 440 version.</summary>
    InvalidVersion,

    /// <summary>Not the plain file name of a wheel or source distribution.</summary>
    InvalidFileName,

    /// <summary>A wheel tag or build tag is not well formed.</summary>
    InvalidTag,

    /// <summary>The archive cannot be read: not a zip or gzipped tar, truncated, encrypted or damaged.</summary>
    UnreadableArchive,

    /// <summary>The archive goes beyond a bound: entries, name length, size or compression ratio.</summary>
    ArchiveTooLarge,

    /// <summary>An archive entry's name would leave the folder it is unpacked into, or is not a plain relative path.</summary>
    UnsafeArchiveEntry,

    /// <summary>METADATA or PKG-INFO is not in the distribution where its specification puts it, or is there twice.</summary>
    MetadataNotFound,

    /// <summary>Core metadata is malformed or misses a required field.</summary>
    InvalidMetadata,

    /// <summary>The metadata version is newer than what this library knows.</summary>
    UnsupportedMetadataVersion,

    /// <summary>File name, folder name and metadata of one distribution do not say the same name and version.</summary>
    InconsistentDistribution,

    /// <summary>A simple index answer is not understood.</summary>
    InvalidIndex,

    /// <summary>A simple index answer goes beyond a bound.</summary>
    IndexTooLarge,

    /// <summary>A link of a simple index leads to something other than http or https.</summary>
    UnsafeIndexLink,

    /// <summary>A file does not exist.</summary>
    FileNotFound,

    /// <summary>pyproject.toml is TOML, but not what the pyproject specification allows.</summary>
    InvalidProject,

    /// <summary>There is no <c>[project]</c> table: the project keeps its metadata elsewhere.</summary>
    NoProjectTable,

    /// <summary>The value asked to be edited is listed in <c>dynamic</c>; the build back end computes it.</summary>
    DynamicField,

    /// <summary>The table has no such static value to edit.</summary>
    MissingField,

    /// <summary>The project's version is in no place that can be edited, or not as one plain value.</summary>
    VersionNotEditable,

    /// <summary>Not a version specifier (PEP 440).</summary>
    InvalidSpecifier,

    /// <summary>Two sources state different versions for one release.</summary>
    ConflictingVersions,

    /// <summary>Two keys mean the same URL label, so it is not clear which one to edit.</summary>
    AmbiguousUrlLabel,

    /// <summary>The value given for an edit is not one the field can hold.</summary>
    InvalidValue,

    /// <summary>Not an attestation object of version 1, or not a provenance object of version 1 (PEP 740).</summary>
    InvalidAttestation,

    /// <summary>An attestation or provenance object has a version that is not known here.</summary>
    UnsupportedAttestationVersion,

    /// <summary>An attestation or provenance object goes beyond a bound.</summary>
    AttestationTooLarge,

    /// <summary>What an attestation says is not an in-toto statement v1 about exactly one distribution.</summary>
    InvalidStatement,

    /// <summary>An attestation's statement is of a type that indexes do not take (PEP 740).</summary>
    UnsupportedPredicate,

    /// <summary>An attestation is about another file name, or about other bytes.</summary>
    SubjectMismatch,

    /// <summary>A lock file is not what its form allows.</summary>
    InvalidLockFile,

    /// <summary>A lock file has a form, or a version of it, that is not known.</summary>
    UnsupportedLockFile,

    /// <summary>A lock file goes beyond a bound.</summary>
    LockFileTooLarge,

    /// <summary>A link of an index page may be taken for the version that is asked for, and readers differ in which file it is.</summary>
    AmbiguousIndexLink,
}

using PySign.Formats;
using PySign.Packaging.Names;

namespace PySign.Packaging.LockFiles;

/// <summary>Where a locked package comes from.</summary>
public enum LockedSourceKind
{
    /// <summary>A package index.</summary>
    Index,

    /// <summary>Indexes of which the lock file does not say which one is meant: the location is the one that is asked first. Without a
    /// location: different ones for one name.</summary>
    SeveralIndexes,

    /// <summary>A version control repository.</summary>
    Vcs,

    /// <summary>One file at an address.</summary>
    Url,

    /// <summary>A file or a folder of this machine.</summary>
    Path,

    /// <summary>A folder that is installed in place.</summary>
    Editable,
}

/// <summary>Where a locked package comes from.</summary>
/// <param name="Kind">The kind of source.</param>
/// <param name="Location">The index, address or path as the lock file writes it, without credentials and query; null where the file does
/// not say.</param>
/// <param name="Revision">The full commit of a repository, or null.</param>
public sealed record LockedSource(LockedSourceKind Kind, string? Location = null, string? Revision = null)
{
    /// <summary>An index that the lock file does not name.</summary>
    public static LockedSource UnnamedIndex { get; } = new(LockedSourceKind.Index);
}

/// <summary>A file that a lock file pins.</summary>
/// <param name="FileName">The file's name where the lock file has one; as foreign text, to show and to compare only.</param>
/// <param name="Sha256">The digest, or null.</param>
/// <param name="Line">The line of the lock file, from 1.</param>
/// <param name="OtherHash">Whether only another digest than SHA-256 is pinned, which cannot be compared with an index.</param>
public sealed record LockedFile(string? FileName, Sha256Digest? Sha256, int Line, bool OtherHash = false);

/// <summary>A publisher that a <c>pylock.toml</c> expects (PEP 751, <c>attestation-identities</c>): recorded for some file of the
/// package.</summary>
/// <param name="Kind">Such as <c>GitHub</c>.</param>
/// <param name="Values">The publisher's other keys.</param>
public sealed record LockedIdentity(string Kind, IReadOnlyDictionary<string, string> Values);

/// <summary>A package that a lock file pins.</summary>
public sealed record LockedPackage
{
    /// <summary>The project, in the spelling of the lock file.</summary>
    public required ProjectName Name { get; init; }

    /// <summary>The version as written, or null where the lock file has none.</summary>
    public string? Version { get; init; }

    /// <summary>Where it comes from.</summary>
    public required LockedSource Source { get; init; }

    /// <summary>The files that may be installed; empty where none is pinned.</summary>
    public IReadOnlyList<LockedFile> Files { get; init; } = [];

    /// <summary>Groups and extras that need it, as far as the lock file says.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The environments that install it, as an environment marker (PEP 508); null for all, or where the lock file has none on
    /// the package itself.</summary>
    public string? Marker { get; init; }

    /// <summary>Publishers that the lock file expects.</summary>
    public IReadOnlyList<LockedIdentity> Identities { get; init; } = [];

    /// <summary>The line of the lock file, from 1.</summary>
    public int Line { get; init; } = 1;
}

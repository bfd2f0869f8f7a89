namespace PySign.Sigstore.Tuf;

/// <summary>Why a TUF repository, or something that it served, is not believed. One value per check.</summary>
public enum TufFailure
{
    /// <summary>The metadata is not well-formed TUF metadata of its role.</summary>
    Malformed,

    /// <summary>The metadata follows another major version of the specification than 1.</summary>
    UnsupportedSpecification,

    /// <summary>Fewer distinct keys of the role signed the metadata than its threshold asks for.</summary>
    ThresholdNotMet,

    /// <summary>The metadata has another version than the one that was announced (a mix-and-match attack, or a root that skips a
    /// version).</summary>
    VersionMismatch,

    /// <summary>A version is lower than one that was believed before, or a role that was listed has disappeared (a rollback
    /// attack).</summary>
    Rollback,

    /// <summary>The metadata has expired (a freeze attack, or a repository that nobody keeps).</summary>
    Expired,

    /// <summary>The content is shorter or longer than the signed length.</summary>
    LengthMismatch,

    /// <summary>The content has another hash than the signed one, or the signed hashes are of unknown kinds only.</summary>
    HashMismatch,

    /// <summary>More bytes were offered than will be read.</summary>
    TooLarge,

    /// <summary>The repository does not have a file that its signed metadata announces.</summary>
    MissingFile,

    /// <summary>The snapshot does not list a role that is needed.</summary>
    MissingRole,

    /// <summary>No role that may speak about the target lists it.</summary>
    UnknownTarget,

    /// <summary>The repository offers more successive roots than will be followed.</summary>
    TooManyRoots,

    /// <summary>The search for a target visited more roles than will be visited.</summary>
    TooManyDelegations,

    /// <summary>A target's name would leave its folder.</summary>
    UnsafeName,

    /// <summary>The repository did not answer, or answered with an error.</summary>
    Unreachable,

    /// <summary>Offline, and neither the cache nor this library holds what was asked for.</summary>
    NotAvailableOffline,
}

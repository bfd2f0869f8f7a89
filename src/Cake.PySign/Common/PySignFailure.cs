namespace Cake.PySign;

/// <summary>Why a step of a signed release stopped, one value per cause that a script may want to tell apart.</summary>
public enum PySignFailure
{
    /// <summary>A setting or an argument is missing, malformed or contradicts another.</summary>
    InvalidSettings,

    /// <summary>There was nothing to work on: an empty file list, or a build without a distribution.</summary>
    NothingToDo,

    /// <summary>A named file or folder does not exist.</summary>
    MissingFile,

    /// <summary>An output folder holds files that are not this step's own.</summary>
    OutputFolderNotEmpty,

    /// <summary>No Python interpreter with the needed module, or another needed program, was found.</summary>
    ToolNotFound,

    /// <summary>A child process ended with an exit code other than zero.</summary>
    ToolFailed,

    /// <summary>A child process or a service did not end within its time.</summary>
    TimedOut,

    /// <summary>The project cannot be built as asked, or what was built is not what was asked for.</summary>
    BuildMismatch,

    /// <summary>Signing failed: identity token, certificate, transparency log or timestamp.</summary>
    SigningFailed,

    /// <summary>A release from a ref that is not protected, or not known to be, would reach the public log without an explicit
    /// yes.</summary>
    UnprotectedRef,

    /// <summary>The name of a project that is not public, or not known to be, would reach the public log without an explicit yes.</summary>
    PrivateProject,

    /// <summary>A signature was refused or is missing.</summary>
    VerificationFailed,

    /// <summary>A service did not accept the credentials (401).</summary>
    Unauthorized,

    /// <summary>A service knows the caller but does not allow the action (403).</summary>
    Forbidden,

    /// <summary>A protection rule of the registry closes the package to the caller (403, GitLab's protected packages).</summary>
    PackageProtected,

    /// <summary>A project, package, version or file is not there (404).</summary>
    NotFound,

    /// <summary>The registry already holds other bytes under the same name.</summary>
    Conflict,

    /// <summary>The registry refused a file for its size.</summary>
    TooLarge,

    /// <summary>The registry refused a name, a version or other metadata.</summary>
    InvalidMetadata,

    /// <summary>The installed twine is too old for the metadata version of a distribution.</summary>
    ToolTooOld,

    /// <summary>A service answered with a redirect that is not followed.</summary>
    Redirected,

    /// <summary>A service could not be reached, or kept failing.</summary>
    Unreachable,

    /// <summary>Bytes that were read back or downloaded are not those that were expected.</summary>
    DigestMismatch,

    /// <summary>A name is not allowed in the place where it would be used.</summary>
    InvalidName,

    /// <summary>A TUF repository's data is not believed: a wrong signature, a rollback, something expired.</summary>
    TrustRefused,

    /// <summary>Two builds of the same sources did not give the same bytes.</summary>
    NotReproducible,

    /// <summary>A distribution holds a file that version control does not, or a cache.</summary>
    ForeignContent,

    /// <summary>A distribution holds what looks like a private key or a file of credentials.</summary>
    SecretContent,

    /// <summary>A distribution lacks a file that belongs in it, or holds a placeholder of it.</summary>
    MissingContent,

    /// <summary>A wheel is not what its own RECORD says.</summary>
    RecordMismatch,

    /// <summary>The project does not support the Python that built it.</summary>
    UnsupportedPython,

    /// <summary>The sandbox could not be started.</summary>
    SandboxFailed,

    /// <summary>An index refused an attestation.</summary>
    AttestationRefused,

    /// <summary>A job's identity got no upload token of an index.</summary>
    TrustedPublishingFailed,

    /// <summary>A project's own tests failed.</summary>
    TestsFailed,

    /// <summary>A server's TLS certificate is not trusted, has expired, or is for another host.</summary>
    TlsUntrusted,

    /// <summary>A service was asked too often; the message says when it answers again.</summary>
    RateLimited,

    /// <summary>A release or a version that takes no more files: it is immutable, or its tag was used by one that was.</summary>
    ReleaseClosed,

    /// <summary>What other jobs built is not the whole release, or more, or something else.</summary>
    IncompleteRelease,

    /// <summary>Something that the audit's policy enforces is not satisfied.</summary>
    AuditNotSatisfied,

    /// <summary>Provenance would say another commit than the one that was built, or whoever verifies would refuse it.</summary>
    ProvenanceMismatch,

    /// <summary>A file cannot be written: the disk is full, or the permissions do not allow it.</summary>
    OutputUnwritable,
}

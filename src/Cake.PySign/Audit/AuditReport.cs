using Cake.Core.IO;
using PySign.Formats;
using PySign.Packaging.LockFiles;

namespace Cake.PySign.Audit;

/// <summary>Whom a file comes from, as its attestation proves.</summary>
/// <param name="Kind"><c>GitHub</c>, <c>GitLab</c> or <c>Google</c>.</param>
/// <param name="Repository">The source repository; <see langword="null"/> for Google.</param>
/// <param name="Workflow">The workflow's file name, or the CI configuration's path; <see langword="null"/> for Google.</param>
/// <param name="Environment">The deployment environment: the certificate's where it has one, else what the index claims;
/// <see langword="null"/> for none.</param>
/// <param name="Email">Google: the account; <see langword="null"/> for others.</param>
public sealed record AuditedPublisher(
    string Kind,
    string? Repository = null,
    string? Workflow = null,
    string? Environment = null,
    string? Email = null
)
{
    /// <summary>The publisher for a person.</summary>
    public override string ToString() =>
        Email is not null ? $"{Kind} {Email}"
        : Environment is null ? $"{Kind} {Repository} {Workflow}"
        : $"{Kind} {Repository} {Workflow} ({Environment})";
}

/// <summary>One attestation that was verified, and what its certificate says of the build.</summary>
/// <param name="PredicateType">What it says: published, or how it was built.</param>
/// <param name="Identity">The certificate's subject.</param>
/// <param name="Issuer">The OIDC issuer.</param>
/// <param name="LoggedAt">When the signature is proven to have existed (UTC).</param>
/// <param name="Claims">What the certificate says, by the names of <c>pysign-policy.toml</c>; <c>slsa-builder</c> from SLSA
/// provenance.</param>
public sealed record AuditedAttestation(
    string PredicateType,
    string Identity,
    string Issuer,
    DateTimeOffset? LoggedAt,
    IReadOnlyDictionary<string, string> Claims
);

/// <summary>A locked file.</summary>
public sealed record AuditedFile
{
    /// <summary>Its name.</summary>
    /// <value>In the index, else in the lock file, else <see langword="null"/>.</value>
    public string? FileName { get; init; }

    /// <summary>The locked digest.</summary>
    /// <value><see langword="null"/> where the lock file has no SHA-256 of it.</value>
    public Sha256Digest? Sha256 { get; init; }

    /// <summary>The line of the lock file.</summary>
    /// <value>From 1.</value>
    public required int Line { get; init; }

    /// <summary>What is known of it.</summary>
    /// <value><see cref="AuditState.Attested"/> where an attestation was verified.</value>
    public required AuditState State { get; init; }

    /// <summary>Why.</summary>
    /// <value><see cref="AuditReason.None"/> where the state says it all.</value>
    public AuditReason Reason { get; init; }

    /// <summary>The same for a person.</summary>
    /// <value>A sentence, or <see langword="null"/>.</value>
    public string? Explanation { get; init; }

    /// <summary>Whom it comes from.</summary>
    /// <value><see langword="null"/> where that is not proven.</value>
    public AuditedPublisher? Publisher { get; init; }

    /// <summary>What was verified.</summary>
    /// <value>Empty for nothing.</value>
    public IReadOnlyList<AuditedAttestation> Attestations { get; init; } = [];

    /// <summary>Whether the lock file fixes its bytes.</summary>
    /// <value><see langword="false"/> for a file without a hash, which was judged as the index serves it now, or not at all. It never
    /// satisfies <see cref="AuditMode.Enforce"/>, unless the policy names the package with <c>unhashed = true</c>.</value>
    public bool IsPinned { get; init; } = true;

    /// <summary>Where the provenance was read.</summary>
    /// <value>An address without secrets, or <see langword="null"/>.</value>
    public Uri? ProvenanceUrl { get; init; }

    internal static AuditedFile Of(LockedFile file, string? name, AuditState state, AuditReason reason = AuditReason.None) =>
        new()
        {
            FileName = name,
            Sha256 = file.Sha256,
            Line = file.Line,
            State = state,
            Reason = reason,
        };
}

/// <summary>A file of an index that a publisher attested.</summary>
public sealed record VerifiedDistribution
{
    /// <summary>Its name.</summary>
    /// <value>As the index has it.</value>
    public required string FileName { get; init; }

    /// <summary>The SHA-256 of its bytes.</summary>
    /// <value>As the index lists it, or of the file that was at hand; the attestations are about these bytes.</value>
    public required Sha256Digest Sha256 { get; init; }

    /// <summary>Whom it comes from.</summary>
    /// <value>As its attestations prove.</value>
    public required AuditedPublisher Publisher { get; init; }

    /// <summary>What was verified.</summary>
    /// <value>Never empty.</value>
    public required IReadOnlyList<AuditedAttestation> Attestations { get; init; }

    /// <summary>Where the provenance was read.</summary>
    /// <value>An address without secrets, or <see langword="null"/>.</value>
    public Uri? ProvenanceUrl { get; init; }
}

/// <summary>A change, with the words that explain it.</summary>
/// <param name="Change">What changed.</param>
/// <param name="Explanation">Before and after, for a person.</param>
public sealed record AuditedChange(AuditChange Change, string Explanation);

/// <summary>The answer that was last known of a package that cannot be asked for now.</summary>
/// <param name="State">What it was.</param>
/// <param name="At">When it was learnt (UTC).</param>
public sealed record AuditedBefore(AuditState State, DateTimeOffset At);

/// <summary>A locked package.</summary>
public sealed record AuditedPackage
{
    /// <summary>The lock file.</summary>
    /// <value>Relative to the working directory where it lies below it.</value>
    public required string LockFile { get; init; }

    /// <summary>The line of the lock file.</summary>
    /// <value>From 1.</value>
    public required int Line { get; init; }

    /// <summary>The project.</summary>
    /// <value>Normalized.</value>
    public required string Name { get; init; }

    /// <summary>The version.</summary>
    /// <value>As locked; <see langword="null"/> where the lock file has none.</value>
    public string? Version { get; init; }

    /// <summary>The kind of source.</summary>
    /// <value>Reports write the names in lower case with hyphens.</value>
    public required LockedSourceKind SourceKind { get; init; }

    /// <summary>The index that was asked.</summary>
    /// <value>Without credentials; <see langword="null"/> where none was.</value>
    public Uri? IndexUrl { get; init; }

    /// <summary>Whether the lock file leaves the index open and PyPI was assumed.</summary>
    /// <value>For rows of poetry.lock, pdm.lock, requirements files without <c>--index-url</c>.</value>
    public bool IsIndexAssumed { get; init; }

    /// <summary>Groups and extras that need it.</summary>
    /// <value>As far as the lock file says.</value>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>What is known of its attestations.</summary>
    /// <value>Of all files together.</value>
    public required AuditState State { get; init; }

    /// <summary>Why.</summary>
    /// <value><see cref="AuditReason.None"/> where the state says it all.</value>
    public AuditReason Reason { get; init; }

    /// <summary>The same for a person.</summary>
    /// <value>A sentence, or <see langword="null"/>.</value>
    public string? Explanation { get; init; }

    /// <summary>The locked files.</summary>
    /// <value>In the order of the lock file.</value>
    public IReadOnlyList<AuditedFile> Files { get; init; } = [];

    /// <summary>Whom it comes from.</summary>
    /// <value><see langword="null"/> where that is not proven, or not the same for all files.</value>
    public AuditedPublisher? Publisher { get; init; }

    /// <summary>What differs from what was accepted.</summary>
    /// <value>Empty for nothing.</value>
    public IReadOnlyList<AuditedChange> Changes { get; init; } = [];

    /// <summary>What a finding means here.</summary>
    /// <value>As the policy says.</value>
    public AuditMode Mode { get; init; }

    /// <summary>What the policy asks for and does not get.</summary>
    /// <value>One sentence each; empty where it is satisfied.</value>
    public IReadOnlyList<string> Unmet { get; init; } = [];

    /// <summary>The reason of the exception that lets it pass.</summary>
    /// <value><see langword="null"/> for none.</value>
    public string? ExceptionReason { get; init; }

    /// <summary>Whether it is yanked in the index.</summary>
    /// <value>The reason, which may be empty; <see langword="null"/> where it is not.</value>
    public string? YankedReason { get; init; }

    /// <summary>What was known before, where nothing is known now.</summary>
    /// <value><see langword="null"/> for nothing.</value>
    public AuditedBefore? Before { get; init; }

    /// <summary>How many versions before and with this one the index says are attested without a gap.</summary>
    /// <value>0 where it is not attested.</value>
    public int SteadyVersions { get; init; }

    /// <summary>When the first of these was uploaded.</summary>
    /// <value>UTC, as the index says.</value>
    public DateTimeOffset? SteadySince { get; init; }

    /// <summary>Whether the release before was only partly attested, too.</summary>
    internal bool PartlyBefore { get; init; }

    /// <summary>Whether it gives what the policy asks for, or an exception lets it pass.</summary>
    /// <value>What fails a run is what is enforced and not satisfied.</value>
    public bool IsSatisfied => Unmet.Count == 0 || ExceptionReason is not null;

    /// <summary>Whether it fails the run.</summary>
    /// <value>Enforced and not satisfied.</value>
    public bool IsFailure => Mode == AuditMode.Enforce && !IsSatisfied;
}

/// <summary>A lock file that was read.</summary>
/// <param name="LockFile">Relative to the working directory where it lies below it.</param>
/// <param name="Kind">Its form.</param>
/// <param name="PackageCount">How many rows it gave.</param>
/// <param name="Remarks">What a reader should know of it.</param>
public sealed record AuditedLock(string LockFile, LockFileKind Kind, int PackageCount, IReadOnlyList<string> Remarks);

/// <summary>What an audit of the dependencies found.</summary>
public sealed record AuditReport
{
    /// <summary>The lock files.</summary>
    /// <value>In the order in which they were given.</value>
    public required IReadOnlyList<AuditedLock> Locks { get; init; }

    /// <summary>Every locked package.</summary>
    /// <value>By lock file, name and version.</value>
    public required IReadOnlyList<AuditedPackage> Packages { get; init; }

    /// <summary>Indexes whose pages say nothing about attestations.</summary>
    /// <value>Each once.</value>
    public IReadOnlyList<Uri> SilentIndexes { get; init; } = [];

    /// <summary>What is wrong with the policy itself, which fails the run in every mode: an exception whose date is past.</summary>
    /// <value>One sentence each.</value>
    public IReadOnlyList<string> PolicyErrors { get; init; } = [];

    /// <summary>What a reader of the policy should know: exceptions that nothing needs, entries of packages that are not locked.</summary>
    /// <value>One sentence each.</value>
    public IReadOnlyList<string> PolicyRemarks { get; init; } = [];

    /// <summary>The policy and memory file.</summary>
    /// <value><see langword="null"/> where there is none.</value>
    public FilePath? DependencyPolicyFile { get; init; }

    /// <summary>Where the reports were written.</summary>
    /// <value><see langword="null"/> where none were asked for.</value>
    public DirectoryPath? ReportDirectory { get; init; }

    /// <summary>What fails the run.</summary>
    /// <value>Enforced and not satisfied.</value>
    public IReadOnlyList<AuditedPackage> Failures => [.. Packages.Where(static package => package.IsFailure)];

    /// <summary>Whether everything that is enforced is satisfied, and the policy itself is in order.</summary>
    /// <value>The task's exit code is 19 where it is not.</value>
    public bool IsSatisfied => PolicyErrors.Count == 0 && Failures.Count == 0;
}

using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Verification;

/// <summary>An artifact that passed every check. Only the verifier can make one, and nobody can make another out of it.</summary>
public sealed record VerifiedArtifact
{
    internal VerifiedArtifact(Sha256Digest sha256) => Sha256 = sha256;

    /// <summary>The artifact's SHA-256.</summary>
    public Sha256Digest Sha256 { get; }

    /// <summary>Who signed: the certificate's subject alternative name; empty for a managed key.</summary>
    public string Identity => Certificate?.SubjectAlternativeName ?? "";

    /// <summary>Who vouched for the identity: the certificate's OIDC issuer; empty for a managed key.</summary>
    public string Issuer => Certificate?.Issuer ?? "";

    /// <summary>What the certificate says; null for a managed key.</summary>
    public CertificateIdentity? Certificate { get; internal init; }

    /// <summary>The times at which the signature is proven to have existed; at least one, except for a managed key whose signature may be
    /// in no log.</summary>
    public IReadOnlyList<VerifiedTime> Timestamps { get; internal init; } = [];

    /// <summary>The transparency log entries; at least one, except where the verifier's options accept signatures that are in no
    /// log.</summary>
    public IReadOnlyList<VerifiedLogEntry> LogEntries { get; internal init; } = [];

    /// <summary>The verified in-toto statement; null when the signature is over the artifact itself.</summary>
    public InTotoStatement? Statement { get; internal init; }

    /// <summary>The statement's predicate type; null without a statement.</summary>
    public string? PredicateType => Statement?.PredicateType;
}

/// <summary>What vouches for a time.</summary>
public enum TimeSource
{
    /// <summary>An RFC 3161 timestamp authority.</summary>
    TimestampAuthority,

    /// <summary>A transparency log's signed entry timestamp.</summary>
    TransparencyLog,
}

/// <summary>A time at which the signature is proven to have existed.</summary>
/// <param name="Time">The time.</param>
/// <param name="Source">What vouches for it.</param>
/// <param name="Authority">The authority's or log's URL in the trusted root.</param>
public sealed record VerifiedTime(DateTimeOffset Time, TimeSource Source, string Authority);

/// <summary>A transparency log entry that was verified.</summary>
/// <param name="LogId">The log's id, lower-case hexadecimal.</param>
/// <param name="BaseUrl">The log's URL in the trusted root.</param>
/// <param name="LogIndex">The entry's index over all shards.</param>
/// <param name="IntegratedTime">When the log took the entry in, if it signed that.</param>
/// <param name="Kind">The kind of entry and its version, such as <c>hashedrekord/0.0.1</c>.</param>
public sealed record VerifiedLogEntry(string LogId, string BaseUrl, long LogIndex, DateTimeOffset? IntegratedTime, string Kind);

/// <summary>One artifact of a batch.</summary>
/// <param name="Bundle">Its bundle.</param>
/// <param name="Artifact">The artifact.</param>
/// <param name="Policy">Who must have signed it.</param>
public sealed record VerificationRequest(Bundle Bundle, Artifact Artifact, VerificationPolicy Policy);

/// <summary>What became of one artifact of a batch: exactly one of the two is not null.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Verified">The verified artifact.</param>
/// <param name="Failure">Why it is none.</param>
public sealed record VerificationResult(VerificationRequest Request, VerifiedArtifact? Verified, VerificationException? Failure);

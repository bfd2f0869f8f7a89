using PySign.Formats;

namespace Cake.PySign.Audit;

/// <summary>What an attestation holds, shown and <b>not verified</b>: anybody can write all of it.</summary>
public sealed record InspectedAttestation
{
    /// <summary>Where it was read.</summary>
    /// <value>A file or an address.</value>
    public required string Source { get; init; }

    /// <summary>Whom the index names.</summary>
    /// <value><see langword="null"/> for an attestation alone.</value>
    public AuditedPublisher? Publisher { get; init; }

    /// <summary>What it says.</summary>
    /// <value>A URI.</value>
    public required string PredicateType { get; init; }

    /// <summary>The files that it is about.</summary>
    /// <value>Empty where it is not a statement.</value>
    public required IReadOnlyList<InspectedSubject> Subjects { get; init; }

    /// <summary>The certificate's subject.</summary>
    /// <value>As the certificate has it.</value>
    public required string Identity { get; init; }

    /// <summary>Who vouched for the signer: the certificate's OIDC issuer.</summary>
    /// <value>Empty where the certificate names none.</value>
    public required string Issuer { get; init; }

    /// <summary>What else the certificate says.</summary>
    /// <value>By the names of <c>pysign-policy.toml</c>.</value>
    public required IReadOnlyDictionary<string, string> Claims { get; init; }

    /// <summary>When the certificate begins to be valid.</summary>
    /// <value>UTC.</value>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>When it ceases to be valid.</summary>
    /// <value>UTC.</value>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Entries of transparency logs.</summary>
    /// <value>A log is named by its key's id in base64: whose it is, only a trusted root says. An index that is not a number is -1.</value>
    public required IReadOnlyList<SignedLogEntry> LogEntries { get; init; }

    /// <summary>Always <see langword="false"/>: nothing here was verified.</summary>
    /// <value>For reports that are read by programs.</value>
    public bool IsVerified { get; }
}

/// <summary>A file that an attestation is about, as it says itself.</summary>
/// <param name="Name">The file's name; empty where it has none.</param>
/// <param name="Sha256">The SHA-256 of its bytes; <see langword="null"/> where there is none.</param>
public sealed record InspectedSubject(string Name, Sha256Digest? Sha256);

namespace Cake.PySign.Audit;

/// <summary>What an attestation holds, shown and <b>not verified</b>: anybody can write all of it.</summary>
/// <param name="Source">Where it was read.</param>
/// <param name="Publisher">Whom the index names; <see langword="null"/> for an attestation alone.</param>
/// <param name="PredicateType">What it says.</param>
/// <param name="Subjects">The files that it is about, as <c>name sha256:digest</c>.</param>
/// <param name="Identity">The certificate's subject.</param>
/// <param name="Claims">What else the certificate says, by the names of <c>pysign-policy.toml</c>.</param>
/// <param name="NotBefore">When the certificate begins to be valid (UTC).</param>
/// <param name="NotAfter">When it ceases to be (UTC).</param>
/// <param name="LogEntries">Entries of transparency logs, as <c>index in log id</c>.</param>
public sealed record InspectedAttestation(
    string Source,
    AuditedPublisher? Publisher,
    string PredicateType,
    IReadOnlyList<string> Subjects,
    string Identity,
    IReadOnlyDictionary<string, string> Claims,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    IReadOnlyList<string> LogEntries
)
{
    /// <summary>Always <see langword="false"/>: nothing here was verified.</summary>
    /// <value>For reports that are read by programs.</value>
    public bool IsVerified { get; }
}

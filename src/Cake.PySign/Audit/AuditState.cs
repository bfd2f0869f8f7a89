using System.Text;

namespace Cake.PySign.Audit;

/// <summary>What is known of a locked package's attestations. Reports write the names in lower case with hyphens.</summary>
public enum AuditState
{
    /// <summary>Every locked file has an attestation that verifies for these very bytes.</summary>
    Attested,

    /// <summary>Some locked files have, others have none.</summary>
    PartlyAttested,

    /// <summary>The index says that no locked file has one.</summary>
    Unattested,

    /// <summary>Something is served that does not verify, or the index does not serve what is locked.</summary>
    Unverifiable,

    /// <summary>There is nothing that could be judged: not from an index, or not pinned by a hash.</summary>
    Unjudged,

    /// <summary>The index says nothing about attestations.</summary>
    IndexWithoutAttestations,

    /// <summary>The index could not be asked.</summary>
    Unknown,
}

/// <summary>What is different from what was accepted before.</summary>
public enum AuditChange
{
    /// <summary>It was attested, and is not any more.</summary>
    AttestationLost,

    /// <summary>Somebody else publishes it.</summary>
    PublisherChanged,

    /// <summary>The same repository publishes it with another workflow or environment.</summary>
    WorkflowChanged,

    /// <summary>The repository has another owner, or is spelled in another case.</summary>
    RepositoryMoved,

    /// <summary>Fewer of its files are attested than before.</summary>
    FewerFiles,

    /// <summary>It is a new dependency and has no attestations.</summary>
    NewUnattested,

    /// <summary>It is older than the first version that was seen attested, and has no attestations.</summary>
    BeforeFirstAttested,
}

/// <summary>What a finding means for the run.</summary>
public enum AuditMode
{
    /// <summary>It is reported.</summary>
    Collect,

    /// <summary>It is a warning.</summary>
    Warn,

    /// <summary>It fails the run.</summary>
    Enforce,
}

/// <summary>Why a package or a file has its state.</summary>
public enum AuditReason
{
    /// <summary>The state says it all.</summary>
    None,

    /// <summary>It comes from a version control repository.</summary>
    Git,

    /// <summary>It is a file or a folder of a machine.</summary>
    Path,

    /// <summary>It is a file at an address, which no index serves.</summary>
    Url,

    /// <summary>It is installed in place.</summary>
    Editable,

    /// <summary>The lock file pins no hash, so what is installed is what the index serves then.</summary>
    NoHash,

    /// <summary>The lock file pins a digest other than SHA-256, which no index lists.</summary>
    OtherHash,

    /// <summary>The lock file pins no version.</summary>
    NotPinned,

    /// <summary>The lock file leaves open which of several indexes serves it.</summary>
    SeveralIndexes,

    /// <summary>The index's address cannot be used: not https, a variable, a name without an address.</summary>
    IndexNotUsable,

    /// <summary>The index does not serve a file with the locked hash under this name and version.</summary>
    HashNotServed,

    /// <summary>The index has no such project.</summary>
    NotInIndex,

    /// <summary>The index contradicts itself.</summary>
    IndexInconsistent,

    /// <summary>The index announces provenance and does not serve it.</summary>
    ProvenanceMissing,

    /// <summary>The provenance is larger than any honest one.</summary>
    ProvenanceTooLarge,

    /// <summary>What is served as provenance is of another media type.</summary>
    ProvenanceMediaType,

    /// <summary>What is served as provenance is not a provenance object that is known.</summary>
    ProvenanceMalformed,

    /// <summary>The index announces provenance, and it holds no attestation.</summary>
    ProvenanceEmpty,

    /// <summary>The link to the provenance leads where nothing is fetched from.</summary>
    ProvenanceLinkUnsafe,

    /// <summary>The publisher is of a kind that is not known.</summary>
    PublisherUnknown,

    /// <summary>The publisher's name cannot be that of a repository: other letters than ASCII, or control characters.</summary>
    PublisherSuspicious,

    /// <summary>The attestation is about another file.</summary>
    AnotherFile,

    /// <summary>The certificate is not that of the publisher whom the index names.</summary>
    AnotherSigner,

    /// <summary>A signature, a certificate or a log entry does not hold.</summary>
    NotProven,

    /// <summary>The index's pages say nothing about provenance.</summary>
    IndexSilent,

    /// <summary>A version with a local label is never on PyPI.</summary>
    LocalVersion,

    /// <summary>The index could not be reached.</summary>
    Unreachable,

    /// <summary>The index did not answer in time.</summary>
    TimedOut,

    /// <summary>The index answered with an error of its own.</summary>
    ServerError,

    /// <summary>The index limits how often it is asked.</summary>
    RateLimited,

    /// <summary>The index does not let the caller see it.</summary>
    Forbidden,

    /// <summary>The index sends its users elsewhere.</summary>
    Redirected,

    /// <summary>What answered is not an index.</summary>
    NotAnIndex,

    /// <summary>The index shows no files of a project in quarantine.</summary>
    Quarantined,
}

/// <summary>The names that reports and the policy file use.</summary>
internal static class AuditNames
{
    /// <summary>A value's name in lower case with hyphens.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum
    {
        var text = new StringBuilder();
        foreach (var c in value.ToString())
        {
            text.Append(char.IsUpper(c) && text.Length > 0 ? "-" : "").Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}

namespace PySign.Sigstore.Errors;

/// <summary>The step of the Sigstore client specification at which a verification stopped, in the order in which the steps run.</summary>
public enum VerificationStep
{
    /// <summary>Reading a bundle and checking its shape against the rules of its media type (client-spec 4.1).</summary>
    Parse,

    /// <summary>Reading the trusted root and preparing its keys and chains.</summary>
    TrustedRoot,

    /// <summary>Reading the artifact and computing its digests.</summary>
    Artifact,

    /// <summary>Establishing at least one trusted time: RFC 3161 timestamps and signed entry timestamps.</summary>
    TrustedTime,

    /// <summary>Building the certificate path to a trusted authority, valid at every trusted time.</summary>
    CertificateChain,

    /// <summary>Checking that a trusted certificate transparency log has promised to publish the certificate (RFC 6962).</summary>
    SignedCertificateTimestamp,

    /// <summary>Checking the leaf's profile and asking the policy about identity, issuer and extensions.</summary>
    Identity,

    /// <summary>Checking the log's checkpoint and the entry's inclusion in it.</summary>
    TransparencyLog,

    /// <summary>Verifying the signature over the artifact or the DSSE envelope.</summary>
    Signature,

    /// <summary>Comparing the logged entry with the one rebuilt from the bundle.</summary>
    LogEntryBinding,

    /// <summary>Finding the log entry of a signature that carries none, with the log's search (only when asked for).</summary>
    OnlineSearch,
}

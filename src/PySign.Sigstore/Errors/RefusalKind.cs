using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Errors;

/// <summary>What a refusal says about the thing that was refused: each kind calls for another answer of a person.</summary>
public enum RefusalKind
{
    /// <summary>The file is not intact, or is not what its name says. Fetch it again.</summary>
    Damaged,

    /// <summary>The file may be good, but is of a kind, version or algorithm that this library does not know. Update, or have it signed in
    /// another form.</summary>
    Unsupported,

    /// <summary>The file may be good, but belongs to an instance of Sigstore that the trusted root does not describe, or no longer
    /// describes. Give the signer's trusted root.</summary>
    AnotherInstance,

    /// <summary>The proof may hold, but is not what the policy or the options ask for: another signer, an old format, no log. Decide
    /// whether it is what you want.</summary>
    NotAllowed,

    /// <summary>The proof does not hold: something was changed, put together from pieces, or forged. Do not use the artifact.</summary>
    NotProven,

    /// <summary>The trusted root itself cannot be used. Ask the instance's operator for a corrected one.</summary>
    TrustUnusable,

    /// <summary>Something could not be read or asked. Nothing is known about the artifact; try again.</summary>
    Unavailable,
}

/// <summary>Which kind each reason is.</summary>
internal static class RefusalKinds
{
    public static RefusalKind Of(VerificationFailure reason) =>
        reason switch
        {
            ArtifactUnreadable or ArtifactBytesNeeded or OnlineSearchUnavailable => RefusalKind.Unavailable,
            TrustedRootChainInvalid or TrustedRootInvalid => RefusalKind.TrustUnusable,
            FieldUnknown
            or MediaTypeUnknown
            or KeyUnsupported
            or PayloadTypeUnknown
            or LogEntryKindUnsupported
            or LogEntryKindWithdrawn
            or LogKeyUnusable
            or CertificateCriticalExtensionUnknown => RefusalKind.Unsupported,
            LogUnknown or CertificateAuthorityUnknown or SctLogUnknown or TimestampAuthorityUntrusted => RefusalKind.AnotherInstance,
            RootCertificateInBundle
            or LogEntryMissing
            or IdentityMismatch
            or IssuerMismatch
            or ExtensionMismatch
            or PolicyEmpty
            or PolicyUnsatisfied
            or CertificateExpected
            or ManagedKeyExpected
            or ManagedKeyHintMismatch
            or ThresholdNotReached
            or OnlineSearchNotAllowed => RefusalKind.NotAllowed,
            DocumentTooLarge
            or JsonMalformed
            or FieldMissing
            or FieldInvalid
            or Base64Invalid
            or NumberInvalid
            or ContentMissing
            or ContentAmbiguous
            or KeyMaterialMissing
            or KeyMaterialAmbiguous
            or KeyMaterialForbidden
            or CertificateChainEmpty
            or TooManyItems
            or LogEntryDuplicate
            or TimestampDuplicate
            or InclusionPromiseMissing
            or InclusionProofMissing
            or CheckpointMissing
            or EnvelopeSignatureCount
            or TimestampMalformed
            or CertificateMalformed
            or SctMalformed
            or CheckpointMalformed
            or StatementMalformed
            or SubjectAlternativeNameInvalid
            or IssuerInvalid => RefusalKind.Damaged,
            _ => RefusalKind.NotProven,
        };
}

namespace PySign.Sigstore.Errors;

/// <summary>One value for every check that can stop a verification.</summary>
public enum VerificationFailure
{
    // ---- Parse: JSON and proto-JSON ----

    /// <summary>The document is larger than any honest one.</summary>
    DocumentTooLarge,

    /// <summary>The document is not well-formed JSON, is nested too deeply, or names a field twice.</summary>
    JsonMalformed,

    /// <summary>A field is not part of the format; what is not understood is not trusted.</summary>
    FieldUnknown,

    /// <summary>A field is absent that must be there.</summary>
    FieldMissing,

    /// <summary>A field has the wrong JSON type, or a value outside its limits.</summary>
    FieldInvalid,

    /// <summary>A binary field is not canonical standard base64.</summary>
    Base64Invalid,

    /// <summary>A number is not a non-negative 64-bit integer.</summary>
    NumberInvalid,

    // ---- Parse: the shape of a bundle ----

    /// <summary>The media type is not that of bundle version 0.1, 0.2 or 0.3.</summary>
    MediaTypeUnknown,

    /// <summary>The bundle holds neither a message signature nor a DSSE envelope.</summary>
    ContentMissing,

    /// <summary>The bundle holds both a message signature and a DSSE envelope.</summary>
    ContentAmbiguous,

    /// <summary>The bundle names no certificate and no public key.</summary>
    KeyMaterialMissing,

    /// <summary>The bundle names more than one of certificate, certificate chain and public key.</summary>
    KeyMaterialAmbiguous,

    /// <summary>The form of the key material does not belong to the bundle's version (a chain in 0.3, a single certificate in
    /// 0.1).</summary>
    KeyMaterialForbidden,

    /// <summary>The certificate chain has no certificate.</summary>
    CertificateChainEmpty,

    /// <summary>The bundle brings its own root certificate, as bundles of old formats do; accepted only where that is allowed.</summary>
    RootCertificateInBundle,

    /// <summary>A list is longer than allowed (32 log entries, 32 timestamps, 10 certificates, 64 proof hashes).</summary>
    TooManyItems,

    /// <summary>The same log entry appears twice.</summary>
    LogEntryDuplicate,

    /// <summary>The same timestamp appears twice.</summary>
    TimestampDuplicate,

    /// <summary>The bundle has no transparency log entry, and the verifier requires one.</summary>
    LogEntryMissing,

    /// <summary>A 0.1 entry lacks its signed entry timestamp.</summary>
    InclusionPromiseMissing,

    /// <summary>An entry lacks its inclusion proof.</summary>
    InclusionProofMissing,

    /// <summary>An inclusion proof lacks its checkpoint.</summary>
    CheckpointMissing,

    /// <summary>A DSSE envelope does not carry exactly one signature.</summary>
    EnvelopeSignatureCount,

    // ---- TrustedRoot ----

    /// <summary>A certificate chain of the trusted root does not hold together.</summary>
    TrustedRootChainInvalid,

    /// <summary>A key, window, log id or URL of the trusted root cannot be used.</summary>
    TrustedRootInvalid,

    // ---- Artifact ----

    /// <summary>The artifact cannot be read.</summary>
    ArtifactUnreadable,

    /// <summary>The key signs with another hash than the digest that was given, so the artifact's bytes are needed.</summary>
    ArtifactBytesNeeded,

    /// <summary>The bundle's own message digest is not the artifact's.</summary>
    MessageDigestMismatch,

    // ---- TrustedTime ----

    /// <summary>Nothing in the bundle proves when the signature was made.</summary>
    NoVerifiedTime,

    /// <summary>A timestamp is not a well-formed RFC 3161 response with a well-formed CMS token.</summary>
    TimestampMalformed,

    /// <summary>The timestamp authority did not grant the timestamp.</summary>
    TimestampNotGranted,

    /// <summary>The timestamp is for other bytes than the bundle's signature.</summary>
    TimestampImprintMismatch,

    /// <summary>No timestamp authority of the trusted root made the timestamp.</summary>
    TimestampAuthorityUntrusted,

    /// <summary>The timestamp's signature is wrong.</summary>
    TimestampSignatureInvalid,

    /// <summary>The timestamp lies outside the time in which its authority is trusted.</summary>
    TimestampOutsideAuthorityWindow,

    /// <summary>A certificate of the timestamp authority was not valid at the timestamp's time.</summary>
    TimestampCertificateExpired,

    /// <summary>The timestamp authority's certificate may not make timestamps.</summary>
    TimestampCertificateUnsuitable,

    /// <summary>The signed entry timestamp's signature is wrong.</summary>
    SignedEntryTimestampInvalid,

    /// <summary>An entry has an integrated time and no signature over it.</summary>
    IntegratedTimeUnsigned,

    /// <summary>The integrated time lies outside the time in which the log's key is trusted.</summary>
    IntegratedTimeOutsideLogWindow,

    // ---- CertificateChain ----

    /// <summary>A certificate cannot be read as strict DER X.509 v3.</summary>
    CertificateMalformed,

    /// <summary>No certificate authority of the trusted root issued the certificate.</summary>
    CertificateAuthorityUnknown,

    /// <summary>A signature in the certificate path is wrong.</summary>
    CertificateSignatureInvalid,

    /// <summary>The certificate was not valid at a trusted time of the signature.</summary>
    CertificateNotValidAtTime,

    /// <summary>A certificate of the authority was not valid at a trusted time of the signature.</summary>
    AuthorityCertificateNotValidAtTime,

    /// <summary>The authority is not trusted at a trusted time of the signature.</summary>
    OutsideAuthorityWindow,

    /// <summary>A certificate of the path breaks a constraint: basic constraints, path length, key usage, extended key usage.</summary>
    CertificateConstraintViolated,

    /// <summary>A certificate has a critical extension that is not understood.</summary>
    CertificateCriticalExtensionUnknown,

    /// <summary>The certificate may not sign code: not a leaf, no digital signature usage, no code signing usage.</summary>
    CertificateUnsuitable,

    // ---- SignedCertificateTimestamp ----

    /// <summary>The certificate carries no signed certificate timestamp.</summary>
    SctMissing,

    /// <summary>The list of signed certificate timestamps cannot be read.</summary>
    SctMalformed,

    /// <summary>No certificate transparency log of the trusted root made a signed certificate timestamp of the certificate.</summary>
    SctLogUnknown,

    /// <summary>A signed certificate timestamp's signature is wrong.</summary>
    SctSignatureInvalid,

    /// <summary>A signed certificate timestamp lies outside the time in which its log is trusted.</summary>
    SctOutsideLogWindow,

    // ---- Identity ----

    /// <summary>The certificate names nobody, or several, or in a form that is not known.</summary>
    SubjectAlternativeNameInvalid,

    /// <summary>The certificate does not say, or says in two ways, which issuer vouched for the identity.</summary>
    IssuerInvalid,

    /// <summary>The certificate's identity is not the expected one.</summary>
    IdentityMismatch,

    /// <summary>The certificate's issuer is not the expected one.</summary>
    IssuerMismatch,

    /// <summary>An extension of the certificate has not the expected value.</summary>
    ExtensionMismatch,

    /// <summary>The policy asks for nothing, so it can be satisfied by nothing.</summary>
    PolicyEmpty,

    /// <summary>None of the alternatives of the policy is satisfied.</summary>
    PolicyUnsatisfied,

    /// <summary>Fewer of the named signers have signed than the policy asks for.</summary>
    ThresholdNotReached,

    /// <summary>The bundle is signed with a managed key, and a certificate identity was expected.</summary>
    CertificateExpected,

    /// <summary>The bundle is signed with a certificate, and a managed key was expected.</summary>
    ManagedKeyExpected,

    /// <summary>The bundle's key hint names another key than the given one.</summary>
    ManagedKeyHintMismatch,

    // ---- TransparencyLog ----

    /// <summary>No log of the trusted root has the entry's log id.</summary>
    LogUnknown,

    /// <summary>The log's key is not one that checkpoints or entry timestamps can be verified with.</summary>
    LogKeyUnusable,

    /// <summary>The entry lies outside the time in which the log's key is trusted.</summary>
    OutsideLogWindow,

    /// <summary>The checkpoint is not a well-formed signed note.</summary>
    CheckpointMalformed,

    /// <summary>The checkpoint is of another log.</summary>
    CheckpointOriginMismatch,

    /// <summary>The checkpoint carries no signature of the log's key.</summary>
    CheckpointSignatureMissing,

    /// <summary>The log's signature on the checkpoint is wrong.</summary>
    CheckpointSignatureInvalid,

    /// <summary>The checkpoint's tree size is not the inclusion proof's.</summary>
    CheckpointSizeMismatch,

    /// <summary>The checkpoint's root hash is not the inclusion proof's.</summary>
    CheckpointRootMismatch,

    /// <summary>The inclusion proof does not lead from the entry to the checkpoint's root.</summary>
    InclusionProofInvalid,

    /// <summary>The entry's index contradicts its inclusion proof.</summary>
    LogIndexMismatch,

    // ---- Signature ----

    /// <summary>The signature is not one of the artifact or envelope by this key.</summary>
    SignatureInvalid,

    /// <summary>The key is of a kind, size or encoding that is not supported.</summary>
    KeyUnsupported,

    /// <summary>The DSSE payload is not an in-toto statement.</summary>
    PayloadTypeUnknown,

    /// <summary>The in-toto statement cannot be read.</summary>
    StatementMalformed,

    /// <summary>The artifact is not one of the statement's subjects.</summary>
    SubjectMismatch,

    // ---- LogEntryBinding ----

    /// <summary>The kind or version of log entry is not supported for this content.</summary>
    LogEntryKindUnsupported,

    /// <summary>The kind of log entry is one that was withdrawn (dsse 0.0.2 of Rekor v2).</summary>
    LogEntryKindWithdrawn,

    /// <summary>The logged entry is not the one that the bundle's content, key and artifact make.</summary>
    LogEntryMismatch,

    // ---- OnlineSearch ----

    /// <summary>A detached signature carries no proof of time; it can only be verified with the log's search, which was not
    /// allowed.</summary>
    OnlineSearchNotAllowed,

    /// <summary>The log's search found no entry of the signature.</summary>
    OnlineSearchFoundNothing,

    /// <summary>The log's search could not be asked, or gave an answer that cannot be used.</summary>
    OnlineSearchUnavailable,
}

namespace PySign.Sigstore.Errors;

/// <summary>Something could not be signed. Never shows a token or key.</summary>
public sealed class SigningException : Exception
{
    /// <summary>Says why something could not be signed; for token providers and services of one's own.</summary>
    public SigningException(SigningFailure reason, string service, string what, string advice, Exception? inner = null)
        : base($"{(service.Length > 0 ? service + ": " : "")}{what.TrimEnd('.')}.{(advice.Length > 0 ? " " + advice : "")}", inner)
    {
        Reason = reason;
        Service = service;
        Advice = advice;
    }

    /// <summary>Why.</summary>
    public SigningFailure Reason { get; }

    /// <summary>The service that failed or gave a wrong answer; empty when none was involved.</summary>
    public string Service { get; internal init; }

    /// <summary>What a person can do about it, as a sentence.</summary>
    public string Advice { get; }
}

/// <summary>Why something could not be signed.</summary>
public enum SigningFailure
{
    /// <summary>No provider has an identity token.</summary>
    TokenMissing,

    /// <summary>A GitHub job may not ask for an identity token: <c>id-token: write</c> is missing.</summary>
    TokenPermissionMissing,

    /// <summary>A GitLab job asks for no identity token of this audience: <c>id_tokens:</c> is missing.</summary>
    TokenNotConfigured,

    /// <summary>GitHub gives pull requests from forks no identity token.</summary>
    TokenWithheldFromFork,

    /// <summary>The CI service has no identity token that a certificate authority would take.</summary>
    TokenNotOffered,

    /// <summary>The place that should have the identity token cannot be used: a file, a variable or a program.</summary>
    TokenSourceFailed,

    /// <summary>Nobody can log in here: this is a CI job, or the issuer has no login for a device.</summary>
    LoginImpossible,

    /// <summary>The person refused the login.</summary>
    LoginDenied,

    /// <summary>Nobody logged in in time.</summary>
    LoginExpired,

    /// <summary>The issuer's answers during the login are not what its protocol says.</summary>
    LoginFailed,

    /// <summary>The identity token is not a JWT with the claims that are needed.</summary>
    TokenMalformed,

    /// <summary>The identity token has expired.</summary>
    TokenExpired,

    /// <summary>The identity token is not valid yet: one of the two clocks is wrong.</summary>
    TokenNotYetValid,

    /// <summary>The identity token was made for another audience.</summary>
    TokenAudience,

    /// <summary>The certificate authority does not accept the identity token's issuer.</summary>
    TokenIssuerUnsupported,

    /// <summary>The identity token names nobody in a form that a certificate can name: which identity the certificate must have is not
    /// known.</summary>
    TokenIdentityUnknown,

    /// <summary>The private key cannot be read or is of a kind that is not supported.</summary>
    KeyInvalid,

    /// <summary>The private key is encrypted, and the password is missing or wrong.</summary>
    KeyPassword,

    /// <summary>The program that signs was not found, or cannot be started.</summary>
    SignerMissing,

    /// <summary>The program that signs ended with an error.</summary>
    SignerFailed,

    /// <summary>The program that signs did not end in time.</summary>
    SignerTimedOut,

    /// <summary>What the program that signs printed is not one signature.</summary>
    SignerOutput,

    /// <summary>The program signed with another key than the stated one, or something else than it was asked to.</summary>
    SignerKey,

    /// <summary>The signing config cannot be read.</summary>
    SigningConfigInvalid,

    /// <summary>The signing config or the given URLs do not name the services that are needed now.</summary>
    NoUsableService,

    /// <summary>A service could not be reached, or gave no usable answer, for as long as it was tried.</summary>
    ServiceUnavailable,

    /// <summary>The certificate authority refuses to issue a certificate.</summary>
    CertificateRefused,

    /// <summary>The certificate authority's answer is not what its protocol says.</summary>
    CertificateAnswerMalformed,

    /// <summary>The certificate is for another key than the one that was sent.</summary>
    CertificateForAnotherKey,

    /// <summary>The certificate does not lead to an authority of the trusted root.</summary>
    CertificateUntrusted,

    /// <summary>The certificate carries no valid promise of a certificate transparency log.</summary>
    CertificateNotTransparent,

    /// <summary>The certificate names another identity or issuer than the token.</summary>
    CertificateForAnotherIdentity,

    /// <summary>The certificate is not valid now.</summary>
    CertificateNotValidNow,

    /// <summary>Certificate and identity token have expired before everything was signed.</summary>
    CredentialsExpired,

    /// <summary>The transparency log is not one of the trusted root: what it takes in would not verify. Nothing was uploaded.</summary>
    LogUntrusted,

    /// <summary>The transparency log refuses the entry.</summary>
    LogRefused,

    /// <summary>The transparency log's answer is not what its protocol says.</summary>
    LogAnswerMalformed,

    /// <summary>The timestamp authority refuses the request.</summary>
    TimestampRefused,

    /// <summary>The timestamp is not one of this request by a trusted authority.</summary>
    TimestampWrong,

    /// <summary>What shall be signed is not an in-toto statement that could be verified.</summary>
    StatementInvalid,

    /// <summary>The artifact cannot be read.</summary>
    ArtifactUnreadable,

    /// <summary>Signed, but the signature files cannot be written.</summary>
    OutputUnwritable,

    /// <summary>Not begun, because a service failed others before in a way that would fail this one too.</summary>
    NotBegun,

    /// <summary>What came out does not verify: a service answered with something else than it was asked for.</summary>
    ResultNotVerifiable,
}

using Cake.Core.IO;

namespace Cake.PySign.Sign;

/// <summary>What every alias that signs is told: who signs, who is believed, and how the services are reached.</summary>
/// <remarks>Every signature is verified before it is written. By default Sigstore's public instance is believed, by TUF, and 25 files are
/// signed at a time.</remarks>
public abstract class SignatureSettings : TrustingSettings
{
    private protected SignatureSettings() { }

    /// <summary>Who signs, and which services are used.</summary>
    /// <value>By default the running CI job, with the services of the instance that is trusted.</value>
    public SigningSettings Signing
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>Whether files that are already signed by the same signer are left as they are.</summary>
    /// <value>Default <see langword="false"/>: every file is signed again. With <see langword="true"/>, a file whose signature still
    /// verifies keeps it and no service is asked about it: what a second run after a failed one wants.</value>
    public bool KeepValid { get; set; }

    internal virtual SigningRequest Request => new(Signing, Trust, Network, KeepValid);
}

/// <summary>Which identity or key signs, which services it uses and what is written.</summary>
public sealed class CosignSignBlobSettings : SignatureSettings
{
    /// <summary>Whether <c>{file}.sig</c> is written, for consumers that use cosign with signature and certificate.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool WriteSignature { get; set; } = true;

    /// <summary>Whether <c>{file}.crt</c> is written, for consumers that use cosign with signature and certificate.</summary>
    /// <value>Default <see langword="true"/>. A key has no certificate, so none is written for it.</value>
    public bool WriteCertificate { get; set; } = true;

    /// <summary>Whether <c>{file}.bundle</c> is written, the old format of cosign 2's <c>--bundle</c>.</summary>
    /// <value>Default <see langword="false"/>. It needs a log of version 1.</value>
    public bool WriteCosignBundle { get; set; }
}

/// <summary>What is said of the files, who says it, and which services it uses.</summary>
public sealed class CosignAttestBlobSettings : SignatureSettings
{
    /// <summary>What the predicate is.</summary>
    /// <value>A URI, for example <c>https://slsa.dev/provenance/v1</c> or <c>https://cyclonedx.org/bom</c>. Required.</value>
    public string? PredicateType { get; set; }

    /// <summary>The predicate: what is said of every file.</summary>
    /// <value>A JSON file. Exactly one of this and <see cref="PredicateJson"/> is required.</value>
    public FilePath? Predicate { get; set; }

    /// <summary>The predicate as text.</summary>
    /// <value>A JSON value. Exactly one of this and <see cref="Predicate"/> is required.</value>
    public string? PredicateJson { get; set; }

    /// <summary>What the attestation is called: its bundle is <c>{file}.{attestation}.sigstore.json</c>.</summary>
    /// <value>Letters, digits, <c>-</c> and <c>_</c>; default <c>attestation</c>. Give each kind of predicate its own.</value>
    public string AttestationName
    {
        get;
        set => field = Setting.NotNull(value);
    } = "attestation";
}

/// <summary>
/// Who attests, and which services are used. A log of version 1 is used whatever the signing config prefers, and no timestamp authority:
/// PyPI's verifier is only sure to accept that. An attestation is made by an identity; <see cref="SigningSettings.Key"/> must not be set.
/// </summary>
public sealed class PyPiAttestSettings : SignatureSettings
{
    internal override SigningRequest Request => base.Request with { OnlyRekorV1 = true };
}

/// <summary>Who signs which files a release consists of, and which services are used.</summary>
public sealed class SignReleaseStatementSettings : SignatureSettings
{
    /// <summary>Where the statement goes.</summary>
    /// <value>A folder; <see langword="null"/> means the one that all the files lie in.</value>
    public DirectoryPath? OutputDirectory { get; set; }
}

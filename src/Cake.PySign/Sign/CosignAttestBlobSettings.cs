using Cake.Core.IO;

namespace Cake.PySign.Sign;

/// <summary>What is said of the files, who says it, and which services it uses.</summary>
public sealed class CosignAttestBlobSettings
{
    /// <summary>Who signs, and which services are used.</summary>
    /// <value>By default the running CI job, with the services of the instance that is trusted.</value>
    public SigningSettings Signing
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>Who is believed: every signature is verified before it is written.</summary>
    /// <value>By default Sigstore's public instance, by TUF.</value>
    public TrustSettings Trust
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>How the services are reached.</summary>
    /// <value>By default directly, 25 files at a time.</value>
    public NetworkSettings Network
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>Whether files that are already signed by the same signer are left as they are.</summary>
    /// <value>Default <see langword="false"/>: every file is signed again. With <see langword="true"/>, a file whose signature still
    /// verifies keeps it and no service is asked about it: what a second run after a failed one wants.</value>
    public bool KeepValid { get; set; }

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
    public string Attestation
    {
        get;
        set => field = Setting.NotNull(value);
    } = "attestation";

    internal SigningRequest Request => new(Signing, Trust, Network, KeepValid);
}

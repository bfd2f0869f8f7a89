using Cake.Core.IO;

namespace Cake.PySign.Sign;

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

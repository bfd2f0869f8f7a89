using Cake.Core.IO;

namespace Cake.PySign.Verify;

/// <summary>Whose signature is accepted, and with which trust. Identity and issuer have no default: nobody is trusted by chance.</summary>
public sealed class VerifyBlobSettings : VerificationSettings
{
    /// <summary>What kind of statement about the file is asked for, instead of a signature over it.</summary>
    /// <value>The predicate type, compared exactly, such as <c>https://slsa.dev/provenance/v1</c>; <see langword="null"/> asks for a
    /// signature over the file, and a statement is refused.</value>
    public string? PredicateType { get; set; }

    /// <summary>Which statement about the file is looked for.</summary>
    /// <value>The name that <c>CosignAttestBlob</c> was given: <c>{file}.{name}.sigstore.json</c>; default <c>attestation</c>. Only with
    /// <see cref="PredicateType"/>.</value>
    public string AttestationName
    {
        get;
        set => field = Setting.NotNull(value);
    } = "attestation";

    /// <summary>The bundle of the one file to verify.</summary>
    /// <value>A file; <see langword="null"/> looks for <c>{file}.sigstore.json</c>, then <c>{file}.sigstore</c> (with
    /// <see cref="PredicateType"/>, for <c>{file}.{Attestation}.sigstore.json</c>). Only with a single file.</value>
    public FilePath? Bundle { get; set; }

    /// <summary>Where the bundles lie.</summary>
    /// <value>A folder; default: beside each file.</value>
    public DirectoryPath? BundleDirectory { get; set; }
}

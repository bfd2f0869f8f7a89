namespace Cake.PySign.Common;

/// <summary>What the files beside a signed file are called: its name and one of these.</summary>
internal static class SignatureNames
{
    /// <summary>The Sigstore bundle.</summary>
    public const string Bundle = ".sigstore.json";

    /// <summary>The bundle as older clients named it.</summary>
    public const string OldBundle = ".sigstore";

    /// <summary>The signature alone, for cosign.</summary>
    public const string Signature = ".sig";

    /// <summary>The certificate alone, for cosign.</summary>
    public const string Certificate = ".crt";

    /// <summary>Any attestation, as twine and other uploaders know it.</summary>
    public const string Attestation = ".attestation";

    /// <summary>The attestation that the file was published (PEP 740).</summary>
    public const string PublishAttestation = ".publish" + Attestation;

    /// <summary>The attestation of how the file was built.</summary>
    public const string BuildAttestation = ".slsa" + Attestation;

    /// <summary>The bundle that says how the file was built.</summary>
    public const string Provenance = ".provenance" + Bundle;

    /// <summary>The bundle about the release as a whole; it stands behind name and version.</summary>
    public const string Statement = ".release" + Bundle;

    /// <summary>The bundle of an attestation of a name of its own.</summary>
    public static string BundleOf(string attestation) => $".{attestation}{Bundle}";
}

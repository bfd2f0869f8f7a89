using Cake.Core.IO;

namespace Cake.PySign.Verify;

/// <summary>Whose signature is accepted, and with which trust. Identity and issuer have no default: nobody is trusted by chance.</summary>
/// <remarks>By default Sigstore's public instance is believed, as the package carries its keys: nobody is asked. A TUF repository is the
/// only service that ever is.</remarks>
public abstract class VerificationSettings : TrustingSettings
{
    private protected VerificationSettings() { }

    /// <summary>The identity that must have signed, compared exactly.</summary>
    /// <value>The certificate's subject alternative name, for example
    /// <c>https://gitlab.com/acme/demo//.gitlab-ci.yml@refs/tags/v1.0.0</c>. Exactly one of this and
    /// <see cref="CertificateIdentityPattern"/> is required.</value>
    public string? CertificateIdentity { get; set; }

    /// <summary>A regular expression that the whole identity must match.</summary>
    /// <value>It is anchored at both ends. A pattern accepts more than one signer: prefer <see cref="CertificateIdentity"/>.</value>
    public string? CertificateIdentityPattern { get; set; }

    /// <summary>The OIDC issuer that must have vouched for the identity, compared exactly.</summary>
    /// <value>For example <c>https://gitlab.com</c>. Required.</value>
    public string? CertificateOidcIssuer { get; set; }

    /// <summary>The public key that must have signed, instead of an identity.</summary>
    /// <value>A PEM file (<c>PUBLIC KEY</c>), such as cosign's <c>cosign.pub</c>; <see langword="null"/> asks for an identity.</value>
    public FilePath? PublicKey { get; set; }

    /// <summary>Whether a signature with <see cref="PublicKey"/> is accepted that is in no transparency log.</summary>
    /// <value>Default <see langword="false"/>. For registries that tell nobody outside what they sign; nothing then says when it was
    /// signed, and without <see cref="TrustSettings.TrustedRoot"/> or <see cref="TrustSettings.TufMirror"/> nobody is asked for
    /// trust.</value>
    public bool AcceptUnlogged { get; set; }

    /// <summary>Whether bundles of old formats (0.1 and 0.2) are accepted whose certificate chain ends in its root.</summary>
    /// <value>Default <see langword="false"/>. npm, older sigstore-js and slsa-github-generator 1.7 wrote them. The root counts for
    /// nothing: trust comes from <see cref="TrustingSettings.Trust"/> alone.</value>
    public bool AcceptOldBundles { get; set; }

    /// <summary>Whether the signature must be in a transparency log.</summary>
    /// <value>Default <see langword="true"/>. With <see langword="false"/> a bundle without log entries is accepted when a timestamp
    /// authority of the trusted root vouches for its time, as GitHub's attestations of private repositories have it. Given up is that
    /// anybody can see what was signed in the signer's name: a signature that was made in secret looks like any other.</value>
    public bool RequireLog { get; set; } = true;
}

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
    /// <see cref="PredicateType"/>, for <c>{file}.{AttestationName}.sigstore.json</c>). Only with a single file.</value>
    public FilePath? Bundle { get; set; }

    /// <summary>Where the bundles lie.</summary>
    /// <value>A folder; default: beside each file.</value>
    public DirectoryPath? BundleDirectory { get; set; }
}

/// <summary>Whose statement about a release is accepted, and where it lies.</summary>
public sealed class VerifyReleaseStatementSettings : VerificationSettings
{
    /// <summary>The statement's bundle.</summary>
    /// <value>A file; <see langword="null"/> looks for it in <see cref="BundleDirectory"/>, under the name that
    /// <c>SignReleaseStatement</c> gives it.</value>
    public FilePath? Bundle { get; set; }

    /// <summary>Where the statement lies.</summary>
    /// <value>A folder; default: the one that all the files lie in.</value>
    public DirectoryPath? BundleDirectory { get; set; }
}

using Cake.Core.IO;

namespace Cake.PySign.Verification;

/// <summary>Whose signature is accepted, and with which trust. Identity and issuer have no default: nobody is trusted by chance.</summary>
public sealed class VerifyBlobSettings
{
    /// <summary>The identity that must have signed, compared exactly.</summary>
    /// <value>The certificate's subject alternative name, for example
    /// <c>https://gitlab.com/acme/demo//.gitlab-ci.yml@refs/tags/v1.0.0</c>. Exactly one of this and <see cref="CertificateIdentityPattern"/> is required.</value>
    public string? CertificateIdentity { get; set; }

    /// <summary>A regular expression that the whole identity must match.</summary>
    /// <value>It is anchored at both ends. A pattern accepts more than one signer: prefer <see cref="CertificateIdentity"/>.</value>
    public string? CertificateIdentityPattern { get; set; }

    /// <summary>The OIDC issuer that must have vouched for the identity, compared exactly.</summary>
    /// <value>For example <c>https://gitlab.com</c>. Required.</value>
    public string? CertificateOidcIssuer { get; set; }

    /// <summary>The keys and certificates that are believed.</summary>
    /// <value>A <c>trusted_root.json</c>; <see langword="null"/> means Sigstore's public one.</value>
    public FilePath? TrustedRoot { get; set; }

    /// <summary>The bundle of the one file to verify.</summary>
    /// <value>A file; <see langword="null"/> looks for <c>{file}.sigstore.json</c>, then <c>{file}.sigstore</c>. Only with a single file.</value>
    public FilePath? Bundle { get; set; }

    /// <summary>Where the bundles lie.</summary>
    /// <value>A folder; default: beside each file.</value>
    public DirectoryPath? BundleDirectory { get; set; }
}

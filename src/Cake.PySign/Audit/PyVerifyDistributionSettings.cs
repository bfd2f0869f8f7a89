using Cake.Core.IO;
using Cake.PySign.Verify;

namespace Cake.PySign.Audit;

/// <summary>Whether a version in an index is what a project's workflow published.</summary>
/// <remarks>By default the embedded trust is believed.</remarks>
public sealed class PyVerifyDistributionSettings : TrustingSettings
{
    /// <summary>The project.</summary>
    /// <value>Its name in any spelling. Required.</value>
    public string? Name { get; set; }

    /// <summary>The version.</summary>
    /// <value>A PEP 440 version. Required.</value>
    public string? Version { get; set; }

    /// <summary>A file of the version that is at hand.</summary>
    /// <value>It must be one of the files that the index lists, by its bytes; <see langword="null"/> verifies every file that the index
    /// lists.</value>
    public FilePath? File { get; set; }

    /// <summary>The publisher that must have attested.</summary>
    /// <value>For example <c>TrustedPublisher.GitHub("acme/demo", "release.yml")</c>; <see langword="null"/> takes the one that
    /// <see cref="DependencyPolicyFile"/> remembers.</value>
    public TrustedPublisher? Publisher { get; set; }

    /// <summary>Whether any publisher will do, to be shown.</summary>
    /// <value>Default <see langword="false"/>: nobody is trusted by chance.</value>
    public bool ShowPublisher { get; set; }

    /// <summary>The memory file.</summary>
    /// <value>Default <c>pysign-dependencies.toml</c>.</value>
    public FilePath DependencyPolicyFile
    {
        get;
        set => field = Setting.NotNull(value);
    } = "pysign-dependencies.toml";

    /// <summary>The index.</summary>
    /// <value>Default PyPI.</value>
    public IndexSettings Index
    {
        get;
        set => field = Setting.NotNull(value);
    } = new() { Url = AuditServices.PyPi };

    /// <summary>The issuer behind publishers of GitHub and GitLab.</summary>
    /// <value><see langword="null"/> takes the one that the variable <c>PYSIGN_CERTIFICATE_OIDC_ISSUER</c> names, else the public
    /// ones.</value>
    public string? CertificateOidcIssuer { get; set; }
}

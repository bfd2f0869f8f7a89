using Cake.Core.IO;

namespace Cake.PySign.Consume;

/// <summary>
/// Which release <c>VerifyRelease</c> checks, from where, and what it must satisfy. The inherited members say where the signatures are;
/// their package is the project's normalized name, in the project's version, unless another is set.
/// </summary>
public sealed class VerifyReleaseSettings : GenericRegistrySettings
{
    /// <summary>The project.</summary>
    /// <value>Its name in any spelling. Required.</value>
    public string? Name { get; set; }

    /// <summary>The version.</summary>
    /// <value>A PEP 440 version. Required.</value>
    public string? Version { get; set; }

    /// <summary>The simple index with the distributions.</summary>
    /// <value>For example <c>https://gitlab.com/api/v4/projects/42/packages/pypi/simple</c>. https, or http on loopback. Required.</value>
    public Uri? IndexUrl { get; set; }

    /// <summary>The user for Basic authentication at the index.</summary>
    /// <value><see langword="null"/> reads anonymously.</value>
    public string? IndexUserName { get; set; }

    /// <summary>The password or token for Basic authentication at the index.</summary>
    /// <value>It is sent to the index's own origin only.</value>
    public string? IndexPassword { get; set; }

    /// <summary>Who must have signed, and what the release must consist of.</summary>
    /// <value>A <c>pysign-policy.toml</c>, from a place the registry cannot write to. Required.</value>
    public FilePath? PolicyFile { get; set; }

    /// <summary>Where the files go.</summary>
    /// <value>A folder that is missing or empty. Required. When the release is refused, what was downloaded is deleted again.</value>
    public DirectoryPath? OutputDirectory { get; set; }

    /// <summary>The keys and certificates that are believed.</summary>
    /// <value>A <c>trusted_root.json</c>; <see langword="null"/> means what <see cref="Trust"/> says.</value>
    public FilePath? TrustedRoot { get; set; }

    /// <summary>Where the trust comes from when <see cref="TrustedRoot"/> is not set.</summary>
    /// <value>Default <see cref="TrustSource.Embedded"/>.</value>
    public TrustSource Trust { get; set; }

    /// <summary>The TUF repository of another instance than Sigstore's public one.</summary>
    /// <value>Used with <see cref="TufRoot"/>.</value>
    public Uri? TufMirror { get; set; }

    /// <summary>Where the belief in <see cref="TufMirror"/> starts.</summary>
    /// <value>The <c>root.json</c> that the instance's operator handed over in a safe way.</value>
    public FilePath? TufRoot { get; set; }

    /// <summary>Where TUF keeps what was believed.</summary>
    /// <value>A folder; <see langword="null"/> means one below the user's local application data.</value>
    public DirectoryPath? TufCache { get; set; }

    /// <summary>Ask no TUF repository: take what is cached, or what the package carries, and warn.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool TufOffline { get; set; }

    /// <summary>Where to write the result as JSON.</summary>
    /// <value>A file, or <see langword="null"/> for none. Written only when the release was verified.</value>
    public FilePath? ReportFile { get; set; }

    /// <summary>Where to write pip's requirements with the verified digests.</summary>
    /// <value>A file, or <see langword="null"/> for none. Written only when the release was verified.</value>
    public FilePath? RequirementsFile { get; set; }

    /// <summary>Whether to install the release with pip into a fresh environment, from the verified bytes alone, without its
    /// dependencies.</summary>
    /// <value>Default <see langword="false"/>. The environment is deleted afterwards.</value>
    public bool Install { get; set; }

    /// <summary>The Python that <see cref="Install"/> uses.</summary>
    /// <value>An interpreter; <see langword="null"/> looks as everywhere: <c>PYSIGN_PYTHON</c>, <c>VIRTUAL_ENV</c>, PATH.</value>
    public FilePath? PythonPath { get; set; }

    /// <summary>The largest distribution that is accepted.</summary>
    /// <value>Bytes; default 1 GiB. A registry that sends more is cut off.</value>
    public long MaxDistributionBytes { get; set; } = 1L << 30;

    /// <summary>How many files one version may have.</summary>
    /// <value>1 or more; default 2000, where the largest releases have some hundred. A registry that lists more is not believed.</value>
    public int MaxFiles { get; set; } = PackageDownloader.MaxFiles;

    /// <summary>How long the whole verification may take.</summary>
    /// <value>More than zero, at most 30 days; default one hour. A registry that answers ever so slowly is given up then, and nothing is
    /// accepted.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromHours(1);
}

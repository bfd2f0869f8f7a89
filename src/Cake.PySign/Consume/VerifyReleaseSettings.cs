using Cake.Core.IO;

namespace Cake.PySign.Consume;

/// <summary>Which release <c>VerifyRelease</c> checks, from where, and what it must satisfy.</summary>
/// <remarks>By default Sigstore's public instance is believed, as the package carries its keys; 4 files are fetched at a time, storage on
/// another host included.</remarks>
public sealed class VerifyReleaseSettings : TrustingSettings
{
    /// <summary>The project.</summary>
    /// <value>Its name in any spelling. Required.</value>
    public string? Name { get; set; }

    /// <summary>The version.</summary>
    /// <value>A PEP 440 version. Required.</value>
    public string? Version { get; set; }

    /// <summary>The simple index with the distributions.</summary>
    /// <value>For example <c>https://gitlab.com/api/v4/projects/42/packages/pypi/simple</c>. Required.</value>
    public IndexSettings Index
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>Who must have signed, and what the release must consist of.</summary>
    /// <value>A <c>pysign-policy.toml</c>, from a place the registry cannot write to. Required.</value>
    public FilePath? PolicyFile { get; set; }

    /// <summary>Where the files go.</summary>
    /// <value>A folder that is missing or empty. Required. When the release is refused, what was downloaded is deleted again.</value>
    public DirectoryPath? OutputDirectory { get; set; }

    /// <summary>Whether the folder gets a list of what was put there, so that a later run can remove just that.</summary>
    internal bool Marks { get; set; }

    /// <summary>Where the signatures are kept.</summary>
    /// <value>A store; its package is the project's normalized name, in the project's version, unless another is set. Required.</value>
    public SignatureStoreSettings Store
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

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
    public FilePath? Python { get; set; }

    /// <summary>How much is accepted at most.</summary>
    /// <value>Those of <see cref="DownloadLimits"/>. A registry that sends more is cut off, and nothing is accepted.</value>
    public DownloadLimits Limits
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>How long the whole verification may take.</summary>
    /// <value>More than zero, at most 30 days; default one hour. A registry that answers too slowly is given up on then, and nothing is
    /// accepted.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromHours(1);
}

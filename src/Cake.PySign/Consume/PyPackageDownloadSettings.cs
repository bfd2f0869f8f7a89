using Cake.Core.IO;
using Cake.PySign.Common.Network;

namespace Cake.PySign.Consume;

/// <summary>Which version <c>PyPackageDownload</c> fetches, and from where.</summary>
public sealed class PyPackageDownloadSettings
{
    /// <summary>The simple index.</summary>
    /// <value>The URL of the index itself, for example <c>https://gitlab.com/api/v4/projects/42/packages/pypi/simple</c>. https, or http on
    /// loopback. Required.</value>
    public Uri? IndexUrl { get; set; }

    /// <summary>The project.</summary>
    /// <value>Its name in any spelling. Required.</value>
    public string? Name { get; set; }

    /// <summary>The version.</summary>
    /// <value>A PEP 440 version, compared as PEP 440 says (<c>1.0</c> is <c>1.0.0</c>). Required.</value>
    public string? Version { get; set; }

    /// <summary>Where the files go.</summary>
    /// <value>A folder that is missing or empty. Required.</value>
    public DirectoryPath? OutputDirectory { get; set; }

    /// <summary>The user for Basic authentication.</summary>
    /// <value>For example <c>gitlab-ci-token</c>; <see langword="null"/> reads anonymously.</value>
    public string? UserName { get; set; }

    /// <summary>The password or token for Basic authentication.</summary>
    /// <value>It is sent to the index's own origin only.</value>
    public string? Password { get; set; }

    /// <summary>How the index is reached.</summary>
    /// <value>By default directly, 4 files at a time, and nothing is taken from another host.</value>
    public NetworkSettings Network
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>The largest file that is accepted.</summary>
    /// <value>Bytes; default 16 GiB. A registry that sends more is cut off.</value>
    public long MaxFileBytes { get; set; } = RegistryConnection.MaxFileBytes;

    /// <summary>How much all files of the version may have together.</summary>
    /// <value>Bytes; default 64 GiB. All of them together also take no longer than eight times <see
    /// cref="NetworkSettings.TransferTimeout"/>: a registry that sends a byte now and then is given up.</value>
    public long MaxTotalBytes { get; set; } = PackageDownloader.MaxTotalBytes;

    /// <summary>How many files one version may have.</summary>
    /// <value>1 or more; default 2000, where the largest releases have some hundred. A registry that lists more is not believed.</value>
    public int MaxFiles { get; set; } = PackageDownloader.MaxFiles;
}

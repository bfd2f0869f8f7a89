using Cake.PySign.Common.Network;

namespace Cake.PySign;

/// <summary>An index, and how to be let in.</summary>
public sealed class IndexSettings
{
    /// <summary>Its address.</summary>
    /// <value>https, or http on loopback; never with credentials in it. Whether it is required, and what holds without it, the alias
    /// says.</value>
    public Uri? Url { get; set; }

    /// <summary>The user for Basic authentication.</summary>
    /// <value>For example <c>gitlab-ci-token</c>; <see langword="null"/> reads anonymously.</value>
    public string? UserName { get; set; }

    /// <summary>The password or token for Basic authentication.</summary>
    /// <value>It is sent to this index's own origin only, and never appears in a log or an argument. That of an upload goes, through
    /// twine, to where it uploads to as well.</value>
    public string? Password { get; set; }
}

/// <summary>How much is accepted of one version of a project, so that a registry cannot fill a disk.</summary>
public sealed class DownloadLimits
{
    /// <summary>The largest file that is accepted.</summary>
    /// <value>Bytes; default 16 GiB.</value>
    public long MaxFileBytes { get; set; } = RegistryConnection.MaxFileBytes;

    /// <summary>How much all files of the version may have together.</summary>
    /// <value>Bytes; default 64 GiB.</value>
    public long MaxTotalBytes { get; set; } = 64L << 30;

    /// <summary>How many files the version may have.</summary>
    /// <value>1 or more; default 2000, where the largest releases have some hundred. A registry that lists more is not believed.</value>
    public int MaxFiles { get; set; } = 2000;
}

namespace Cake.PySign.Consume;

/// <summary>A distribution that was fetched from an index, and not opened. Its digest was computed here, over the bytes that
/// arrived.</summary>
public sealed record DownloadedDistribution : DistributionFile
{
    /// <summary>Where it came from.</summary>
    /// <value>The address in the end, redirects followed.</value>
    public required Uri Url { get; init; }

    /// <summary>How large it is.</summary>
    /// <value>In bytes.</value>
    public required long Size { get; init; }
}

/// <summary>What an index had of one version.</summary>
/// <param name="Files">Every distribution of exactly this version, downloaded.</param>
/// <param name="AlsoInstallable">Files, not downloaded, that an installer takes for the version though they are of another or in no form
/// that the standards know.</param>
internal sealed record DownloadedVersion(IReadOnlyList<DownloadedDistribution> Files, IReadOnlyList<string> AlsoInstallable);

/// <summary>A file that was fetched. Its digest was computed here, over the bytes that arrived.</summary>
public sealed record DownloadedFile : HashedFile
{
    /// <summary>Where it came from.</summary>
    /// <value>The address in the end, redirects followed.</value>
    public required Uri Url { get; init; }

    /// <summary>How large it is.</summary>
    /// <value>In bytes.</value>
    public required long Size { get; init; }
}

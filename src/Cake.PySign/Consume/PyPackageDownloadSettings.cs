using Cake.Core.IO;

namespace Cake.PySign.Consume;

/// <summary>Which version <c>PyPackageDownload</c> fetches, and from where.</summary>
/// <remarks>By default 4 files are fetched at a time, and nothing is taken from another host.</remarks>
public sealed class PyPackageDownloadSettings : PySignSettings
{
    /// <summary>The simple index.</summary>
    /// <value>The address of the index itself, for example <c>https://gitlab.com/api/v4/projects/42/packages/pypi/simple</c>.
    /// Required.</value>
    public IndexSettings Index
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>The project.</summary>
    /// <value>Its name in any spelling. Required.</value>
    public string? Name { get; set; }

    /// <summary>The version.</summary>
    /// <value>A PEP 440 version, compared as PEP 440 says (<c>1.0</c> is <c>1.0.0</c>). Required.</value>
    public string? Version { get; set; }

    /// <summary>Where the files go.</summary>
    /// <value>A folder that is missing or empty. Required.</value>
    public DirectoryPath? OutputDirectory { get; set; }

    /// <summary>How much is accepted at most.</summary>
    /// <value>Those of <see cref="DownloadLimits"/>. All files together also take no longer than eight times
    /// <see cref="NetworkSettings.TransferTimeout"/>: a registry that sends a byte now and then is given up.</value>
    public DownloadLimits Limits
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();
}

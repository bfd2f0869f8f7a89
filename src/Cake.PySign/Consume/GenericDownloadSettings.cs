using Cake.Core.IO;

namespace Cake.PySign.Consume;

/// <summary>What <c>GenericDownload</c> fetches from and where it puts the files.</summary>
/// <remarks>By default 4 files are fetched at a time, storage on another host included.</remarks>
public sealed class GenericDownloadSettings : PySignSettings
{
    /// <summary>Where the files are kept.</summary>
    /// <value>A store, a package and its version. Required.</value>
    public SignatureStoreSettings Store
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>Where the files go.</summary>
    /// <value>A folder, made if missing. A file of the same name in it is an error unless its bytes are the same. Required.</value>
    public DirectoryPath? OutputDirectory { get; set; }
}

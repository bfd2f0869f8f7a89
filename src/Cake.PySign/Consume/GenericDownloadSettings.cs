using Cake.Core.IO;

namespace Cake.PySign.Consume;

/// <summary>What <c>GenericDownload</c> fetches from and where it puts the files.</summary>
public sealed class GenericDownloadSettings
{
    /// <summary>Where the files are kept.</summary>
    /// <value>A store, a package and its version. Required.</value>
    public SignatureStoreSettings Store
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>How the store is reached.</summary>
    /// <value>By default directly, 4 files at a time, storage on another host included.</value>
    public NetworkSettings Network
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>Where the files go.</summary>
    /// <value>A folder, made if missing. A file of the same name in it is an error unless its bytes are the same. Required.</value>
    public DirectoryPath? OutputDirectory { get; set; }
}

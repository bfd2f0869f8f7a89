using Cake.Core.IO;

namespace Cake.PySign.Consume;

/// <summary>What <c>GenericDownload</c> fetches from and where it puts the files.</summary>
public sealed class GenericDownloadSettings : GenericRegistrySettings
{
    /// <summary>Where the files go.</summary>
    /// <value>A folder, made if missing. A file of the same name in it is an error unless its bytes are the same. Required.</value>
    public DirectoryPath? OutputDirectory { get; set; }
}

using Cake.Core.IO;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Stores;

namespace Cake.PySign.Common.Indexes;

/// <summary>A file that a registry keeps beside distributions: a bundle, a detached signature, the statement about the release.</summary>
internal static class RegistryFile
{
    /// <summary>Downloads it into a folder under its own name; null where the registry has none.</summary>
    public static async Task<FilePath?> FetchAsync(
        GenericRegistry registry,
        string name,
        DirectoryPath folder,
        CancellationToken cancellationToken
    )
    {
        registry.RequireFile(name);
        using var arriving = new ArrivingFile(folder.CombineWithFilePath(name));
        var download = await registry.DownloadAsync(name, arriving.Open, cancellationToken).ConfigureAwait(false);
        if (download is null)
        {
            return null;
        }

        arriving.Keep(download.Sha256);
        return arriving.Target;
    }
}

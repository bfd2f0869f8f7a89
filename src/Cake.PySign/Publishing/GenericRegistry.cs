using Cake.Core.IO;

namespace Cake.PySign.Publishing;

/// <summary>One package version of a generic package registry.</summary>
internal sealed class GenericRegistry(RegistryConnection connection, Uri root, string package, string version) : IDisposable
{
    /// <summary>Where the registry serves <paramref name="fileName"/>.</summary>
    public Uri Url(string fileName) => ServiceAddress.Below(root, package, version, fileName);

    /// <summary>Hashes what the registry serves under the name; <see langword="null"/> where it serves nothing.</summary>
    public Task<RegistryDownload?> FingerprintAsync(string fileName, CancellationToken cancellationToken) =>
        connection.DownloadAsync(Url(fileName), () => Stream.Null, $"Reading {fileName}", cancellationToken);

    /// <summary>Fetches a file; <see langword="null"/> where the registry serves nothing under the name.</summary>
    public Task<RegistryDownload?> DownloadAsync(string fileName, Func<Stream> open, CancellationToken cancellationToken) =>
        connection.DownloadAsync(Url(fileName), open, $"Downloading {fileName}", cancellationToken);

    /// <summary>Sends a file. That it is there now is for the caller to see by reading it back.</summary>
    public Task UploadAsync(FilePath file, CancellationToken cancellationToken)
    {
        var name = file.GetFilename().FullPath;
        return connection.PutAsync(Url(name), file, $"Uploading {name}", cancellationToken);
    }

    public void Dispose() => connection.Dispose();
}

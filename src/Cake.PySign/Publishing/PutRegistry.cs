using Cake.Core.IO;

namespace Cake.PySign.Publishing;

/// <summary>A store with one address per file, written by PUT: GitLab's generic registry with its rules for names, or any other.</summary>
internal sealed class PutRegistry(RegistryConnection connection, Uri root, Func<string, string> stored, Action<string> requireFile)
    : GenericRegistry(connection, root)
{
    public override string Stored(string fileName) => stored(fileName);

    public override void RequireFile(string fileName) => requireFile(fileName);

    public override Task UploadAsync(FilePath file, CancellationToken cancellationToken)
    {
        var name = file.GetFilename().FullPath;
        return Connection.SendFileAsync(HttpMethod.Put, Url(name), file, $"Uploading {name}", cancellationToken);
    }

    protected override Task<RegistryDownload?> FetchAsync(string fileName, Func<Stream> open, string action, CancellationToken cancellationToken) =>
        Connection.DownloadAsync(Url(fileName), open, action, cancellationToken);
}

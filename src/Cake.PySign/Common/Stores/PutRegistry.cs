using Cake.PySign.Common.Network;

namespace Cake.PySign.Common.Stores;

/// <summary>A store with one address per file, written by PUT: Nexus raw, Artifactory generic, WebDAV, or anything alike.</summary>
internal sealed class PutRegistry(RegistryConnection connection, Uri root) : GenericRegistry(connection, root)
{
    // Where the store knows it (RFC 9110 13.1.2), it takes the file only if there is none: of two runs at the same time one is told so.
    private static readonly IReadOnlyList<KeyValuePair<string, string>> _onlyNew = [new("If-None-Match", "*")];

    // Not every store heeds the condition above.
    public override bool Overwrites => true;

    public override void RequireFile(string fileName) => GenericNames.RequireSegment("file name", fileName);

    public override Task UploadAsync(HashedFile file, long size, CancellationToken cancellationToken)
    {
        var name = file.FileName;
        var upload = new FileUpload(HttpMethod.Put, Url(name), file, size, $"Uploading {name}") { Headers = _onlyNew };
        return Connection.SendFileAsync(upload, cancellationToken);
    }
}

namespace PySign.Sigstore.Http;

/// <summary>A request body that can be sent again: opened anew for every attempt, streamed, never held.</summary>
internal sealed record RequestBody(string ContentType, long Length, Func<Stream> Open)
{
    public static RequestBody Bytes(byte[] bytes, string contentType) =>
        new(contentType, bytes.Length, () => new MemoryStream(bytes, writable: false));

    public static RequestBody File(string path, string contentType = "application/octet-stream") =>
        new(
            contentType,
            new FileInfo(path).Length,
            () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true)
        );
}

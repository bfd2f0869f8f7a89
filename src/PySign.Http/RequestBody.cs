namespace PySign.Http;

/// <summary>A request body that can be sent again: opened again for every attempt, streamed, never held.</summary>
public sealed record RequestBody(string ContentType, long Length, Func<Stream> Open)
{
    /// <summary>A body of bytes in memory.</summary>
    public static RequestBody Bytes(byte[] bytes, string contentType) =>
        new(contentType, bytes.Length, () => new MemoryStream(bytes, writable: false));

    /// <summary>A body that is streamed from a file, again at each attempt.</summary>
    public static RequestBody File(string path, string contentType = "application/octet-stream") =>
        new(
            contentType,
            new FileInfo(path).Length,
            () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true)
        );
}

using Cake.Core.IO;

namespace Cake.PySign.Consume;

/// <summary>A file that was fetched. Its digest was computed here, over the bytes that arrived.</summary>
/// <param name="Path">The local file, absolute.</param>
/// <param name="Url">Where it came from.</param>
/// <param name="Sha256">SHA-256, lower-case hex.</param>
/// <param name="Size">Its number of bytes.</param>
public sealed record DownloadedFile(FilePath Path, Uri Url, string Sha256, long Size);

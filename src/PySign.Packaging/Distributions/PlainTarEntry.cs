using System.Formats.Tar;

namespace PySign.Packaging.Distributions;

/// <summary>An entry with nothing in it that depends on who built the archive, or when.</summary>
/// <param name="Name">The path inside the archive; a folder's ends with a slash.</param>
/// <param name="Kind">File, folder or link.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Link">A link's target, else empty.</param>
/// <param name="Offset">Where its content begins in the collected contents.</param>
/// <param name="Size">Its content's bytes.</param>
internal sealed record PlainTarEntry(string Name, TarEntryType Kind, UnixFileMode Mode, string Link, long Offset, long Size);

using Cake.Core.IO;
using PySign.Formats;

namespace Cake.PySign.Common;

/// <summary>SHA-256 of files.</summary>
internal static class FileDigest
{
    public static Sha256Digest Of(FilePath path)
    {
        SpecialFile.Refuse(path.FullPath);
        using var stream = File.OpenRead(path.FullPath);
        return Sha256Digest.Of(stream);
    }
}

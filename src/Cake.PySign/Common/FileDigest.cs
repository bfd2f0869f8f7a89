using System.Security.Cryptography;
using Cake.Core.IO;

namespace Cake.PySign.Common;

/// <summary>SHA-256 of files as every stage compares them: lower-case hex.</summary>
internal static class FileDigest
{
    public static string Of(FilePath path)
    {
        using var stream = File.OpenRead(path.FullPath);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

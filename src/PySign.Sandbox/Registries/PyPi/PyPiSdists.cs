using System.Formats.Tar;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace PySign.Sandbox.Registries.PyPi;

/// <summary>What PyPI looks at in a source distribution before it takes it.</summary>
internal static class PyPiSdists
{
    /// <returns>The reason phrase of the refusal; null for one that is taken.</returns>
    public static string? Problem(byte[] bytes, IFormCollection form)
    {
        var names = new List<string>();
        try
        {
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var tar = new TarReader(gzip);
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is not TarEntryType.GlobalExtendedAttributes)
                {
                    names.Add(entry.Name);
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            return "Invalid distribution file. File is not a tarfile";
        }

        var tops = names.Select(static name => name.Split('/')[0]).Distinct(StringComparer.Ordinal).ToList();
        if (tops.Count != 1)
        {
            return "Invalid distribution file. Incorrect number of top-level directories in sdist";
        }

        if (!names.Contains($"{tops[0]}/PKG-INFO"))
        {
            return $"Invalid distribution file. PKG-INFO not found at {tops[0]}/PKG-INFO";
        }

        return form["license_files"].FirstOrDefault(path => !names.Contains($"{tops[0]}/{path}")) is { } missing
            ? $"License-File {missing} does not exist in distribution file at {tops[0]}/{missing}"
            : null;
    }
}

using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using PySign.Packaging.Distributions;

namespace PySign.Packaging.Acceptance;

/// <summary>What PyPI asks of the archive itself.</summary>
internal static class ArchiveRules
{
    // "More than 64 MiB unpacked and ratio over 50".
    private const long RatioFloor = 64L << 20;

    private const long MaxRatio = 50;

    private const int MaxSmallFile = 1 << 20;

    private const string Rebuild = "Build again; no tool may rewrite the file afterwards in this way.";

    public static void Check(DistributionReport report, string path, DistributionFileName file, string folder, MetadataFields metadata)
    {
        if (!report.IsPyPi)
            return;
        if (file.Kind == DistributionKind.Wheel)
            CheckWheel(report, path, file, metadata);
        else if (file.Value.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase))
            CheckSdist(report, path, folder, metadata);
    }

    private static void CheckWheel(DistributionReport report, string path, DistributionFileName file, MetadataFields metadata)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 65536);
        if (ZipStructure.Problem(stream) is { } problem)
            report.Add(IndexRule.ZipStructure, "", $"PyPI does not take this zip file: {problem}", Rebuild);
        stream.Position = 0;
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);

        // A zip64 field says up to 2^63-1 for each.
        var unpacked = archive.Entries.Sum(entry => (decimal)entry.Length);
        if (unpacked > RatioFloor && unpacked / Math.Max(stream.Length, 1) > MaxRatio)
            report.Add(
                IndexRule.CompressionRatio,
                "",
                $"it unpacks to {unpacked} bytes, more than {MaxRatio} times its size",
                "Leave the data out that compresses so well, or load it when it is needed."
            );

        // PyPI looks below the folder as the file's name spells it.
        var parts = file.Value.Split('-');
        var folder = $"{parts[0]}-{parts[1]}.dist-info";
        var names = archive.Entries.Select(entry => entry.FullName).ToHashSet(StringComparer.Ordinal);
        if (!names.Contains($"{folder}/WHEEL"))
            report.Add(IndexRule.WheelFileMissing, "", $"there is no {folder}/WHEEL", Rebuild);
        if (!names.Contains($"{folder}/RECORD"))
            report.Add(IndexRule.RecordMissing, "", $"there is no {folder}/RECORD", Rebuild);
        if (archive.GetEntry($"{folder}/entry_points.txt") is { Length: <= MaxSmallFile } entry)
            CheckEntryPoints(report, entry);
        CheckLicenses(report, metadata, license => names.Contains($"{folder}/licenses/{license}"), $"{folder}/licenses/");
    }

    private static void CheckEntryPoints(DistributionReport report, ZipArchiveEntry entry)
    {
        using var content = new MemoryStream();
        using (var stream = entry.Open())
            stream.CopyTo(content);
        if (EntryPointsText.Problem(content.ToArray()) is { } problem)
            report.Add(IndexRule.EntryPoints, "entry_points.txt", problem, "Correct scripts and entry points in [project].");
    }

    private static void CheckSdist(DistributionReport report, string path, string folder, MetadataFields metadata)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var sparse = new List<string>();
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 65536);
        using var gzip = new GZipStream(stream, CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry() is { } entry)
        {
            names.Add(entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name);
            var isSparse =
                entry.EntryType == TarEntryType.SparseFile
                || (
                    entry is PaxTarEntry pax
                    && pax.ExtendedAttributes.Keys.Any(key => key.StartsWith("GNU.sparse.", StringComparison.Ordinal))
                );
            if (isSparse)
                sparse.Add(entry.Name);
        }

        if (sparse.Count > 0)
            report.Add(IndexRule.SparseMember, "", $"PyPI takes no sparse members: {sparse[0]}", "Pack it without --sparse.");
        CheckLicenses(report, metadata, license => names.Contains($"{folder}/{license}"), $"{folder}/");
    }

    private static void CheckLicenses(DistributionReport report, MetadataFields metadata, Func<string, bool> isThere, string where)
    {
        foreach (var license in LicenseRules.Files(metadata))
        {
            if (LicenseRules.Problem(license) is null && !isThere(license))
                report.Add(
                    IndexRule.LicenseFileMissing,
                    "License-File",
                    $"the metadata names the license file {license}, and there is no {where}{license}",
                    "Keep the file in the distribution (MANIFEST.in, exclude lists), or take it out of license-files."
                );
        }
    }
}

/// <summary>A wheel's entry_points.txt (entry points specification): INI with '=' alone, each name once, in UTF-8.</summary>
internal static class EntryPointsText
{
    private static readonly string[] _scripts = ["console_scripts", "gui_scripts"];

    public static string? Problem(byte[] bytes)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return "it is not UTF-8";
        }

        string? section = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Trim();
            if (line.Length == 0 || line[0] is '#' or ';' || (char.IsWhiteSpace(raw[0]) && section is not null))
                continue;
            if (line.StartsWith('['))
            {
                section = line.EndsWith(']') ? line[1..^1] : null;
                if (section is null || !seen.Add($"[{section}]"))
                    return $"'{line}' is not a section, or appears twice";
                continue;
            }

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? "" : line[..equals].Trim();
            if (section is null || name.Length == 0)
                return $"'{line}' is not a name, '=' and an object";
            if (!seen.Add($"{section}\n{name}"))
                return $"'{name}' appears twice in [{section}]";
            if (_scripts.Contains(section, StringComparer.Ordinal) && !name.All(c => char.IsLetterOrDigit(c) || c is '_' or '.' or '-'))
                return $"'{name}' is not a script's name: letters, digits and _ . -";
        }

        return null;
    }
}

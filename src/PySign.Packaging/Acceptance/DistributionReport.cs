using System.Text;
using PySign.Packaging.Distributions;
using PySign.Packaging.Metadata;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Acceptance;

/// <summary>One file held against the rules of an index.</summary>
internal sealed class DistributionReport(IndexKind index, string path)
{
    private readonly List<IndexProblem> _problems = [];

    public string FileName { get; } = Path.GetFileName(path);

    public IReadOnlyList<IndexProblem> Problems => _problems;

    public DistributionKind? Kind { get; private set; }

    public long Size { get; private set; }

    /// <summary>Name and version in normal form, for comparing; null when they are not known.</summary>
    public string? Release { get; private set; }

    public bool IsPyPi => index is IndexKind.PyPi or IndexKind.TestPyPi;

    public IndexKind Index => index;

    public void Run(long limit)
    {
        Size = new FileInfo(path).Length;
        if (Size > limit)
            Add(
                IndexRule.FileSize,
                "",
                $"it has {Size} bytes; the limit is {limit}",
                "Leave out what the package does not need, or ask the index for a higher limit before the release."
            );

        if (!FileNameRules.CheckCharacters(this) || !DistributionFileName.TryParse(FileName, out var name))
        {
            FileNameRules.ExplainUnreadable(this);
            return;
        }

        Kind = name.Kind;
        try
        {
            var (folder, fields) = ReadMetadata(name);
            var metadata = new MetadataFields(fields);
            FileNameRules.Check(this, name, metadata);
            MetadataRules.Check(this, metadata);
            ArchiveRules.Check(this, path, name, folder, metadata);
            Remember(metadata);
        }
        catch (PackagingException e)
        {
            Add(IndexRule.UnreadableArchive, "", $"expected {e.Expected}, got {e.Input}", e.Advice);
        }
        catch (Exception e) when (ArchiveBounds.IsUnreadable(e))
        {
            Add(IndexRule.UnreadableArchive, "", $"it cannot be read to its end: {e.Message}", "Build it again.");
        }
    }

    public void Add(IndexRule rule, string field, string message, string advice) =>
        _problems.Add(new IndexProblem(rule, FileName, field, Printable(message), advice));

    private (string Folder, IReadOnlyList<MetadataField> Fields) ReadMetadata(DistributionFileName name)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 65536, FileOptions.SequentialScan);
        var (folder, bytes) =
            name.Kind == DistributionKind.Wheel ? ZipMetadata.ReadWheel(stream, name)
            : FileName.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) ? ZipMetadata.ReadSdist(stream, name)
            : TarMetadata.ReadSdist(stream, name);
        try
        {
            return (folder, MetadataReader.Read(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes)).Fields);
        }
        catch (DecoderFallbackException e)
        {
            throw MetadataReader.Invalid("metadata", "UTF-8 text", e);
        }
    }

    private void Remember(MetadataFields metadata)
    {
        if (ProjectName.TryParse(metadata.One("Name"), out var name) && PythonVersion.TryParse(metadata.One("Version"), out var version))
            Release = $"{name.Normalized} {VersionKey(version)}";
    }

    // 1.0 and 1.0.0 are one version, whatever the files say.
    private static string VersionKey(PythonVersion version)
    {
        var text = version.Normalized;
        var end = text.TakeWhile(c => char.IsAsciiDigit(c) || c is '.' or '!').Count();
        var release = text[..end];
        while (release.EndsWith(".0", StringComparison.Ordinal))
            release = release[..^2];
        return release + text[end..];
    }

    private static string Printable(string text) =>
        string.Concat(text.Take(400).Select(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' ? '?' : c));
}

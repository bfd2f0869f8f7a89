using System.Text;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Metadata;

/// <summary>
/// Core metadata of a distribution, versions 1.0 to 2.5 (core metadata specification): the METADATA file of a wheel or the
/// PKG-INFO file of a source distribution.
/// </summary>
public sealed class CoreMetadata
{
    // A long README is tens of kilobytes; an index refuses far smaller files than this.
    internal const int MaxBytes = 8 * 1024 * 1024;

    private static readonly string[] _knownVersions = ["1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "2.3", "2.4", "2.5"];

    private readonly IReadOnlyList<MetadataField> _fields;

    private CoreMetadata(IReadOnlyList<MetadataField> fields, string? body)
    {
        _fields = fields;
        MetadataVersion = Required("Metadata-Version").Trim();
        if (!_knownVersions.Contains(MetadataVersion, StringComparer.Ordinal))
        {
            throw new PackagingException(
                PackagingFailure.UnsupportedMetadataVersion,
                MetadataVersion,
                "a metadata version from 1.0 to 2.5",
                "Build with a back end that writes one of these."
            );
        }

        Name = ProjectName.Parse(Required("Name").Trim());
        Version = PythonVersion.Parse(Required("Version").Trim());

        // "Description may be in the message body" since 2.1; before it was a field, and the two never meet.
        Description = One("Description") is { } field ? UnfoldDescription(field) : body;
        ProjectUrls = [.. All("Project-URL").Select(ProjectUrl.Parse)];
    }

    /// <summary>The version of the metadata format, for example <c>2.1</c>.</summary>
    public string MetadataVersion { get; }

    /// <summary>The project's name as its author writes it.</summary>
    public ProjectName Name { get; }

    /// <summary>The version of this distribution.</summary>
    public PythonVersion Version { get; }

    /// <summary>One line about the project, or null.</summary>
    public string? Summary => One("Summary");

    /// <summary>The long description, from the field or the body, or null.</summary>
    public string? Description { get; }

    /// <summary>The media type of the long description, or null.</summary>
    public string? DescriptionContentType => One("Description-Content-Type");

    /// <summary>The authors' names, or null. Authors with an e-mail address stand in <see cref="AuthorEmail"/> (PEP 621).</summary>
    public string? Author => One("Author");

    /// <summary>The authors' mail addresses, with names where given, for example <c>Ada &lt;ada@example.org&gt;</c>, or null.</summary>
    public string? AuthorEmail => One("Author-email");

    /// <summary>The maintainers' names, or null.</summary>
    public string? Maintainer => One("Maintainer");

    /// <summary>The maintainers' mail addresses, or null.</summary>
    public string? MaintainerEmail => One("Maintainer-email");

    /// <summary>The deprecated home page field, or null. Newer back ends write a <see cref="ProjectUrls"/> entry instead.</summary>
    public string? HomePage => One("Home-page");

    /// <summary>The deprecated download URL field, or null.</summary>
    public string? DownloadUrl => One("Download-URL");

    /// <summary>The license text or name, or null.</summary>
    public string? License => One("License");

    /// <summary>The license as an SPDX expression (2.4), or null.</summary>
    public string? LicenseExpression => One("License-Expression");

    /// <summary>License files inside the distribution (2.4).</summary>
    public IReadOnlyList<string> LicenseFiles => All("License-File");

    /// <summary>Keywords as written, or null.</summary>
    public string? Keywords => One("Keywords");

    /// <summary>Classifiers.</summary>
    public IReadOnlyList<string> Classifiers => All("Classifier");

    /// <summary>Labeled URLs, in file order.</summary>
    public IReadOnlyList<ProjectUrl> ProjectUrls { get; }

    /// <summary>Dependency specifiers as written.</summary>
    public IReadOnlyList<string> RequiresDist => All("Requires-Dist");

    /// <summary>The Python versions this distribution needs, as a version specifier, or null.</summary>
    public string? RequiresPython => One("Requires-Python");

    /// <summary>Names of optional features.</summary>
    public IReadOnlyList<string> ProvidesExtra => All("Provides-Extra");

    /// <summary>Fields that a wheel built from this source distribution may change (2.2).</summary>
    public IReadOnlyList<string> Dynamic => All("Dynamic");

    /// <summary>Every field in file order, for what has no property here.</summary>
    public IReadOnlyList<MetadataField> Fields => _fields;

    /// <summary>Reads core metadata from UTF-8 bytes.</summary>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.InvalidMetadata"/>, <see cref="PackagingFailure.UnsupportedMetadataVersion"/>,
    /// <see cref="PackagingFailure.InvalidName"/> or <see cref="PackagingFailure.InvalidVersion"/>.
    /// </exception>
    public static CoreMetadata Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
            throw MetadataReader.Invalid("metadata", $"at most {MaxBytes} bytes");
        try
        {
            return Parse(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(utf8));
        }
        catch (DecoderFallbackException error)
        {
            throw MetadataReader.Invalid("metadata", "UTF-8 text", error);
        }
    }

    /// <summary>Reads core metadata from text.</summary>
    /// <exception cref="PackagingException">As for bytes.</exception>
    public static CoreMetadata Parse(string text)
    {
        if (text.Length > MaxBytes)
            throw MetadataReader.Invalid("metadata", $"at most {MaxBytes} characters");
        var (fields, body) = MetadataReader.Read(text);
        return new CoreMetadata(fields, body);
    }

    private string? One(string name)
    {
        string? found = null;
        foreach (var field in _fields)
        {
            if (!string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase))
                continue;

            // Two names or versions could be read differently by an index and by a consumer.
            if (found is not null)
                throw MetadataReader.Invalid(field.Name, "this field at most once");
            found = field.Value;
        }

        return found;
    }

    private string Required(string name) =>
        One(name) is { } value && value.Trim().Length > 0 ? value : throw MetadataReader.Invalid(name, "this required field");

    private List<string> All(string name) =>
        [.. _fields.Where(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value)];

    // Old writers mark continuation lines of the field with seven blanks and a bar, or eight blanks.
    private static string UnfoldDescription(string value)
    {
        var lines = value.Split('\n');
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("       |", StringComparison.Ordinal) || lines[i].StartsWith("        ", StringComparison.Ordinal))
                lines[i] = lines[i][8..];
        }

        return string.Join('\n', lines);
    }
}

/// <summary>One field of core metadata as it stands in the file.</summary>
/// <param name="Name">The field's name as written; names are compared without case.</param>
/// <param name="Value">The value; folded lines are joined by a line feed, their indentation kept.</param>
public sealed record MetadataField(string Name, string Value);

using System.Text;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Indexes;

/// <summary>
/// A project page of a simple repository index, in its HTML (PEP 503) or JSON (PEP 691) form. What is in it is checked as data from
/// outside: file names are plain, links lead to http or https, digests are digests.
/// </summary>
/// <param name="Name">The project's name as the page gives it, or null.</param>
/// <param name="Files">The distributions of all versions, in page order.</param>
/// <param name="OtherFileNames">Plain file names on the page that are not wheels or source distributions, such as old eggs and
/// installers.</param>
public sealed record SimpleIndex(string? Name, IReadOnlyList<SimpleIndexFile> Files, IReadOnlyList<string> OtherFileNames)
{
    /// <summary>The API version that the page gives, such as <c>1.4</c>, or null.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The project's status (PEP 792), such as <c>active</c>, <c>archived</c> or <c>quarantined</c>, or null.</summary>
    public string? Status { get; init; }

    // The longest pages on PyPI are some ten megabytes with some ten thousand files.
    internal const int MaxLength = 32 * 1024 * 1024;

    internal const int MaxFiles = 100_000;

    /// <summary>Reads the HTML form.</summary>
    /// <param name="html">The page.</param>
    /// <param name="baseUri">The address the page was fetched from, after redirects.</param>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.InvalidIndex"/>, <see cref="PackagingFailure.IndexTooLarge"/>,
    /// <see cref="PackagingFailure.UnsafeIndexLink"/> or <see cref="PackagingFailure.InvalidFileName"/>.
    /// </exception>
    public static SimpleIndex ParseHtml(string html, Uri baseUri)
    {
        CheckLength(html.Length);
        return HtmlIndexReader.Read(html, baseUri);
    }

    /// <summary>Reads the JSON form.</summary>
    /// <param name="json">The answer, UTF-8.</param>
    /// <param name="baseUri">The address the answer was fetched from, after redirects.</param>
    /// <exception cref="PackagingException">As for the HTML form.</exception>
    public static SimpleIndex ParseJson(ReadOnlyMemory<byte> json, Uri baseUri)
    {
        CheckLength(json.Length);
        return JsonIndexReader.Read(json, baseUri);
    }

    /// <summary>Reads the JSON form from text.</summary>
    /// <param name="json">The answer.</param>
    /// <param name="baseUri">The address the answer was fetched from, after redirects.</param>
    /// <exception cref="PackagingException">As for the HTML form.</exception>
    public static SimpleIndex ParseJson(string json, Uri baseUri)
    {
        CheckLength(json.Length);
        return JsonIndexReader.Read(Encoding.UTF8.GetBytes(json), baseUri);
    }

    /// <summary>
    /// Names on the page that are no wheel or source distribution of exactly this version, and that an installer takes for
    /// <c>name==version</c> all the same: versions with a local label, which are preferred to the one without, and archive forms that the
    /// standards no longer know.
    /// </summary>
    /// <param name="name">The project.</param>
    /// <param name="version">The version that is asked for.</param>
    public IReadOnlyList<string> AlsoInstallable(ProjectName name, PythonVersion version)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(version);
        var asked = VersionSpecifier.Parse("==" + version.Normalized);
        return
        [
            .. Files
                .Where(file => !(file.Distribution.Name.Equals(name) && file.Distribution.Version.Equals(version)))
                .Select(file => file.FileName)
                .Concat(OtherFileNames)
                .Where(fileName => InstallerMatch.Takes(fileName, name, asked))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static void CheckLength(int length)
    {
        if (length > MaxLength)
            throw new PackagingException(
                PackagingFailure.IndexTooLarge,
                "simple index",
                $"at most {MaxLength} characters",
                "This is not an index page."
            );
    }
}

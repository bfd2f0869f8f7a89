using System.Text;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Indexes;

/// <summary>
/// A project page of a simple repository index, in its HTML (PEP 503) or JSON (PEP 691) form, read as installers read it: what one of them
/// may take for a version is either among the files of that version, named as a file beside them, or in doubt, and then nothing of the
/// version is given out. What no installer takes (navigation, listings' own links, odd names of other versions) does no harm.
/// </summary>
public sealed record SimpleIndex
{
    /// <summary>The API version that the page gives, such as <c>1.4</c>, or null.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The project's status (PEP 792), such as <c>active</c>, <c>archived</c> or <c>quarantined</c>, or null.</summary>
    public string? Status { get; init; }

    // The longest pages on PyPI are some ten megabytes with some ten thousand files.
    internal const int MaxLength = 32 * 1024 * 1024;

    internal const int MaxFiles = 100_000;

    // The names that readers may give to links in doubt; most pages have no such link.
    internal const int MaxNameChars = 4 * 1024 * 1024;

    private readonly IReadOnlyList<IndexLink> _unclear;

    internal SimpleIndex(
        string? name,
        IReadOnlyList<SimpleIndexFile> files,
        IReadOnlyList<string> others,
        IReadOnlyList<IndexLink> unclear
    ) => (Name, Files, OtherFileNames, _unclear) = (name, files, others, unclear);

    /// <summary>A page with nothing on it.</summary>
    public static SimpleIndex Empty { get; } = new(null, [], [], []);

    /// <summary>The project's name as the page gives it, or null.</summary>
    public string? Name { get; }

    /// <summary>The distributions of all versions, in page order: those that every installer reads alike.</summary>
    public IReadOnlyList<SimpleIndexFile> Files { get; }

    /// <summary>Plain file names on the page that are not wheels or source distributions, such as old eggs and installers.</summary>
    public IReadOnlyList<string> OtherFileNames { get; }

    /// <summary>Links that installers may read differently, as a person would name them.</summary>
    public IReadOnlyList<string> UnclearLinks => [.. _unclear.Where(link => link.LooksLikeFile).Select(link => link.Shown)];

    /// <summary>Reads the HTML form.</summary>
    /// <param name="html">The page.</param>
    /// <param name="baseUri">The address the page was fetched from, after redirects.</param>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.InvalidIndex"/>, <see cref="PackagingFailure.IndexTooLarge"/> or
    /// <see cref="PackagingFailure.UnsafeIndexLink"/>.
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

    /// <summary>What the page has for one version.</summary>
    /// <param name="name">The project.</param>
    /// <param name="version">The version that is asked for.</param>
    /// <exception cref="PackagingException"><see cref="PackagingFailure.AmbiguousIndexLink"/>: a link may be taken for this version, and
    /// readers differ in which file it is, or two links give one name to different files.</exception>
    public IndexedVersion Of(ProjectName name, PythonVersion version)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(version);
        var asked = VersionSpecifier.Parse("==" + version.Normalized);
        if (_unclear.FirstOrDefault(link => link.MayBeTaken(name, asked)) is { } unclear)
            throw Ambiguous(unclear.Shown, "a link that every installer reads alike: one plain file name, one address, one digest");
        var files = new Dictionary<string, SimpleIndexFile>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in Files.Where(file => IsOf(file, name, version)))
        {
            if (!files.TryAdd(file.FileName, file) && files[file.FileName] != file)
                throw Ambiguous(file.FileName, "each file once");
        }

        return new IndexedVersion(
            [.. files.Values],
            [
                .. Files
                    .Where(file => !IsOf(file, name, version))
                    .Select(file => file.FileName)
                    .Concat(OtherFileNames)
                    .Where(fileName => InstallerMatch.Takes(fileName, name, asked))
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal),
            ]
        );
    }

    private static bool IsOf(SimpleIndexFile file, ProjectName name, PythonVersion version) =>
        file.Distribution.Name.Equals(name) && file.Distribution.Version.Equals(version);

    private static PackagingException Ambiguous(string link, string expected) =>
        new(
            PackagingFailure.AmbiguousIndexLink,
            link,
            expected,
            "Do not install this version from this index. Find out who published the link; an honest one is written plainly."
        );

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

/// <summary>What a project page has for one version.</summary>
/// <param name="Files">The distributions of exactly this version, each once, in page order.</param>
/// <param name="AlsoInstallable">Names of files that are not distributions of exactly this version and that an installer takes for it all
/// the same: versions with a local label, which are preferred to the one without, and archive forms that the standards no longer
/// know.</param>
public sealed record IndexedVersion(IReadOnlyList<SimpleIndexFile> Files, IReadOnlyList<string> AlsoInstallable);

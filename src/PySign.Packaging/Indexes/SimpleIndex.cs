using System.Text;

namespace PySign.Packaging.Indexes;

/// <summary>
/// A project page of a simple repository index, in its HTML (PEP 503) or JSON (PEP 691) form. What is in it is checked as data from
/// outside: file names are plain, links lead to http or https, digests are digests.
/// </summary>
/// <param name="Name">The project's name as the page gives it, or null.</param>
/// <param name="Files">The distributions of all versions, in page order.</param>
/// <param name="OtherFileNames">Plain file names on the page that are not wheels or source distributions, such as old eggs and installers.</param>
public sealed record SimpleIndex(string? Name, IReadOnlyList<SimpleIndexFile> Files, IReadOnlyList<string> OtherFileNames)
{
    // The longest pages on PyPI are some ten megabytes with some ten thousand files.
    internal const int MaxLength = 32 * 1024 * 1024;

    internal const int MaxFiles = 100_000;

    /// <summary>Reads the HTML form.</summary>
    /// <param name="html">The page.</param>
    /// <param name="baseUri">The address the page was fetched from, after redirects.</param>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.InvalidIndex"/>, <see cref="PackagingFailure.IndexTooLarge"/>, <see cref="PackagingFailure.UnsafeIndexLink"/>
    /// or <see cref="PackagingFailure.InvalidFileName"/>.
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

    private static void CheckLength(int length)
    {
        if (length > MaxLength)
            throw new PackagingException(PackagingFailure.IndexTooLarge, "simple index", $"at most {MaxLength} characters", "This is not an index page.");
    }
}

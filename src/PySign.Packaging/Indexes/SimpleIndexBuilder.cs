using System.Globalization;
using PySign.Packaging.Distributions;

namespace PySign.Packaging.Indexes;

/// <summary>Collects the files of a page, whichever form it has, and holds them to the same rules.</summary>
internal sealed class SimpleIndexBuilder(Uri baseUri)
{
    private readonly List<SimpleIndexFile> _files = [];
    private readonly List<string> _others = [];
    private readonly Dictionary<string, SimpleIndexFile> _byName = new(StringComparer.Ordinal);

    public Uri BaseUri { get; set; } = RequireHttp(baseUri, baseUri.ToString());

    /// <summary>The API version of the page; one below 1.3 says nothing about provenance (PEP 740).</summary>
    public string? ApiVersion { get; set; }

    public string? Status { get; set; }

    /// <summary>Whether the page is of a version that knows of provenance.</summary>
    public bool KnowsProvenance =>
        ApiVersion?.Split('.') is [_, var minor]
        && int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
        && n >= 3;

    public void Add(
        string fileName,
        string href,
        string? sha256,
        string? requiresPython,
        string? yanked,
        in SimpleIndexExtras extras = default
    )
    {
        if (_files.Count + _others.Count == SimpleIndex.MaxFiles)
            throw new PackagingException(
                PackagingFailure.IndexTooLarge,
                "simple index",
                $"at most {SimpleIndex.MaxFiles} files",
                "This is not a project's page."
            );
        var url = Resolve(href);
        if (!DistributionFileName.IsPlain(fileName))
        {
            throw new PackagingException(
                PackagingFailure.InvalidFileName,
                fileName,
                "a plain distribution file name in the index",
                "Do not use this index."
            );
        }

        if (!DistributionFileName.TryParse(fileName, out var distribution))
        {
            _others.Add(fileName);
            return;
        }

        var file = new SimpleIndexFile(
            distribution,
            new UriBuilder(url) { Fragment = string.Empty }.Uri,
            Digest(fileName, sha256),
            string.IsNullOrWhiteSpace(requiresPython) ? null : requiresPython,
            yanked
        )
        {
            Provenance = extras.Provenance,
            SaysProvenance = extras.SaysProvenance,
            Size = extras.Size,
            UploadedAt = extras.UploadedAt,
        };
        if (!_byName.TryAdd(fileName, file))
        {
            if (_byName[fileName] != file)
                throw Invalid(fileName, "each file once");
            return;
        }

        _files.Add(file);
    }

    public SimpleIndex Build(string? name) => new(name, _files, _others) { ApiVersion = ApiVersion, Status = Status };

    public Uri Resolve(string href) =>
        Uri.TryCreate(BaseUri, href.Trim(), out var url) ? RequireHttp(url, href) : throw Invalid(href, "a URL");

    public static PackagingException Invalid(string input, string expected, Exception? inner = null) =>
        new(PackagingFailure.InvalidIndex, input, expected, "Check that the address is that of a simple index.", inner);

    private static Uri RequireHttp(Uri url, string written) =>
        url.IsAbsoluteUri
        && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
        && url.UserInfo.Length == 0
        && url.Host.Length > 0
            ? url
            : throw new PackagingException(
                PackagingFailure.UnsafeIndexLink,
                url.IsAbsoluteUri && url.UserInfo.Length > 0 ? "a link with a user name" : written,
                "an http or https link without user name and password",
                "Do not use this index."
            );

    private static string? Digest(string fileName, string? sha256)
    {
        if (sha256 is null)
            return null;
        return sha256.Length == 64 && sha256.All(char.IsAsciiHexDigit)
            ? sha256.ToLowerInvariant()
            : throw Invalid($"{fileName}: sha256 '{sha256}'", "64 hexadecimal digits");
    }
}

/// <summary>What newer versions of the API say of a file (PEP 700, PEP 740).</summary>
internal readonly record struct SimpleIndexExtras(string? Provenance, bool SaysProvenance, long? Size, DateTimeOffset? UploadedAt);

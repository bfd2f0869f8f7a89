using System.Globalization;
using PySign.Formats;
using PySign.Packaging.Distributions;

namespace PySign.Packaging.Indexes;

/// <summary>Collects the links of a page, whichever form it has, and holds them to the same rules.</summary>
internal sealed class SimpleIndexBuilder(Uri baseUri)
{
    private readonly List<SimpleIndexFile> _files = [];
    private readonly List<string> _others = [];
    private readonly List<IndexLink> _unclear = [];
    private int _nameChars;

    public Uri BaseUri { get; set; } = RequireHttp(baseUri);

    /// <summary>The API version of the page; one below 1.3 says nothing about provenance (PEP 740).</summary>
    public string? ApiVersion { get; set; }

    public string? Status { get; set; }

    /// <summary>Whether the page is of a version that knows of provenance.</summary>
    public bool KnowsProvenance =>
        ApiVersion?.Split('.') is [_, var minor]
        && int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
        && n >= 3;

    /// <summary>A link that every reader reads alike: a distribution, or a file of another kind.</summary>
    public void Add(IndexLink link, LinkFacts facts)
    {
        if (_files.Count + _others.Count + _unclear.Count == SimpleIndex.MaxFiles)
            throw TooLarge($"at most {SimpleIndex.MaxFiles} files");
        if (link is not { Name: { } name, Url: { } url } || !facts.AreSound)
        {
            _unclear.Add(link);
            _nameChars += link.NameChars;
            if (_nameChars > SimpleIndex.MaxNameChars)
                throw TooLarge($"at most {SimpleIndex.MaxNameChars} characters in links that installers may read differently");
        }
        else if (!DistributionFileName.TryParse(name, out var distribution))
        {
            _others.Add(name);
        }
        else
        {
            _files.Add(
                new SimpleIndexFile(
                    distribution,
                    url,
                    Sha256Digest.TryParse(facts.Sha256, out var sha256) ? sha256 : null,
                    string.IsNullOrWhiteSpace(facts.RequiresPython) ? null : facts.RequiresPython,
                    facts.Yanked,
                    facts.HasMetadata
                )
                {
                    Provenance = facts.Extras.Provenance,
                    SaysProvenance = facts.Extras.SaysProvenance,
                    Size = facts.Extras.Size,
                    UploadedAt = facts.Extras.UploadedAt,
                }
            );
        }
    }

    private static PackagingException TooLarge(string expected) =>
        new(PackagingFailure.IndexTooLarge, "simple index", expected, "This is not a project's page.");

    public SimpleIndex Build(string? name) => new(name, _files, _others, _unclear) { ApiVersion = ApiVersion, Status = Status };

    public static PackagingException Invalid(string input, string expected, Exception? inner = null) =>
        new(PackagingFailure.InvalidIndex, input, expected, "Check that the address is that of a simple index.", inner);

    public static Uri RequireHttp(Uri url)
    {
        var isWeb = url.IsAbsoluteUri && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp);
        if (isWeb && url.UserInfo.Length == 0 && url.Host.Length > 0)
        {
            return url;
        }

        throw new PackagingException(
            PackagingFailure.UnsafeIndexLink,
            url.IsAbsoluteUri && url.UserInfo.Length > 0 ? "a link with a user name" : url.ToString(),
            "an http or https link without user name and password",
            "Do not use this index."
        );
    }
}

/// <summary>What a page says of a link in addition to its name.</summary>
internal sealed record LinkFacts
{
    public string? Sha256 { get; init; }

    public string? RequiresPython { get; init; }

    public string? Yanked { get; init; }

    public bool HasMetadata { get; init; }

    public SimpleIndexExtras Extras { get; init; }

    /// <summary>Whether each of them has the form that the standards give it.</summary>
    public bool AreSound => IsWellFormed && (Sha256 is null || Sha256Digest.TryParse(Sha256, out _));

    public bool IsWellFormed { get; init; } = true;
}

/// <summary>What newer versions of the API say of a file (PEP 700, PEP 740).</summary>
internal readonly record struct SimpleIndexExtras(string? Provenance, bool SaysProvenance, long? Size, DateTimeOffset? UploadedAt);

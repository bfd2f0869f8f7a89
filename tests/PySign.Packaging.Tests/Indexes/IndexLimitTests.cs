using System.Text;
using PySign.Packaging.Indexes;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Tests.Indexes;

/// <summary>What a page may cost: a link that would have more names than can be looked at may be any file, and pages of such links are not
/// read.</summary>
public sealed class IndexLimitTests
{
    private const int LongestLink = 8192;

    private static readonly Uri _base = new("https://index.example/simple/demo/");

    public static TheoryData<string> TooLong => [new string('a', LongestLink + 1), Repeated("a:", 17), Repeated("a:", 200_000)];

    [Theory]
    [MemberData(nameof(TooLong))]
    public void A_link_with_too_many_names_may_be_any_version(string href)
    {
        AssertInDoubt(Html(href));
        AssertInDoubt(Json(href, "demo-1.0.tar.gz"));
        AssertInDoubt(Json("demo-1.0.tar.gz", href));
    }

    [Fact]
    public void A_link_as_pages_as_the_bound_is_read_by_its_name()
    {
        var folder = new string('a', LongestLink - "/demo-1.0.tar.gz".Length);
        Assert.Equal("demo-1.0.tar.gz", Assert.Single(Json($"{folder}/demo-1.0.tar.gz", "demo-1.0.tar.gz").Files).FileName);
        Assert.Empty(Json($"{folder}a/demo-1.0.tar.gz", "demo-1.0.tar.gz").Files);

        // In HTML the tag around it counts.
        folder = folder[..^"<a href=\"\">".Length];
        Assert.Equal("demo-1.0.tar.gz", Assert.Single(Html($"{folder}/demo-1.0.tar.gz").Files).FileName);
        AssertInDoubt(Html($"{folder}a/demo-1.0.tar.gz"));
    }

    [Fact]
    public void Behind_each_of_as_many_colons_as_the_bound_stands_a_name()
    {
        var index = Html("demo-2.0.zip:1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:demo-1.0.tar.gz");
        Assert.Throws<PackagingException>(() => Of(index, "1.0"));
        Assert.Empty(Of(index, "3.0").Files);
    }

    [Theory]
    [InlineData("https://[2001:db8:85a3:8d3:1319:8a2e:370:7348]:8443/files/demo-1.0.tar.gz")]
    [InlineData("//[2001:db8:85a3:8d3:1319:8a2e:370:7348]:8443/files/demo-1.0.tar.gz")]
    [InlineData("https://index.example/a:b/c:d/demo-1.0.tar.gz")]
    public void A_link_with_the_colons_that_addresses_have_is_read_by_its_name(string href)
    {
        Assert.Equal("demo-1.0.tar.gz", Assert.Single(Html(href).Files).FileName);
        Assert.Equal("demo-1.0.tar.gz", Assert.Single(Json(href, "demo-1.0.tar.gz").Files).FileName);
    }

    /// <summary>Where an address for a limited time is signed in the query, with whatever belongs to it.</summary>
    [Fact]
    public void A_signed_address_is_read_by_its_name()
    {
        var token = new string('a', 6000) + new string(':', 20);
        var href = $"https://store.example/b/demo-1.0.tar.gz?X-Amz-Date=20260101T000000Z&X-Amz-Security-Token={token}";
        Assert.Equal("demo-1.0.tar.gz", Assert.Single(Json(href, "demo-1.0.tar.gz").Files).FileName);
        Assert.Equal("demo-1.0.tar.gz", Assert.Single(Html(href.Replace("&", "&amp;", StringComparison.Ordinal)).Files).FileName);
    }

    [Fact]
    public void A_page_of_links_in_doubt_is_not_read()
    {
        var hidden = string.Concat(Enumerable.Range(0, 600).Select(i => $"<a x=\"\"y href=\"{new string('a', 8000)}-{i}.zip\">x</a>"));
        Assert.Equal(PackagingFailure.IndexTooLarge, Assert.Throws<PackagingException>(() => SimpleIndex.ParseHtml(hidden, _base)).Reason);
    }

    /// <summary>Pages that were read once more for each of their parts.</summary>
    private static readonly Dictionary<string, Func<int, string>> _pages = new(StringComparer.Ordinal)
    {
        ["a title closed again and again"] = static count => "<title>" + Repeated("</title>", count),
        ["a tag of many attributes"] = static count => $"<p {Repeated("a=b ", count)}></p>",
        ["comments that are not closed"] = static count => Repeated("<!-- ", count),
        ["text that is no tag"] = static count => Repeated("<", count),
        ["scripts in scripts"] = static count => Repeated("<script>", count),
        ["links in doubt"] = static count => Repeated("<a x=''y href='a-b-1.zip'>x</a>", count / 20),
    };

    public static TheoryData<string> Ways => [.. _pages.Keys];

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_page_is_read_in_time_that_grows_with_its_length(string way) =>
        Growth.AssertLinear(100_000, _pages[way], page => Of(SimpleIndex.ParseHtml(page, _base), "1.0"));

    [Theory]
    [InlineData("demo-1.0", true)]
    [InlineData("Demo-1.0", true)]
    [InlineData("demo--1.0", false)]
    [InlineData("demo1.0", false)]
    [InlineData("-demo-1.0", false)]
    [InlineData("demo", false)]
    [InlineData("demo-", false)]
    [InlineData("demo-1.0-1.0", false)]
    public void What_stands_before_a_hyphen_is_the_name_or_not(string egg, bool taken) =>
        Assert.Equal(taken, InstallerMatch.TakesEgg(egg, ProjectName.Parse("demo"), VersionSpecifier.Parse("==1.0")));

    [Theory]
    [InlineData("my-demo-1.0")]
    [InlineData("My._-Demo-1.0")]
    public void Separators_in_a_name_are_alike_in_any_number(string egg) =>
        Assert.True(InstallerMatch.TakesEgg(egg, ProjectName.Parse("my-demo"), VersionSpecifier.Parse("==1.0")));

    private static string Repeated(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static SimpleIndex Html(string href) => SimpleIndex.ParseHtml($"<a href=\"{href}\">file</a>", _base);

    private static SimpleIndex Json(string url, string fileName) =>
        SimpleIndex.ParseJson(
            Encoding.UTF8.GetBytes(
                $$$"""{"meta":{"api-version":"1.0"},"name":"demo","files":[{"url":"{{{url}}}","filename":"{{{fileName}}}","hashes":{}}]}"""
            ),
            _base
        );

    private static IndexedVersion Of(SimpleIndex index, string version) =>
        index.Of(ProjectName.Parse("demo"), PythonVersion.Parse(version));

    private static void AssertInDoubt(SimpleIndex index)
    {
        foreach (var version in (string[])["1.0", "77.0"])
        {
            var refused = Assert.Throws<PackagingException>(() => Of(index, version));
            Assert.Equal(PackagingFailure.AmbiguousIndexLink, refused.Reason);
            Assert.InRange(refused.Message.Length, 1, 1000);
        }
    }
}

using PySign.Packaging.Indexes;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Tests.Indexes;

public sealed class SimpleIndexTests
{
    private const string Digest = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    private static readonly Uri _base = new("https://gitlab.example/api/v4/projects/42/packages/pypi/simple/my-pkg/");

    [Fact]
    public void The_page_that_gitlab_writes_is_read()
    {
        var index = SimpleIndex.ParseHtml(
            $"""
            <!DOCTYPE html><html><head><title>Links for my.pkg</title></head><body>
            <h1>Links for my.pkg</h1>
            <a href="https://gitlab.example/api/v4/projects/42/packages/pypi/files/{Digest}/my_pkg-1.0-py3-none-any.whl#sha256={Digest}" data-requires-python="&gt;=3.8">my_pkg-1.0-py3-none-any.whl</a><br>
            <a href="https://gitlab.example/api/v4/projects/42/packages/pypi/files/{Digest}/my_pkg-1.0.tar.gz#sha256={Digest}" data-requires-python="">my_pkg-1.0.tar.gz</a></body></html>
            """,
            _base
        );
        Assert.Equal("my.pkg", index.Name);
        Assert.Equal(["my_pkg-1.0-py3-none-any.whl", "my_pkg-1.0.tar.gz"], index.Files.Select(file => file.FileName));
        Assert.Equal((Digest, ">=3.8", null), (index.Files[0].Sha256?.Hex, index.Files[0].RequiresPython, index.Files[0].Yanked));
        Assert.Null(index.Files[1].RequiresPython);
        Assert.Equal(
            $"https://gitlab.example/api/v4/projects/42/packages/pypi/files/{Digest}/my_pkg-1.0.tar.gz",
            index.Files[1].Url.AbsoluteUri
        );
    }

    [Fact]
    public void Html_of_other_writers_is_read_with_base_comments_bare_attributes_and_yanked_files()
    {
        var index = SimpleIndex.ParseHtml(
            $"<base href='/files/'><!-- <b>made by hand</b> --><script>'<abbr>'</script>"
                + $"<A data-yanked HREF=x-1.0.zip#md5=00&sha256={Digest.ToUpperInvariant()} >x-1.0.zip</A><a href = "
                + "\"x-1.0.egg\">x-1.0.egg</a><p a=b / <b>",
            _base
        );
        var file = Assert.Single(index.Files);
        Assert.Equal(("https://gitlab.example/files/x-1.0.zip", Digest, string.Empty), (file.Url.AbsoluteUri, file.Sha256, file.Yanked));
        Assert.Equal(["x-1.0.egg"], index.OtherFileNames);
    }

    [Fact]
    public void The_json_form_is_read()
    {
        var index = SimpleIndex.ParseJson(
            $$"""
            {"meta":{"api-version":"1.4"},"name":"my-pkg","versions":["1.0"],"files":[
              {"filename":"my_pkg-1.0.tar.gz","url":"../../files/my_pkg-1.0.tar.gz","hashes":{"sha256":"{{Digest}}" },"requires-python":">=3.9","yanked":"broken","size":3},
              {"filename":"my_pkg-1.1.tar.gz","url":"https://cdn.example/my_pkg-1.1.tar.gz","hashes":{} }] }
            """,
            _base
        );
        Assert.Equal("my-pkg", index.Name);
        Assert.Equal(
            ("https://gitlab.example/api/v4/projects/42/packages/pypi/files/my_pkg-1.0.tar.gz", Digest, ">=3.9", "broken"),
            (index.Files[0].Url.AbsoluteUri, index.Files[0].Sha256, index.Files[0].RequiresPython, index.Files[0].Yanked)
        );
        Assert.Null(index.Files[1].Sha256);
    }

    [Theory]
    [InlineData("2026-01-31T12:00:00Z", "2026-01-31T12:00:00.0000000+00:00")]
    [InlineData("2026-01-31T12:00:00.123456789Z", "2026-01-31T12:00:00.1234567+00:00")]
    [InlineData("2026-01-31T12:00:00+14:00", "2026-01-30T22:00:00.0000000+00:00")]
    [InlineData("2026-01-31T12:00:00-00:00", "2026-01-31T12:00:00.0000000+00:00")]
    [InlineData("2026-01-31T12:00:00", "2026-01-31T12:00:00.0000000+00:00")]
    [InlineData("2016-12-31T23:59:60Z", null)]
    [InlineData("2026-01-31T12:00:00z", null)]
    [InlineData("2026-01-31T12:00:00+25:00", null)]
    [InlineData("0001-01-01T00:00:00+14:00", null)]
    [InlineData("9999-12-31T23:59:59-14:00", null)]
    [InlineData("2026-02-30T12:00:00Z", null)]
    [InlineData("\\ud800", null)]
    [InlineData("", null)]
    public void An_upload_time_is_in_UTC_or_unknown_and_never_that_of_this_machines_zone(string time, string? expected)
    {
        var index = SimpleIndex.ParseJson(
            $$"""
            {"meta":{"api-version":"1.1"},"name":"x","files":[
              {"filename":"x-1.0.zip","url":"x-1.0.zip","hashes":{},"upload-time":"{{time}}"}]}
            """,
            _base
        );
        var file = Assert.Single(index.Files);
        Assert.Equal(expected, file.UploadedAt?.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("<base href=\"ftp://host/\"><a href=\"x-1.0.zip\">x-1.0.zip</a>", PackagingFailure.UnsafeIndexLink)]
    [InlineData("<a href=\"x-1.0.zip\">x-1.0.zip", PackagingFailure.InvalidIndex)]
    [InlineData("<meta name=\"pypi:repository-version\" content=\"2.0\">", PackagingFailure.InvalidIndex)]
    [InlineData("<a href=\"x-1.0.zip\">x-1.0.zip</a><base href=\"/y/\">", PackagingFailure.InvalidIndex)]
    [InlineData("<base href=\"/x/\"><base href=\"/y/\">", PackagingFailure.InvalidIndex)]
    [InlineData("<!-- <base href=\"/x/\"> -->", PackagingFailure.InvalidIndex)]
    [InlineData("<a href=\"x-1.0.zip\">x\u001b(J</a>", PackagingFailure.InvalidIndex)]
    public void A_page_of_which_nothing_can_be_said_is_refused_whole(string html, PackagingFailure reason) =>
        Assert.Equal(reason, Assert.Throws<PackagingException>(() => SimpleIndex.ParseHtml(html, _base)).Reason);

    [Theory]
    [InlineData("<a href=\"file:///etc/x-1.0.zip\">x-1.0.zip</a>")]
    [InlineData("<a href=\"https://user:secret@host/x-1.0.zip\">x-1.0.zip</a>")]
    [InlineData("<a href=\"x-1.0.zip#sha256=12\">x-1.0.zip</a>")]
    [InlineData("<a href=\"x-1.0.zip\">x-1.0.zip</a><a href=\"y/x-1.0.zip\">x-1.0.zip</a>")]
    [InlineData("<a href=\"other-1.0.zip\">x-1.0.zip</a>")]
    [InlineData("<!-- -- ><a href=x-1.0.zip>x-1.0.zip</a> -->")]
    [InlineData("<!--><a href=x-1.0.zip>x-1.0.zip</a> -->")]
    [InlineData("<noscript><a href=x-1.0.zip>x-1.0.zip</a></noscript>")]
    [InlineData("<textarea><A\nhref=x-1.0.zip>x-1.0.zip</a></textarea>")]
    [InlineData("<b title=\"<a href=x-1.0.zip>x-1.0.zip</a>\">")]
    [InlineData("<b title=\"<a href=x-1.0.zip>x-1.0.zip</a>")]
    [InlineData("<a href=\"y/x-1.0.zip\" href=\"z/x-1.0.zip\">x-1.0.zip</a>")]
    [InlineData("<a href=\"y/other\" href=\"z/x-1.0.zip\">x</a>")]
    [InlineData("<a href==x-1.0.zip>x</a>")]
    [InlineData("<a title='a'href=x-1.0.zip>x</a>")]
    [InlineData("<a href=\"/download#egg=x-1.0\">x</a>")]
    [InlineData("<a href=\"/download#x&ampegg=x-1.0\">x</a>")]
    [InlineData("<a href=\"git+https://host/repo.git#egg=x-1.0\">x</a>")]
    [InlineData("<a href=\"x-1.0.zip/\">x</a>")]
    [InlineData("<a href=\"y%2Fx-1.0.zip\">x</a>")]
    [InlineData("<a href=\"y%252Fx-1.0.zip\">x</a>")]
    [InlineData("<a href=\"x%252D1.0.zip\">x</a>")]
    [InlineData("<a href=\"x-1.0%20.zip\">x</a>")]
    [InlineData("<a href=\"x-1.0&nbsp.zip\">x</a>")]
    [InlineData("<a href=\"x-1&period;0.zip\">x</a>")]
    [InlineData("<a href=\"x-1&#46;0.zi&#112\">x</a>")]
    [InlineData("<a href=\"&#1;x-1.0.zip\">x</a>")]
    [InlineData("<a href=\"x-1\t.0.zip\">x</a>")]
    [InlineData("<a href=\"y\\x-1.0.zip\">x</a>")]
    [InlineData("<a href=\"https:x-1.0.zip\">x</a>")]
    public void A_link_that_may_be_the_asked_version_in_more_ways_than_one_stops_and_no_other_version(string html)
    {
        var index = SimpleIndex.ParseHtml(html, _base);
        var refused = Assert.Throws<PackagingException>(() => index.Of(ProjectName.Parse("x"), PythonVersion.Parse("1.0.0")));
        Assert.Equal(PackagingFailure.AmbiguousIndexLink, refused.Reason);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
        if (
            !html.Contains("&period;", StringComparison.Ordinal)
            && !html.Contains("&#112\"", StringComparison.Ordinal)
            && !html.Contains("&nbsp", StringComparison.Ordinal)
        )
            Assert.Empty(index.Of(ProjectName.Parse("x"), PythonVersion.Parse("2.0")).Files);
    }

    [Fact]
    public void A_name_with_the_kelvin_sign_is_one_with_k_as_for_pip() =>
        Assert.Throws<PackagingException>(() =>
            SimpleIndex.ParseHtml("<a href=\"\u212Ait-1.0.zip\">x</a>", _base).Of(ProjectName.Parse("kit"), PythonVersion.Parse("1.0"))
        );

    [Fact]
    public void Listings_navigation_other_texts_and_odd_names_of_other_versions_do_no_harm()
    {
        var index = SimpleIndex.ParseHtml(
            """
            <html><head><title>Index of /simple/x/</title></head><body><h1>Index of /simple/x/</h1><hr><pre><a href="../">../</a>
            <a href="x-1.0-py3-none-any.whl">x-1.0-py3-none..&gt;</a>  01-Jan-2026 10:00  2048
            <a href="x-0.1%20(1).tar.gz">x-0.1 (1).tar.gz</a>
            <a href="x-1.0.tar.gz">download</a><a href="x-1.0.tar.gz.asc">x-1.0.tar.gz.asc</a></pre>
            <a href="mailto:admin@example.org">admin</a> <a href="/login?next=/a&b=c#top">Sign in</a> <a name="end">&copy;</a>
            <a href="javascript:void(0)">Top</a> <a href="">.</a><a href="https://user@example.org/">?</a>
            </body></html>
            """,
            _base
        );
        var found = index.Of(ProjectName.Parse("x"), PythonVersion.Parse("1.0"));
        Assert.Equal(["x-1.0-py3-none-any.whl", "x-1.0.tar.gz"], found.Files.Select(file => file.FileName));
        Assert.Empty(found.AlsoInstallable);
        Assert.Equal(["x-0.1%20(1).tar.gz"], index.UnclearLinks);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"meta":{"api-version":"2.0"},"files":[]}""")]
    [InlineData("""{"meta":{"api-version":"1.0"}}""")]
    [InlineData("""{"meta":{"api-version":"1.0"},"files":[],"files":[]}""")]
    [InlineData("""{"meta":{"api-version":"1.0"},"files":[{"filename":"x-1.0.zip","url":"\ud800","hashes":{}}]}""")]
    public void A_malformed_json_answer_is_refused_whole(string json) =>
        Assert.Equal(PackagingFailure.InvalidIndex, Assert.Throws<PackagingException>(() => SimpleIndex.ParseJson(json, _base)).Reason);

    [Theory]
    [InlineData("""{"filename":"../x-1.0.zip","url":"x-1.0.zip","hashes":{}}""")]
    [InlineData("""{"filename":"other-0.1.tar.gz","url":"x-1.0-99-py3-none-any.whl","hashes":{}}""")]
    [InlineData("""{"filename":"x-1.0.zip","url":"https://cdn.example/download","hashes":{}}""")]
    [InlineData("""{"filename":"x-1.0.zip","url":"file:///x-1.0.zip","hashes":{}}""")]
    [InlineData("""{"filename":"x-1.0.zip","url":"x-1.0.zip","hashes":{"sha256":"zz"}}""")]
    [InlineData("""{"filename":"x-1.0.zip","url":"x-1.0.zip","yanked":0,"hashes":{}}""")]
    [InlineData("""{"filename":"x-1.0.zip","url":"x-1.0.zip"}""")]
    [InlineData("""{"url":"x-1.0.zip","hashes":{}}""")]
    public void An_entry_that_two_readers_take_differently_stops_the_asked_version_only(string entry)
    {
        var index = SimpleIndex.ParseJson($$"""{"meta":{"api-version":"1.0"},"files":[{{entry}}]}""", _base);
        var refused = Assert.Throws<PackagingException>(() => index.Of(ProjectName.Parse("x"), PythonVersion.Parse("1.0")));
        Assert.Equal(PackagingFailure.AmbiguousIndexLink, refused.Reason);
        Assert.Empty(index.Of(ProjectName.Parse("x"), PythonVersion.Parse("2.0")).Files);
    }

    [Fact]
    public void A_page_of_tags_that_never_end_is_read_in_linear_time()
    {
        var html = string.Concat(Enumerable.Repeat("<i x=\"<b ", 500_000));
        Assert.Empty(SimpleIndex.ParseHtml(html, _base).Files);
    }

    [Theory]
    [InlineData("hello_pysign-1.0.0+1-py3-none-any.whl", true)]
    [InlineData("hello_pysign-1.0.0+evil.tar.gz", true)]
    [InlineData("Hello.PySign-1.0+a-b.zip", true)]
    [InlineData("hello_pysign-1.0.0.tar.bz2", true)]
    [InlineData("hello-pysign-v1.0.tgz", true)]
    [InlineData("hello_pysign-1.0.0.tar.xz", true)]
    [InlineData("hello_pysign-1.0.0-0-py3-none-any-more.whl", true)]
    [InlineData("hello_pysign-1.0.0-py3-none-any.whl", false)]
    [InlineData("hello-pysign-1.0.tar.gz", false)]
    [InlineData("hello_pysign-1.0.0.post1.tar.bz2", false)]
    [InlineData("hello_pysign-1.0.1+1-py3-none-any.whl", false)]
    [InlineData("hello_pysign-1.0.0-1.tar.gz", false)]
    [InlineData("hello_pysign_plus-1.0.0.tar.bz2", false)]
    [InlineData("hello_pysign-1.0.0.exe", false)]
    [InlineData("hello_pysign-1.0.0-py3.9.egg", false)]
    public void What_an_installer_would_take_for_a_version_besides_its_distributions_is_named(string fileName, bool taken)
    {
        var index = SimpleIndex.ParseHtml($"<a href=\"{fileName}\">{fileName}</a>", _base);
        Assert.Equal(taken ? [fileName] : [], index.Of(ProjectName.Parse("hello-pysign"), PythonVersion.Parse("1.0.0")).AlsoInstallable);
        Assert.Empty(index.Of(ProjectName.Parse("hello-pysign"), PythonVersion.Parse("2.0")).AlsoInstallable);
    }

    [Fact]
    public void A_version_with_a_local_label_is_taken_alone()
    {
        const string Pages =
            "<a href=\"x-1.0.tar.bz2\">x-1.0.tar.bz2</a><a href=\"x-1.0+a.tar.gz\">x-1.0+a.tar.gz</a><a "
            + "href=\"x-1.0+b.tar.gz\">x-1.0+b.tar.gz</a>";
        Assert.Empty(SimpleIndex.ParseHtml(Pages, _base).Of(ProjectName.Parse("x"), PythonVersion.Parse("1.0+a")).AlsoInstallable);
    }
}

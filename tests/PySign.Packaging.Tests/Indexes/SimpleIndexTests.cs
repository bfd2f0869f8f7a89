using PySign.Packaging.Indexes;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Tests.Indexes;

public sealed class SimpleIndexTests
{
    private const string Digest = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    private static readonly Uri Base = new("https://gitlab.example/api/v4/projects/42/packages/pypi/simple/my-pkg/");

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
            Base
        );
        Assert.Equal("my.pkg", index.Name);
        Assert.Equal(["my_pkg-1.0-py3-none-any.whl", "my_pkg-1.0.tar.gz"], index.Files.Select(file => file.FileName));
        Assert.Equal((Digest, ">=3.8", null), (index.Files[0].Sha256, index.Files[0].RequiresPython, index.Files[0].Yanked));
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
            Base
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
              {"filename":"my_pkg-1.1.tar.gz","url":"https://cdn.example/x","hashes":{} }] }
            """,
            Base
        );
        Assert.Equal("my-pkg", index.Name);
        Assert.Equal(
            ("https://gitlab.example/api/v4/projects/42/packages/pypi/files/my_pkg-1.0.tar.gz", Digest, ">=3.9", "broken"),
            (index.Files[0].Url.AbsoluteUri, index.Files[0].Sha256, index.Files[0].RequiresPython, index.Files[0].Yanked)
        );
        Assert.Null(index.Files[1].Sha256);
    }

    [Theory]
    [InlineData("<a href=\"x/..%2fevil-1.0.zip\">..%2fevil-1.0.zip</a>", PackagingFailure.InvalidIndex)]
    [InlineData("<a href=\"..%2fevil-1.0.zip\">../evil-1.0.zip</a>", PackagingFailure.InvalidFileName)]
    [InlineData("<a href=\"a-1.0.zip\">b-1.0.zip</a>", PackagingFailure.InvalidIndex)]
    [InlineData("<a href=\"file:///etc/x-1.0.zip\">x-1.0.zip</a>", PackagingFailure.UnsafeIndexLink)]
    [InlineData("<a href=\"javascript:x-1.0.zip\">x-1.0.zip</a>", PackagingFailure.UnsafeIndexLink)]
    [InlineData("<a href=\"https://user:secret@host/x-1.0.zip\">x-1.0.zip</a>", PackagingFailure.UnsafeIndexLink)]
    [InlineData("<base href=\"ftp://host/\"><a href=\"x-1.0.zip\">x-1.0.zip</a>", PackagingFailure.UnsafeIndexLink)]
    [InlineData("<a href=\"x-1.0.zip#sha256=12\">x-1.0.zip</a>", PackagingFailure.InvalidIndex)]
    [InlineData("<a href=\"x-1.0.zip\">x-1.0.zip", PackagingFailure.InvalidIndex)]
    [InlineData("<a href=\"x-1.0.zip\">x-1.0.zip</a><a href=\"y/x-1.0.zip\">x-1.0.zip</a>", PackagingFailure.InvalidIndex)]
    [InlineData("<a href=\"/sign_in\">Sign in</a>", PackagingFailure.InvalidIndex)]
    [InlineData("<meta name=\"pypi:repository-version\" content=\"2.0\">", PackagingFailure.InvalidIndex)]
    [InlineData("<!-- -- ><a href=x-1.0.zip>x-1.0.zip</a> -->", PackagingFailure.InvalidIndex)]
    [InlineData("<!--><a href=x-1.0.zip>x-1.0.zip</a> -->", PackagingFailure.InvalidIndex)]
    [InlineData("<noscript><a href=x-1.0.zip>x-1.0.zip</a></noscript>", PackagingFailure.InvalidIndex)]
    [InlineData("<textarea><A\nhref=x-1.0.zip>x-1.0.zip</a></textarea>", PackagingFailure.InvalidIndex)]
    [InlineData("<b title=\"<a href=x-1.0.zip>x-1.0.zip</a>\">", PackagingFailure.InvalidIndex)]
    [InlineData("<b title=\"<a href=x-1.0.zip>x-1.0.zip</a>", PackagingFailure.InvalidIndex)]
    [InlineData("<a href=\"y/x-1.0.zip\" href=\"z/x-1.0.zip\">x-1.0.zip</a>", PackagingFailure.InvalidIndex)]
    [InlineData("<a href=\"x-1.0.zip\">x-1.0.zip</a><base href=\"/y/\">", PackagingFailure.InvalidIndex)]
    public void An_unsafe_or_unclear_html_page_is_refused_without_showing_secrets(string html, PackagingFailure reason)
    {
        var refused = Assert.Throws<PackagingException>(() => SimpleIndex.ParseHtml(html, Base));
        Assert.Equal(reason, refused.Reason);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", PackagingFailure.InvalidIndex)]
    [InlineData("{", PackagingFailure.InvalidIndex)]
    [InlineData("""{"meta":{"api-version":"2.0"},"files":[]}""", PackagingFailure.InvalidIndex)]
    [InlineData("""{"meta":{"api-version":"1.0"}}""", PackagingFailure.InvalidIndex)]
    [InlineData("""{"meta":{"api-version":"1.0"},"files":[],"files":[]}""", PackagingFailure.InvalidIndex)]
    [InlineData(
        """{"meta":{"api-version":"1.0"},"files":[{"filename":"../x-1.0.zip","url":"x","hashes":{}}]}""",
        PackagingFailure.InvalidFileName
    )]
    [InlineData(
        """{"meta":{"api-version":"1.0"},"files":[{"filename":"x-1.0.zip","url":"file:///x","hashes":{}}]}""",
        PackagingFailure.UnsafeIndexLink
    )]
    [InlineData(
        """{"meta":{"api-version":"1.0"},"files":[{"filename":"x-1.0.zip","url":"x","hashes":{"sha256":"zz"}}]}""",
        PackagingFailure.InvalidIndex
    )]
    [InlineData("""{"meta":{"api-version":"1.0"},"files":[{"filename":"x-1.0.zip","url":"x"}]}""", PackagingFailure.InvalidIndex)]
    public void An_unsafe_or_malformed_json_answer_is_refused(string json, PackagingFailure reason) =>
        Assert.Equal(reason, Assert.Throws<PackagingException>(() => SimpleIndex.ParseJson(json, Base)).Reason);

    [Fact]
    public void A_page_of_tags_that_never_end_is_read_in_linear_time()
    {
        var html = string.Concat(Enumerable.Repeat("<i x=\"<b ", 500_000));
        Assert.Empty(SimpleIndex.ParseHtml(html, Base).Files);
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
        var index = SimpleIndex.ParseHtml($"<a href=\"{fileName}\">{fileName}</a>", Base);
        Assert.Equal(taken ? [fileName] : [], index.AlsoInstallable(ProjectName.Parse("hello-pysign"), PythonVersion.Parse("1.0.0")));
        Assert.Empty(index.AlsoInstallable(ProjectName.Parse("hello-pysign"), PythonVersion.Parse("2.0")));
    }

    [Fact]
    public void A_version_with_a_local_label_is_taken_alone()
    {
        const string Pages =
            "<a href=\"x-1.0.tar.bz2\">x-1.0.tar.bz2</a><a href=\"x-1.0+a.tar.gz\">x-1.0+a.tar.gz</a><a "
            + "href=\"x-1.0+b.tar.gz\">x-1.0+b.tar.gz</a>";
        Assert.Empty(SimpleIndex.ParseHtml(Pages, Base).AlsoInstallable(ProjectName.Parse("x"), PythonVersion.Parse("1.0+a")));
    }
}

using System.Text;
using Cake.PySign.Common.Statements;
using Cake.PySign.Common.Stores;
using PySign.Formats;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace Cake.PySign.Tests.Common.Statements;

public sealed class ReleaseStatementTests
{
    private const string Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly Sha256Digest _digest = Sha256Digest.Parse(Hex);

    [Theory]
    [InlineData("Hello.PySign", "1.0.0", "hello_pysign-1.0.0.release.sigstore.json", "pkg:pypi/hello-pysign@1.0.0")]
    [InlineData("demo", "1!2.0+local.1", "demo-1!2.0+local.1.release.sigstore.json", "pkg:pypi/demo@1%212.0%2Blocal.1")]
    [InlineData("A__b--C", "v1.0-RC.1", "a_b_c-1.0rc1.release.sigstore.json", "pkg:pypi/a-b-c@1.0rc1")]
    public void Name_and_version_say_how_the_file_and_the_package_are_called(string project, string version, string fileName, string purl)
    {
        var (name, parsed) = (ProjectName.Parse(project), PythonVersion.Parse(version));
        Assert.Equal(fileName, ReleaseStatement.FileName(name, parsed));
        Assert.True(ReleaseStatement.IsFileName(fileName));
        Assert.Equal(purl, PackageUrl.Of(name, parsed));
        Assert.True(PackageUrl.TryParse(purl, out var back, out var same));
        Assert.Equal((name, parsed), (back, same));

        // Every registry keeps it under that name, an epoch as everywhere.
        GenericNames.RequireGitLabFile(fileName);
        GenericNames.RequireGitHubFile(fileName);
        GenericNames.RequireSegment("file name", fileName);
        Assert.Equal(fileName.Replace("!", ".epoch.", StringComparison.Ordinal), GenericNames.Mapped(fileName));
    }

    [Theory]
    [InlineData("hello_pysign-1.0.0.tar.gz.sigstore.json")]
    [InlineData("hello_pysign-1.0.0-py3-none-any.whl.sigstore.json")]
    [InlineData("hello-pysign-1.0.0.release.sigstore.json")]
    [InlineData("hello_pysign.release.sigstore.json")]
    [InlineData("hello_pysign-1.0.0.tar.gz.release.sigstore.json")]
    [InlineData("../hello_pysign-1.0.0.release.sigstore.json")]
    public void No_other_file_is_taken_for_a_statement(string name) => Assert.False(ReleaseStatement.IsFileName(name));

    [Fact]
    public void What_is_written_is_read_again_and_is_the_same_whatever_the_order_of_the_files()
    {
        KeyValuePair<string, Sha256Digest>[] files =
        [
            new("demo-1.0.tar.gz", _digest),
            new("demo-1.0-py3-none-any.whl", Sha256Digest.Of([1])),
            new("Demo-1.0-1-py3-none-any.whl", Sha256Digest.Of([2])),
        ];
        var statement = ReleaseStatement.About(files);
        var bytes = statement.ToStatement().Utf8Json;
        Assert.Equal(bytes.ToArray(), ReleaseStatement.About(files.Reverse()).ToStatement().Utf8Json.ToArray());

        var read = ReleaseStatement.Read(InTotoStatement.Parse(bytes));
        Assert.Equal((statement.Name, statement.Version), (read.Name, read.Version));
        Assert.Equal(files.OrderBy(file => file.Key, StringComparer.Ordinal), read.Files);
        Assert.Equal(
            $$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"demo-1.0.tar.gz","digest":{"sha256":"{{{Hex}}}"}}],"predicateType":"https://in-toto.io/attestation/release/v0.1","predicate":{"purl":"pkg:pypi/demo@1.0"}}""",
            Encoding.UTF8.GetString(ReleaseStatement.About(files[..1]).ToStatement().Utf8Json.Span)
        );
    }

    [Theory]
    [InlineData("demo-1.0.tar.gz", "demo-1.1-py3-none-any.whl")]
    [InlineData("demo-1.0.tar.gz", "other-1.0-py3-none-any.whl")]
    [InlineData("demo-1.0.tar.gz", "DEMO-1.0.tar.gz")]
    [InlineData("demo-1.0.tar.gz", "pysign.json")]
    public void Files_that_are_not_one_release_make_no_statement(string one, string other) =>
        Assert.Throws<StatementException>(() => ReleaseStatement.About([new(one, _digest), new(other, _digest)]));

    [Fact]
    public void No_files_make_no_statement() => Assert.Throws<StatementException>(() => ReleaseStatement.About([]));

    [Theory]
    [InlineData("[]", "an object")]
    [InlineData("{", "well-formed JSON")]
    [InlineData("{\"_type\":1}", "text in _type")]
    [InlineData(Start + "\"subject\":[]}", "subjects")]
    [InlineData(Start + "\"subject\":{}}", "subjects")]
    [InlineData(Start + "\"subject\":[1]}", "a digest in every subject")]
    [InlineData(Start + "\"subject\":[{\"name\":\"demo-1.0.tar.gz\"}]}", "a digest in every subject")]
    [InlineData(Start + "\"subject\":[{\"name\":\"demo-1.0.tar.gz\",\"digest\":{\"sha512\":\"ab\"}}]}", "64 lower-case")]
    [InlineData(Start + "\"subject\":[{\"name\":\"demo-1.0.tar.gz\",\"digest\":{\"sha256\":\"AB\"}}]}", "64 lower-case")]
    [InlineData(
        Start + "\"subject\":[{\"name\":\"demo-1.0.tar.gz\",\"digest\":{\"sha256\":\"" + Hex + "\",\"sha256\":\"" + Hex + "\"}}]}",
        "repeated names"
    )]
    [InlineData(Start + "\"subject\":[{\"name\":\"\\ud800\",\"digest\":{\"sha256\":\"" + Hex + "\"}}]}", "Unicode")]
    [InlineData(Start + "\"subject\":[{\"digest\":{\"sha256\":\"" + Hex + "\"}}]}", "a name and a SHA-256")]
    public void A_document_that_could_be_taken_in_two_ways_is_refused(string json, string said) =>
        Assert.Contains(
            said,
            Assert.Throws<StatementException>(() => ReleaseStatement.Read(InTotoStatement.Parse(Encoding.UTF8.GetBytes(json)))).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("pkg:pypi/demo")]
    [InlineData("pkg:pypi/demo@")]
    [InlineData("pkg:pypi/demo@1.0@1.1")]
    [InlineData("pkg:pypi/space/demo@1.0")]
    [InlineData("pkg:pypi/demo@1.0?file_name=demo-1.0.tar.gz")]
    [InlineData("pkg:pypi/demo@1.0#src")]
    [InlineData("pkg:npm/demo@1.0")]
    [InlineData("pkg:pypi/%2e%2e@1.0")]
    [InlineData("pkg:pypi/demo@latest")]
    public void A_package_url_that_is_not_one_version_of_one_project_is_refused(string purl) =>
        Assert.False(PackageUrl.TryParse(purl, out _, out _));

    private const string Start =
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"https://in-toto.io/attestation/release/v0.1\",\"predicate\":{\"purl\":\"pkg:pypi/demo@1.0\"},";
}

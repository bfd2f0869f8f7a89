using System.Text;
using PySign.Formats;
using PySign.Packaging.Attestations;
using PySign.Packaging.Distributions;

namespace PySign.Packaging.Tests.Attestations;

public sealed class AttestationStatementTests
{
    private static readonly Sha256Digest _digest = Sha256Digest.Parse("c1ca9b0d85df1606451098233018534497bf584362e10e4a8c21dfaea92c02a8");
    private const string Wheel = "hello_pysign-1.0-py3-none-any.whl";

    private static readonly string _publish = Encoding.UTF8.GetString(
        AttestationStatement.Publish(DistributionFileName.Parse(Wheel), _digest).Utf8Json.Span
    );

    [Fact]
    public void The_statement_that_is_signed_is_exactly_this() =>
        Assert.Equal(
            $$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"{{{Wheel}}}","digest":{"sha256":"{{{_digest}}}"}}],"predicateType":"https://docs.pypi.org/attestations/publish/v1","predicate":null}""",
            _publish
        );

    [Theory]
    [InlineData("Hello.Pysign-1.0.0-py3-none-any.whl")]
    [InlineData("hello_pysign-1.0-PY3-NONE-ANY.whl")]
    [InlineData("hello_pysign-v1-py3-none-any.whl")]
    public void A_name_that_says_the_same_is_the_same_subject(string name) =>
        Parse(_publish).EnsureAbout(DistributionFileName.Parse(name), _digest);

    [Theory]
    [InlineData("hello_pysign-1.0-1-py3-none-any.whl")]
    [InlineData("hello_pysign-1.0-py2.py3-none-any.whl")]
    [InlineData("hello_pysign-1.0.1-py3-none-any.whl")]
    [InlineData("hello_pysigned-1.0-py3-none-any.whl")]
    [InlineData("hello_pysign-1.0.tar.gz")]
    public void Another_name_is_refused(string name) =>
        Assert.Equal(
            PackagingFailure.SubjectMismatch,
            Assert.Throws<PackagingException>(() => Parse(_publish).EnsureAbout(DistributionFileName.Parse(name), _digest)).Reason
        );

    [Fact]
    public void Other_bytes_are_refused() =>
        Assert.Equal(
            PackagingFailure.SubjectMismatch,
            Assert
                .Throws<PackagingException>(() => Parse(_publish).EnsureAbout(DistributionFileName.Parse(Wheel), Sha256Digest.Of([])))
                .Reason
        );

    [Theory]
    [InlineData("a-1-01b-py3-none-any.whl", "a-1-1b-py3-none-any.whl", true)]
    [InlineData("a-1-0-py3-none-any.whl", "a-1-00-py3-none-any.whl", true)]
    [InlineData("a-1-1a-py3-none-any.whl", "a-1-1b-py3-none-any.whl", false)]
    [InlineData("a-1-py2.py3-none-any.whl", "a-1-py3.py2-none-any.whl", true)]
    [InlineData("a-1.tar.gz", "a-1.zip", false)]
    [InlineData("A_b-1.0.0.tar.gz", "a-b-1.tar.gz", true)]
    public void Names_are_compared_as_they_are_parsed(string one, string other, bool same) =>
        Assert.Equal(same, DistributionFileName.Parse(one).IsEquivalentTo(DistributionFileName.Parse(other)));

    [Theory]
    [InlineData("Statement/v1", "Statement/v0.1", PackagingFailure.InvalidStatement)]
    [InlineData("attestations/publish/v1", "attestations/publish/v2", PackagingFailure.UnsupportedPredicate)]
    [InlineData("\"predicate\":null", "\"predicate\":{\"a\":1}", PackagingFailure.InvalidStatement)]
    [InlineData("\"predicate\":null", "\"predicate\":[]", PackagingFailure.InvalidStatement)]
    [InlineData("\"sha256\"", "\"sha512\"", PackagingFailure.InvalidStatement)]
    [InlineData("c1ca9b", "C1CA9B", PackagingFailure.InvalidStatement)]
    [InlineData("}}],", "}},{}],", PackagingFailure.InvalidStatement)]
    [InlineData(
        "}}],",
        "}},{\"name\":\"b\",\"digest\":{\"sha256\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}}],",
        PackagingFailure.InvalidStatement
    )]
    [InlineData("hello_pysign-1.0-py3-none-any.whl", "../hello.whl", PackagingFailure.InvalidFileName)]
    [InlineData("\"_type\"", "\"_type\":\"x\",\"_type\"", PackagingFailure.InvalidStatement)]
    public void A_statement_that_no_index_takes_is_refused_by_name(string from, string to, PackagingFailure reason) =>
        Assert.Equal(reason, Assert.Throws<PackagingException>(() => Parse(_publish.Replace(from, to, StringComparison.Ordinal))).Reason);

    [Theory]
    [InlineData("\"predicate\":null", "\"predicate\":{}")]
    [InlineData(",\"predicate\":null", "")]
    public void An_empty_predicate_has_several_forms(string from, string to) =>
        Assert.Equal(AttestationStatement.PublishType, Parse(_publish.Replace(from, to, StringComparison.Ordinal)).PredicateType);

    [Fact]
    public void A_statement_of_how_a_file_was_built_may_say_anything() =>
        Assert.Equal(
            AttestationStatement.ProvenanceType,
            Parse(
                _publish
                    .Replace(AttestationStatement.PublishType, AttestationStatement.ProvenanceType, StringComparison.Ordinal)
                    .Replace("null", "{\"a\":1}", StringComparison.Ordinal)
            ).PredicateType
        );

    private static AttestationStatement Parse(string json) => AttestationStatement.Parse(Encoding.UTF8.GetBytes(json));
}

using System.Text;

namespace PySign.Formats.Tests;

public sealed class InTotoStatementTests
{
    private const string Start = """{"_type":"https://in-toto.io/Statement/v1",""";

    private static readonly Sha256Digest _digest = Sha256Digest.Of("a wheel"u8);
    private static readonly StatementSubject _subject = new("demo-1.0-py3-none-any.whl", _digest);

    [Fact]
    public void What_is_written_is_exactly_this_and_is_read_again()
    {
        var statement = InTotoStatement.Create([_subject], "https://example.org/p", """{"a" : ["ü", 1.50]}"""u8.ToArray());
        Assert.Equal(
            $$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"demo-1.0-py3-none-any.whl","digest":{"sha256":"{{{_digest}}}"}}],"predicateType":"https://example.org/p","predicate":{"a":["ü",1.50]}}""",
            Encoding.UTF8.GetString(statement.Utf8Json.Span)
        );
        Assert.Equal((InTotoStatement.TypeV1, "https://example.org/p"), (statement.Type, statement.PredicateType));
        Assert.Equal((_subject.Name, _digest), (statement.Subjects[0].Name, statement.FirstSha256));
        Assert.Equal("ü", statement.Predicate!.Value.GetProperty("a")[0].GetString());
    }

    [Fact]
    public void The_bytes_that_were_read_are_kept_and_are_the_statements_own()
    {
        var bytes = Encoding.UTF8.GetBytes(
            Start + $$""" "subject" : [ {"digest":{"sha256":"{{_digest}}"},"x":1} ], "predicateType":"p" }"""
        );
        var statement = InTotoStatement.Parse(bytes);
        var before = bytes.ToArray();
        Array.Clear(bytes);
        Assert.Equal(before, statement.Utf8Json.ToArray());
        Assert.Null(statement.Subjects[0].Name);
        Assert.Null(statement.Predicate);
    }

    [Theory]
    [InlineData("sha256", "00", false)]
    [InlineData("sha256", "UPPER", false)]
    [InlineData("sha512", "DIGEST", false)]
    [InlineData("SHA256", "DIGEST", false)]
    [InlineData("sha256", "DIGEST", true)]
    public void A_subject_has_a_sha256_only_in_the_form_of_the_framework(string algorithm, string text, bool has)
    {
        text = text.Replace("DIGEST", _digest, StringComparison.Ordinal)
            .Replace("UPPER", _digest.Hex.ToUpperInvariant(), StringComparison.Ordinal);
        var statement = Parse(Start + $$$""" "subject":[{"name":"a","digest":{"{{{algorithm}}}":"{{{text}}}"}}],"predicateType":"p"}""");
        Assert.Equal(has ? _digest : null, statement.FirstSha256);
        Assert.Equal(algorithm is "SHA256" ? null : text, statement.Subjects[0].Text(algorithm));
    }

    [Theory]
    [InlineData("", "well-formed JSON")]
    [InlineData("[]", "an object")]
    [InlineData("{}", "text in _type")]
    [InlineData("""{"_type":1}""", "text in _type")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v2","subject":[{"digest":{}}],"predicateType":"p"}""", "_type")]
    [InlineData(Start + """ "subject":[{"digest":{}}]}""", "text in predicateType")]
    [InlineData(Start + """ "predicateType":"p"}""", "subjects")]
    [InlineData(Start + """ "predicateType":"p","subject":{}}""", "subjects")]
    [InlineData(Start + """ "predicateType":"p","subject":[]}""", "subjects")]
    [InlineData(Start + """ "predicateType":"p","subject":[1]}""", "a digest in every subject")]
    [InlineData(Start + """ "predicateType":"p","subject":[{"name":"a"}]}""", "a digest in every subject")]
    [InlineData(Start + """ "predicateType":"p","subject":[{"name":"a","digest":"b"}]}""", "a digest in every subject")]
    [InlineData(Start + """ "predicateType":"p","subject":[{"name":1,"digest":{}}]}""", "names as text")]
    [InlineData(Start + """ "predicateType":"p","subject":[{"digest":{"sha256":1}}]}""", "digests as text")]
    [InlineData(Start + """ "predicateType":"p","predicateType":"q","subject":[{"digest":{}}]}""", "repeated names")]
    [InlineData(Start + """ "predicateType":"p","subject":[{"digest":{"sha256":"a","sha256":"b"}}]}""", "repeated names")]
    [InlineData(Start + """ "predicateType":"\ud800","subject":[{"digest":{}}]}""", "Unicode")]
    public void What_could_be_read_in_two_ways_or_says_nothing_is_refused(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<StatementException>(() => Parse(json)).Expected, StringComparison.Ordinal);

    [Fact]
    public void Subjects_predicate_type_and_predicate_are_checked_before_they_are_written()
    {
        Refused([], "https://example.org/p", "{}");
        Refused([new StatementSubject("", _digest)], "https://example.org/p", "{}");
        Refused([Parse(Start + """ "predicateType":"p","subject":[{"name":"a","digest":{"sha256":"AB"}}]}""").Subjects[0]], "urn:p", "{}");
        Refused([_subject], "provenance", "{}");
        Refused([_subject], "urn:p", "");
        Refused([_subject], "urn:p", "{} {}");
        Refused([_subject], "urn:p", """{"a":1,"a":2}""");
        Refused([_subject], "urn:p", new string('[', 70) + new string(']', 70));
        Refused([.. Enumerable.Repeat(_subject, InTotoStatement.MaxSubjects + 1)], "urn:p", "{}");

        static void Refused(StatementSubject[] subjects, string type, string predicate) =>
            Assert.Throws<StatementException>(() => InTotoStatement.Create(subjects, type, Encoding.UTF8.GetBytes(predicate)));
    }

    [Fact]
    public void Version_0_1_is_read_and_says_so()
    {
        var statement = Parse(
            $$$"""{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"p","subject":[{"digest":{"sha256":"{{{_digest}}}"}}]}"""
        );
        Assert.NotEqual(InTotoStatement.TypeV1, statement.Type);
        Assert.Equal(_digest, statement.FirstSha256);
    }

    private static InTotoStatement Parse(string json) => InTotoStatement.Parse(Encoding.UTF8.GetBytes(json));
}

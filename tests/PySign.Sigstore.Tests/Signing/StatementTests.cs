using System.Net;
using System.Text;
using PySign.Formats;
using PySign.Sandbox.Trust;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Signing;

/// <summary>in-toto statements: what may be signed, and that a signed one proves its subjects and nothing else.</summary>
public sealed class StatementTests : SigningAgainstSandbox
{
    private const string Provenance = "https://slsa.dev/provenance/v1";

    private static readonly byte[] _wheel = "a wheel"u8.ToArray();
    private static readonly StatementSubject _subject = new("demo-1.0-py3-none-any.whl", Sha256Digest.Of(_wheel));

    [Theory]
    [InlineData(SigningConfigKind.RekorV1, "dsse/0.0.1")]
    [InlineData(SigningConfigKind.RekorV2, "hashedrekord/0.0.2")]
    [InlineData(SigningConfigKind.RekorV2Ecdsa, "hashedrekord/0.0.2")]
    public async Task A_signed_statement_verifies_for_its_subject_and_for_nothing_else(SigningConfigKind kind, string entry)
    {
        await using var signer = await Rig.SignerAsync(kind);
        var signed = await signer.SignStatementAsync(
            InTotoStatement.Create(
                [_subject, new StatementSubject("again", Sha256Digest.Of(_wheel))],
                Provenance,
                """{"a":[1,"ü"]}"""u8.ToArray()
            ),
            Cancellation
        );

        var bundle = Bundle.Parse(Encoding.UTF8.GetBytes(signed.Bundle.ToJson()));
        var verifier = new SigstoreVerifier(Rig.Root);
        var policy = VerificationPolicy.Exact(signer.Identity, signer.Issuer);
        var verified = verifier.Verify(bundle, Artifact.FromBytes(_wheel), policy);
        Assert.Equal([entry], verified.LogEntries.Select(e => e.Kind));
        Assert.Equal(Provenance, verified.PredicateType);
        Assert.Equal(_subject.Sha256, verified.Sha256);
        Assert.Contains(verified.Timestamps, t => t.Source == TimeSource.TimestampAuthority);
        Assert.Equal("ü", verified.Statement!.Predicate!.Value.GetProperty("a")[1].GetString());
        Assert.Throws<InvalidOperationException>(signed.CosignSignature);
        Assert.Equal(
            VerificationFailure.SubjectMismatch,
            Assert.Throws<VerificationException>(() => verifier.Verify(bundle, Artifact.FromBytes("another"u8.ToArray()), policy)).Reason
        );
    }

    [Fact]
    public async Task A_given_statement_is_signed_byte_for_byte()
    {
        var json = Encoding.UTF8.GetBytes(
            $$"""
            { "subject": [ {"digest": {"sha512": "00", "sha256": "{{_subject.Sha256}}"} } ],
              "_type":"https://in-toto.io/Statement/v1", "predicateType": "anything", "predicate": null }

            """
        );
        await using var signer = await Rig.SignerAsync(SigningConfigKind.RekorV2);
        var signed = await signer.SignStatementAsync(InTotoStatement.Parse(json), Cancellation);
        Assert.Equal(json, signed.Bundle.DsseEnvelope!.Payload.ToArray());
        Assert.Equal("application/vnd.in-toto+json", signed.Bundle.DsseEnvelope.PayloadType);
        Assert.Equal("anything", signed.Verified.PredicateType);
    }

    [Theory]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha512":"00"}}],"predicateType":"p"}""")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"00"}}],"predicateType":"p"}""")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"UPPER"}}],"predicateType":"p"}""")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"LARGE"}}],"predicateType":"p"}""")]
    public async Task What_no_verifier_could_use_is_refused_before_it_is_signed(string json)
    {
        var statement = InTotoStatement.Parse(
            Encoding.UTF8.GetBytes(
                json.Replace("UPPER", _subject.Sha256!.Hex.ToUpperInvariant(), StringComparison.Ordinal)
                    .Replace("LARGE", _subject.Sha256 + "\"},\"name\":\"" + new string('a', 9 << 20), StringComparison.Ordinal)
                    .Replace("aaa\"}}", "aaa\"}", StringComparison.Ordinal)
            )
        );
        await using var signer = await Rig.SignerAsync(SigningConfigKind.RekorV2);
        var e = await Assert.ThrowsAsync<SigningException>(() => signer.SignStatementAsync(statement, Cancellation));
        Assert.Equal(SigningFailure.StatementInvalid, e.Reason);
    }

    [Theory]
    [InlineData(SigningConfigKind.RekorV1)]
    [InlineData(SigningConfigKind.RekorV2)]
    public async Task The_entry_of_another_statement_is_not_taken_for_ours(SigningConfigKind kind)
    {
        await using var signer = await Rig.SignerAsync(kind);
        byte[] recorded = [];
        Rig.Intercept = async (request, next) =>
        {
            if (!request.RequestUri!.AbsolutePath.EndsWith("/log/entries", StringComparison.Ordinal))
            {
                return await next();
            }

            if (recorded.Length > 0)
            {
                return new HttpResponseMessage(HttpStatusCode.Created) { Content = new ByteArrayContent(recorded) };
            }

            var response = await next();
            await response.Content.LoadIntoBufferAsync();
            recorded = await response.Content.ReadAsByteArrayAsync();
            return response;
        };
        await signer.SignStatementAsync(InTotoStatement.Create([_subject], Provenance, "1"u8.ToArray()), Cancellation);
        var e = await Assert.ThrowsAsync<SigningException>(() =>
            signer.SignStatementAsync(InTotoStatement.Create([_subject], Provenance, "2"u8.ToArray()), Cancellation)
        );
        Assert.Equal(SigningFailure.ResultNotVerifiable, e.Reason);
        Assert.Equal(VerificationFailure.LogEntryMismatch, Assert.IsType<VerificationException>(e.InnerException).Reason);
    }
}

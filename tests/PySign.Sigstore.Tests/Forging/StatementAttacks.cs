using System.Text;
using static PySign.Sigstore.Errors.VerificationFailure;
using static PySign.Sigstore.Tests.Forging.Attacks;

namespace PySign.Sigstore.Tests.Forging;

/// <summary>Statements in envelopes.</summary>
internal static class StatementAttacks
{
    public static IReadOnlyList<Attack> All { get; } =
    [
        new("statement about another artifact", f => Dsse(f, Statement("ff00")), SubjectMismatch),
        new(
            "digest of the artifact under another name",
            f => Dsse(f, Statement(Hex(f)).Replace("sha256", "sha3_256", StringComparison.Ordinal)),
            SubjectMismatch
        ),
        new("digest in upper case", f => Dsse(f, Statement(Hex(f).ToUpperInvariant())), SubjectMismatch),
        new(
            "statement without subjects",
            f => Dsse(f, """{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"x"}"""),
            StatementMalformed
        ),
        new(
            "statement of another type",
            f => Dsse(f, Statement(Hex(f)).Replace("Statement/v1", "Statement/v2", StringComparison.Ordinal)),
            StatementMalformed
        ),
        new("statement with a name twice", f => Dsse(f, Statement(Hex(f))[..^1] + ",\"subject\":[]}"), StatementMalformed),
        new(
            "payload of another type",
            f =>
            {
                Dsse(f, Statement(Hex(f)));
                f.Statement = f.Statement! with { Type = "application/json" };
            },
            PayloadTypeUnknown
        ),
        new(
            "envelope with two signatures",
            f =>
            {
                Dsse(f, Statement(Hex(f)));
                f.EditBundle = b => Repeat(b["dsseEnvelope"]!["signatures"]!.AsArray(), 2);
            },
            EnvelopeSignatureCount
        ),
        new(
            "envelope without signature",
            f =>
            {
                Dsse(f, Statement(Hex(f)));
                f.EditBundle = b => b["dsseEnvelope"]!["signatures"]!.AsArray().Clear();
            },
            EnvelopeSignatureCount
        ),
        new(
            "payload changed",
            f =>
            {
                Dsse(f, Statement(Hex(f)));
                f.EditBundle = b => b["dsseEnvelope"]!["payload"] = Base64(Encoding.UTF8.GetBytes(Statement(Hex(f)) + " "));
            },
            SignatureInvalid
        ),
        new(
            "payload type changed",
            f =>
            {
                Dsse(f, Statement(Hex(f)));
                f.EditBundle = b => b["dsseEnvelope"]!["payloadType"] = "application/vnd.in-toto+jso";
            },
            SignatureInvalid
        ),
        new(
            "dsse 0.0.2 entry",
            f =>
            {
                Dsse(f, Statement(Hex(f)));
                f.EditBundle = b =>
                {
                    Entry(b)["kindVersion"]!["kind"] = "dsse";
                    Entry(b)["logIndex"] = "1";
                };
                f.Origin = "log.example - 1";
            },
            LogEntryKindWithdrawn
        ),
    ];
}

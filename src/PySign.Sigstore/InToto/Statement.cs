using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.InToto;

/// <summary>
/// An in-toto statement to be signed: which artifacts it is about (subjects, by digest) and what it says of them (predicate). What can be
/// constructed also verifies: at least one subject has a SHA-256 digest in lower-case hexadecimal.
/// </summary>
/// <example>
/// <code>
/// var statement = Statement.Create(
///     [new StatementSubject("demo-1.0-py3-none-any.whl", sha256)], "https://slsa.dev/provenance/v1",
///     File.ReadAllBytes("provenance.json"));
/// [new StatementSubject("demo-1.0-py3-none-any.whl", sha256)], "https://slsa.dev/provenance/v1", File.ReadAllBytes("provenance.json"));
/// [new StatementSubject("demo-1.0-py3-none-any.whl", sha256)], "https://slsa.dev/provenance/v1", File.ReadAllBytes("provenance.json"));
/// [new StatementSubject("demo-1.0-py3-none-any.whl", sha256)], "https://slsa.dev/provenance/v1", File.ReadAllBytes("provenance.json"));
/// var signed = await signer.SignStatementAsync(statement);
/// </code>
/// </example>
public sealed class Statement
{
    /// <summary>Half of a bundle, which carries the statement as base64.</summary>
    private const int MaxBytes = Limits.DocumentBytes / 2;

    private static readonly JsonDocumentOptions _reading = new() { AllowDuplicateProperties = false, MaxDepth = Limits.StatementDepth };

    private static readonly JsonWriterOptions _writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private Statement(ReadOnlyMemory<byte> utf8Json, string predicateType, string firstSha256)
    {
        Utf8Json = utf8Json;
        PredicateType = predicateType;
        FirstSha256 = firstSha256;
    }

    /// <summary>The statement's bytes: exactly these are signed.</summary>
    public ReadOnlyMemory<byte> Utf8Json { get; }

    /// <summary>What kind of statement it is, usually a URI.</summary>
    public string PredicateType { get; }

    /// <summary>The SHA-256 of the first subject, lower-case hex.</summary>
    public string FirstSha256 { get; }

    /// <summary>Takes a statement as it is; its bytes are kept.</summary>
    /// <param name="utf8Json">An in-toto statement v1 (or v0.1), at most 8 MiB, with at least one subject that has a SHA-256
    /// digest.</param>
    /// <exception cref="SigningException">With reason <see cref="SigningFailure.StatementInvalid"/>.</exception>
    public static Statement Parse(ReadOnlyMemory<byte> utf8Json)
    {
        if (utf8Json.Length > MaxBytes)
        {
            throw Invalid($"it has {utf8Json.Length} bytes; at most {MaxBytes} are signed", null);
        }

        var bytes = utf8Json.ToArray();
        try
        {
            var statement = InTotoStatement.Parse(
                new DsseEnvelope
                {
                    PayloadType = InTotoStatement.PayloadType,
                    Payload = bytes,
                    Signature = default,
                }
            );
            return new Statement(
                bytes,
                statement.PredicateType,
                statement.Sha256Subjects.FirstOrDefault(HexText.IsSha256)
                    ?? throw Invalid("no subject has a SHA-256 digest of 64 lower-case hexadecimal digits", null)
            );
        }
        catch (VerificationException e)
        {
            throw Invalid($"expected {e.Expected}; found {e.Actual}", e);
        }
    }

    /// <summary>Writes a statement v1 about artifacts.</summary>
    /// <param name="subjects">The artifacts, at least one.</param>
    /// <param name="predicateType">What the predicate is, a URI such as <c>https://slsa.dev/provenance/v1</c>.</param>
    /// <param name="predicate">The predicate: one JSON value, UTF-8.</param>
    /// <exception cref="SigningException">With reason <see cref="SigningFailure.StatementInvalid"/>.</exception>
    public static Statement Create(IReadOnlyList<StatementSubject> subjects, string predicateType, ReadOnlyMemory<byte> predicate)
    {
        ArgumentNullException.ThrowIfNull(subjects);
        ArgumentNullException.ThrowIfNull(predicateType);
        if (!Uri.TryCreate(predicateType, UriKind.Absolute, out _))
        {
            throw Invalid($"the predicate type \"{ProtoJson.Shorten(predicateType)}\" is not a URI", null);
        }

        if (subjects.FirstOrDefault(static s => !HexText.IsSha256(s.Sha256) || s.Name.Length == 0) is { } bad)
        {
            throw Invalid($"the subject \"{bad.Name}\" needs a name and a SHA-256 digest of 64 lower-case hexadecimal digits", null);
        }

        var buffer = new ArrayBufferWriter<byte>(predicate.Length + 512);
        try
        {
            using var document = JsonDocument.Parse(predicate, _reading);
            using var json = new Utf8JsonWriter(buffer, _writing);
            json.WriteStartObject();
            json.WriteString("_type", "https://in-toto.io/Statement/v1");
            json.WriteStartArray("subject");
            foreach (var subject in subjects)
            {
                json.WriteStartObject();
                json.WriteString("name", subject.Name);
                json.WriteStartObject("digest");
                json.WriteString("sha256", subject.Sha256);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("predicateType", predicateType);
            json.WritePropertyName("predicate");
            document.RootElement.WriteTo(json);
            json.WriteEndObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Invalid("the predicate is not well-formed JSON without repeated names: " + e.Message.TrimEnd('.'), e);
        }

        return Parse(buffer.WrittenMemory);
    }

    private static SigningException Invalid(string what, Exception? inner) =>
        new(
            SigningFailure.StatementInvalid,
            "",
            "The in-toto statement cannot be signed: " + what,
            "Correct the statement, or let it be written from subjects and a predicate.",
            inner
        );
}

/// <summary>An artifact that a statement is about.</summary>
/// <param name="Name">Its name, usually the file's.</param>
/// <param name="Sha256">Its SHA-256, 64 lower-case hexadecimal digits.</param>
public sealed record StatementSubject(string Name, string Sha256);

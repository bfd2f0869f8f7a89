using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PySign.Formats;

/// <summary>
/// An in-toto statement (in-toto attestation framework, Statement v1 and v0.1): which artifacts it is about (subjects, by digest), and what
/// it says of them (predicate). It is read strictly: a name that stands twice, text that is not Unicode and a subject without digests are
/// refused. What is unknown is passed over, as the framework asks.
/// </summary>
/// <example>
/// <code>
/// var statement = InTotoStatement.Create(
///     [new StatementSubject("demo-1.0-py3-none-any.whl", sha256)],
///     "https://slsa.dev/provenance/v1",
///     File.ReadAllBytes("provenance.json"));
/// var signed = await signer.SignStatementAsync(statement);
/// </code>
/// </example>
public sealed class InTotoStatement
{
    /// <summary>The payload type of a statement in a DSSE envelope.</summary>
    public const string PayloadType = "application/vnd.in-toto+json";

    /// <summary>The type of a statement v1, the only one that is written.</summary>
    public const string TypeV1 = "https://in-toto.io/Statement/v1";

    /// <summary>The most subjects that are read.</summary>
    public const int MaxSubjects = 10_000;

    private const string TypeV01 = "https://in-toto.io/Statement/v0.1";

    /// <summary>The predicate is free-form; this is how deep it may be.</summary>
    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions _reading = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    private static readonly JsonWriterOptions _writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private InTotoStatement(ReadOnlyMemory<byte> utf8Json, JsonElement root)
    {
        Utf8Json = utf8Json;
        Type = TextOf(root, "_type");
        PredicateType = TextOf(root, "predicateType");
        Subjects = SubjectsOf(root);
        Predicate = root.TryGetProperty("predicate", out var predicate) ? predicate.Clone() : null;
    }

    /// <summary>The bytes that were read: exactly these are signed.</summary>
    public ReadOnlyMemory<byte> Utf8Json { get; }

    /// <summary>The statement's own type: <see cref="TypeV1"/>, or that of v0.1.</summary>
    public string Type { get; }

    /// <summary>What kind of claim it makes, as a URI.</summary>
    public string PredicateType { get; }

    /// <summary>What it is about; at least one.</summary>
    public IReadOnlyList<StatementSubject> Subjects { get; }

    /// <summary>What it says; null when there is no such member.</summary>
    public JsonElement? Predicate { get; }

    /// <summary>The SHA-256 of the first subject that has one; null when none has.</summary>
    public Sha256Digest? FirstSha256 =>
        Subjects.Select(static subject => subject.Sha256).FirstOrDefault(static sha256 => sha256 is not null);

    /// <summary>Reads a statement and keeps its bytes.</summary>
    /// <param name="utf8Json">JSON, UTF-8. Whoever hands it over has bounded its length.</param>
    /// <exception cref="StatementException">It is not a statement.</exception>
    public static InTotoStatement Parse(ReadOnlyMemory<byte> utf8Json)
    {
        var bytes = utf8Json.ToArray();
        try
        {
            using var document = JsonDocument.Parse(bytes, _reading);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new StatementException("an object", document.RootElement.ValueKind.ToString());
            }

            var statement = new InTotoStatement(bytes, document.RootElement);
            return statement.Type is TypeV1 or TypeV01
                ? statement
                : throw new StatementException($"_type {TypeV1}", Quoted(statement.Type));
        }
        catch (JsonException e)
        {
            throw new StatementException("well-formed JSON without repeated names", e.Message.TrimEnd('.'), e);
        }
        catch (InvalidOperationException e)
        {
            // Text that is not Unicode.
            throw new StatementException("Unicode text", e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>Writes a statement v1: the same bytes for the same input.</summary>
    /// <param name="subjects">The artifacts, at least one, each with name and SHA-256.</param>
    /// <param name="predicateType">What the predicate is, a URI such as <c>https://slsa.dev/provenance/v1</c>.</param>
    /// <param name="predicate">The predicate: one JSON value, UTF-8.</param>
    /// <exception cref="StatementException">A subject has no name or no SHA-256, the type is not a URI, or the predicate is not one JSON
    /// value.</exception>
    public static InTotoStatement Create(IReadOnlyList<StatementSubject> subjects, string predicateType, ReadOnlyMemory<byte> predicate)
    {
        ArgumentNullException.ThrowIfNull(subjects);
        ArgumentNullException.ThrowIfNull(predicateType);
        if (!Uri.TryCreate(predicateType, UriKind.Absolute, out _))
        {
            throw new StatementException("a URI as predicate type", Quoted(predicateType));
        }

        var buffer = new ArrayBufferWriter<byte>(predicate.Length + 512);
        try
        {
            using var document = JsonDocument.Parse(predicate, _reading);
            using var json = new Utf8JsonWriter(buffer, _writing);
            json.WriteStartObject();
            json.WriteString("_type", TypeV1);
            json.WriteStartArray("subject");
            foreach (var subject in subjects)
            {
                Write(json, subject);
            }

            json.WriteEndArray();
            json.WriteString("predicateType", predicateType);
            json.WritePropertyName("predicate");
            document.RootElement.WriteTo(json);
            json.WriteEndObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new StatementException("a predicate of well-formed JSON without repeated names", e.Message.TrimEnd('.'), e);
        }

        return Parse(buffer.WrittenMemory);
    }

    private static void Write(Utf8JsonWriter json, StatementSubject subject)
    {
        if (subject is not { Name.Length: > 0, Sha256: { } sha256 })
        {
            throw new StatementException("subjects with a name and a SHA-256", Quoted(subject.Name ?? ""));
        }

        json.WriteStartObject();
        json.WriteString("name", subject.Name);
        json.WriteStartObject("digest");
        json.WriteString("sha256", sha256.Hex);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static StatementSubject[] SubjectsOf(JsonElement root)
    {
        if (!root.TryGetProperty("subject", out var subjects) || subjects.ValueKind != JsonValueKind.Array)
        {
            throw new StatementException("subjects", "none");
        }

        return subjects.GetArrayLength() is > 0 and <= MaxSubjects
            ? [.. subjects.EnumerateArray().Select(StatementSubject.Read)]
            : throw new StatementException($"1 to {MaxSubjects} subjects", $"{subjects.GetArrayLength()}");
    }

    private static string TextOf(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new StatementException($"text in {name}", "none");

    private static string Quoted(string text) => $"\"{(text.Length > 100 ? text[..100] + "…" : text)}\"";
}

/// <summary>An artifact that a statement is about.</summary>
public sealed record StatementSubject
{
    private readonly string? _sha256;
    private readonly string? _sha384;
    private readonly string? _sha512;

    /// <summary>An artifact.</summary>
    /// <param name="name">Its name, usually the file's.</param>
    /// <param name="sha256">Its SHA-256.</param>
    public StatementSubject(string name, Sha256Digest sha256)
    {
        Name = name;
        Sha256 = sha256;
        _sha256 = sha256;
    }

    private StatementSubject(string? name, JsonElement digests)
    {
        Name = name;
        _sha256 = Digest(digests, "sha256");
        _sha384 = Digest(digests, "sha384");
        _sha512 = Digest(digests, "sha512");
        Sha256 = Sha256Digest.TryParseLower(_sha256, out var sha256) ? sha256 : null;
    }

    /// <summary>Its name; null when the statement gives none.</summary>
    public string? Name { get; }

    /// <summary>Its SHA-256; null when the statement gives none in the form of the framework: 64 lower-case digits.</summary>
    public Sha256Digest? Sha256 { get; }

    /// <summary>A digest as the statement writes it. It is the artifact's when it is the same text as the artifact's digest in lower-case
    /// hex, and of no other: the comparison is case-sensitive.</summary>
    /// <param name="algorithm"><c>sha256</c>, <c>sha384</c> or <c>sha512</c>.</param>
    /// <returns>The text; null when there is none under this name.</returns>
    public string? Text(string algorithm) =>
        algorithm switch
        {
            "sha256" => _sha256,
            "sha384" => _sha384,
            "sha512" => _sha512,
            _ => null,
        };

    internal static StatementSubject Read(JsonElement subject)
    {
        if (
            subject.ValueKind != JsonValueKind.Object
            || !subject.TryGetProperty("digest", out var digests)
            || digests.ValueKind != JsonValueKind.Object
        )
        {
            throw new StatementException("a digest in every subject", "none");
        }

        if (!subject.TryGetProperty("name", out var name))
        {
            return new StatementSubject(null, digests);
        }

        return name.ValueKind == JsonValueKind.String
            ? new StatementSubject(name.GetString(), digests)
            : throw new StatementException("names as text", name.ValueKind.ToString());
    }

    private static string? Digest(JsonElement digests, string algorithm)
    {
        if (!digests.TryGetProperty(algorithm, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : throw new StatementException("digests as text", value.ValueKind.ToString());
    }
}

/// <summary>A document is not the statement that it should be. It says what was expected and found; whoever reads it says of which
/// file.</summary>
public sealed class StatementException : FormatException
{
    /// <summary>A refusal.</summary>
    /// <param name="expected">What was expected.</param>
    /// <param name="found">What was found.</param>
    /// <param name="innerException">What led to it.</param>
    public StatementException(string expected, string found, Exception? innerException = null)
        : base($"The in-toto statement is not what it should be: expected {expected}, found {found}.", innerException)
    {
        Expected = expected;
        Found = found;
    }

    /// <summary>What was expected.</summary>
    public string Expected { get; }

    /// <summary>What was found.</summary>
    public string Found { get; }
}

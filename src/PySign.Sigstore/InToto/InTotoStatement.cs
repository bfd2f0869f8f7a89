using System.Security.Cryptography;
using System.Text.Json;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.InToto;

/// <summary>
/// The subjects of an in-toto statement 0.1 or 1. Digests are compared under their algorithm's name: a subject is the artifact when it has
/// at least one digest of a known algorithm that was computed, and all such digests are right.
/// </summary>
public sealed class InTotoStatement
{
    /// <summary>The payload type of an in-toto statement in a DSSE envelope.</summary>
    public const string PayloadType = "application/vnd.in-toto+json";

    private static readonly JsonDocumentOptions _options = new() { AllowDuplicateProperties = false, MaxDepth = Limits.StatementDepth };

    private readonly List<(string? Sha256, string? Other)> _subjects = [];

    /// <summary>The subjects' digests: SHA-256, and the one named by <see cref="NeededHash"/>.</summary>
    internal IReadOnlyList<(string? Sha256, string? Other)> Subjects => _subjects;

    private InTotoStatement() { }

    /// <summary>What kind of claim it makes, as a URI.</summary>
    public string PredicateType { get; private set; } = "";

    /// <summary>The subjects' SHA-256 digests as the statement writes them, of those that have one.</summary>
    public IEnumerable<string> Sha256Subjects => _subjects.Select(static s => s.Sha256).OfType<string>();

    /// <summary>The hash that has to be computed of the artifact in addition to SHA-256, because some subject has no SHA-256.</summary>
    internal HashAlgorithmName NeededHash { get; set; } = HashAlgorithmName.SHA256;

    /// <summary>Reads the statement in an envelope (in-toto attestation framework, Statement v1 and v0.1).</summary>
    public static InTotoStatement Parse(DsseEnvelope envelope)
    {
        if (envelope.PayloadType != PayloadType)
        {
            throw new VerificationException(
                PayloadTypeUnknown,
                VerificationStep.Signature,
                $"a payload of type {PayloadType}",
                $"\"{ProtoJson.Shorten(envelope.PayloadType)}\"",
                "The envelope holds another kind of document than an in-toto statement: it says nothing about an artifact."
            );
        }

        try
        {
            using var document = JsonDocument.Parse(envelope.Payload, _options);
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw Malformed("well-formed JSON without repeated names", e.Message.TrimEnd('.'));
        }
        catch (InvalidOperationException e)
        {
            throw Malformed("text", e.Message.TrimEnd('.'));
        }
    }

    /// <summary>The SHA-256 of the first subject that has one: for who asks whether an envelope is signed, and compares all subjects
    /// afterwards.</summary>
    /// <exception cref="VerificationException">No subject has one.</exception>
    public string FirstSha256() =>
        Sha256Subjects.FirstOrDefault(HexText.IsSha256)
        ?? throw Malformed("a subject with a SHA-256 digest of 64 lower-case hexadecimal digits", "none");

    private static InTotoStatement Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Malformed("an object", root.ValueKind.ToString());
        }

        if (
            !root.TryGetProperty("_type", out var type)
            || type.ValueKind != JsonValueKind.String
            || type.GetString() is not ("https://in-toto.io/Statement/v0.1" or "https://in-toto.io/Statement/v1")
        )
        {
            throw Malformed("_type in-toto statement v0.1 or v1", "another");
        }

        if (
            !root.TryGetProperty("subject", out var subjects)
            || subjects.ValueKind != JsonValueKind.Array
            || subjects.GetArrayLength() is 0 or > Limits.StatementSubjects
        )
        {
            throw Malformed($"1 to {Limits.StatementSubjects} subjects", "others");
        }

        if (!root.TryGetProperty("predicateType", out var predicate) || predicate.ValueKind != JsonValueKind.String)
        {
            throw Malformed("a predicateType", "none");
        }

        var statement = new InTotoStatement { PredicateType = predicate.GetString()! };
        var strongest = Strongest(subjects);
        foreach (var subject in subjects.EnumerateArray())
        {
            statement._subjects.Add((Digest(subject, "sha256"), strongest is { } name ? Digest(subject, name) : null));
        }

        statement.NeededHash = strongest switch
        {
            "sha384" => HashAlgorithmName.SHA384,
            "sha512" => HashAlgorithmName.SHA512,
            _ => HashAlgorithmName.SHA256,
        };
        return statement;
    }

    /// <summary>A second hash is computed only when a subject has no SHA-256; the first such subject says which.</summary>
    private static string? Strongest(JsonElement subjects)
    {
        foreach (var subject in subjects.EnumerateArray())
        {
            if (Digest(subject, "sha256") is null)
            {
                return Digest(subject, "sha512") is not null ? "sha512"
                    : Digest(subject, "sha384") is not null ? "sha384"
                    : null;
            }
        }

        return null;
    }

    private static string? Digest(JsonElement subject, string algorithm)
    {
        if (
            subject.ValueKind != JsonValueKind.Object
            || !subject.TryGetProperty("digest", out var digests)
            || digests.ValueKind != JsonValueKind.Object
        )
        {
            throw Malformed("a digest in every subject", "none");
        }

        if (!digests.TryGetProperty(algorithm, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Malformed("digests as text", value.ValueKind.ToString());
    }

    private static VerificationException Malformed(string expected, string actual) =>
        new(
            StatementMalformed,
            VerificationStep.Signature,
            $"an in-toto statement with {expected}",
            actual,
            "What was signed is not a statement that can be read. Fetch it again; if it is as it was published, have it made again."
        );
}

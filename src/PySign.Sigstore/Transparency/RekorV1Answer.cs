using System.Text.Json;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Transparency;

/// <summary>Reads Rekor v1's form of an entry into the one that bundles have. Nothing in it is believed: the verifier judges the
/// result.</summary>
internal static class RekorV1Answer
{
    private static ProtoJson Json => ProtoJson.Bundle;

    public static TransparencyLogEntry Read(byte[] body)
    {
        try
        {
            using var document = Json.Parse(body, Limits.DocumentBytes);
            JsonElement? entry = null;
            foreach (var property in Json.Object(document.RootElement, "the answer"))
            {
                entry = entry is null ? property.Value : throw Malformed("it holds several entries");
            }

            return ReadEntry(entry ?? throw Malformed("it holds no entry"));
        }
        catch (VerificationException e)
        {
            throw Malformed($"expected {e.Expected}; found {e.Actual}", e);
        }
    }

    /// <summary>The checkpoint in the log's description of itself; null when there is none.</summary>
    public static string? ReadCheckpoint(byte[] body)
    {
        try
        {
            using var document = Json.Parse(body, Limits.DocumentBytes);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("signedTreeHead", out var head)
                && head.ValueKind == JsonValueKind.String
                ? Json.Text(head, "signedTreeHead", Limits.CheckpointChars)
                : null;
        }
        catch (VerificationException)
        {
            return null;
        }
    }

    public static SigningException Malformed(string what, Exception? inner = null) =>
        new(
            SigningFailure.LogAnswerMalformed,
            "Rekor",
            $"its answer cannot be used: {what}",
            "Check that the URL is a Rekor instance with API v1. An entry may have been published.",
            inner
        );

    public static TransparencyLogEntry ReadEntry(JsonElement entry)
    {
        var verification = Field(entry, "verification");
        var proof = Field(verification, "inclusionProof");
        var body = Json.Bytes(Field(entry, "body"), "body", Limits.DocumentBytes);
        var (kind, version) = LogEntryReader.ReadKind(body);
        return new TransparencyLogEntry
        {
            LogIndex = Json.Number(Field(entry, "logIndex"), "logIndex"),
            LogId = Hex(Field(entry, "logID"), "logID"),
            Kind = kind,
            KindVersion = version,
            IntegratedTime = Json.Number(Field(entry, "integratedTime"), "integratedTime"),
            SignedEntryTimestamp = Json.Bytes(Field(verification, "signedEntryTimestamp"), "signedEntryTimestamp", Limits.SignatureBytes),
            CanonicalizedBody = body,
            InclusionProof = new InclusionProof
            {
                LogIndex = Json.Number(Field(proof, "logIndex"), "inclusionProof.logIndex"),
                TreeSize = Json.Number(Field(proof, "treeSize"), "inclusionProof.treeSize"),
                RootHash = Hex(Field(proof, "rootHash"), "inclusionProof.rootHash"),
                Hashes =
                [
                    .. Json.Array(Field(proof, "hashes"), "inclusionProof.hashes", Limits.ProofHashes)
                        .Select(static h => Hex(h, "inclusionProof.hashes[]")),
                ],
                Checkpoint = Json.Text(Field(proof, "checkpoint"), "inclusionProof.checkpoint", Limits.CheckpointChars),
            },
        };
    }

    private static JsonElement Field(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && !ProtoJson.IsNull(value)
            ? value
            : throw Malformed($"{name} is missing");

    private static ReadOnlyMemory<byte> Hex(JsonElement element, string at)
    {
        var text = Json.Text(element, at);
        return text.Length == 64 && text.AsSpan().ContainsOnlyHex()
            ? Convert.FromHexString(text)
            : throw Malformed($"{at} is not 64 hexadecimal digits");
    }
}

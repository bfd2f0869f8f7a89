using System.Text.Json;
using PySign.Sigstore.Formats;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Bundles;

/// <summary>Reads one transparency log entry. Proto-JSON drops zero and empty values, so a missing index is 0 and missing hashes are
/// none.</summary>
internal static class LogEntryReader
{
    private const string At = "tlogEntries[]";
    private const string ProofAt = "tlogEntries[].inclusionProof";
    private const int HashBytes = 32;

    private static ProtoJson Json => ProtoJson.Bundle;

    public static TransparencyLogEntry Read(JsonElement element)
    {
        long logIndex = 0;
        long integratedTime = 0;
        byte[]? logId = null,
            promise = null,
            body = null;
        (string Kind, string Version)? kind = null;
        InclusionProof? proof = null;
        foreach (var property in Json.Object(element, At))
        {
            var value = property.Value;
            switch (Json.Name(property))
            {
                case "logIndex":
                    logIndex = Json.Number(value, At + ".logIndex");
                    break;
                case "integratedTime":
                    integratedTime = Json.Number(value, At + ".integratedTime");
                    break;
                case "logId":
                    logId = OneBytes(value, "keyId", At + ".logId", HashBytes);
                    break;
                case "kindVersion":
                    kind = ReadKind(value);
                    break;
                case "inclusionPromise":
                    promise = OneBytes(value, "signedEntryTimestamp", At + ".inclusionPromise", Limits.SignatureBytes);
                    break;
                case "inclusionProof":
                    proof = ReadProof(value);
                    break;
                case "canonicalizedBody":
                    body = Json.Bytes(value, At + ".canonicalizedBody", Limits.DocumentBytes);
                    break;
                default:
                    throw Json.Unknown(property, At);
            }
        }

        return new TransparencyLogEntry
        {
            LogIndex = logIndex,
            LogId = RequireLogId(logId),
            Kind = kind is { Kind.Length: > 0, Version.Length: > 0 } ? kind.Value.Kind : throw Json.Missing(At + ".kindVersion"),
            KindVersion = kind!.Value.Version,
            IntegratedTime = integratedTime == 0 ? null : integratedTime,
            SignedEntryTimestamp = promise is { Length: > 0 } ? promise.AsMemory() : default(ReadOnlyMemory<byte>?),
            InclusionProof = proof,
            CanonicalizedBody = body is { Length: > 0 } ? body : throw Json.Missing(At + ".canonicalizedBody"),
        };
    }

    private static byte[] RequireLogId(byte[]? logId)
    {
        if (logId is { Length: HashBytes })
        {
            return logId;
        }

        var reason = logId is { Length: > 0 } ? FieldInvalid : FieldMissing;
        throw Json.Fail(reason, $"{At}.logId.keyId of 32 bytes", $"{logId?.Length ?? 0} bytes");
    }

    /// <summary>The kind and version that an entry's own body names.</summary>
    public static (string Kind, string Version) ReadKind(byte[] body)
    {
        using var document = Json.Parse(body, Limits.DocumentBytes);
        string kind = "",
            version = "";
        foreach (var property in Json.Object(document.RootElement, "the entry's body"))
        {
            switch (Json.Name(property))
            {
                case "kind":
                    kind = Json.Text(property.Value, "body.kind");
                    break;
                case "apiVersion":
                    version = Json.Text(property.Value, "body.apiVersion");
                    break;
            }
        }

        return kind.Length > 0 && version.Length > 0 ? (kind, version) : throw Json.Missing("body.kind and body.apiVersion");
    }

    private static (string Kind, string Version) ReadKind(JsonElement element)
    {
        string kind = "",
            version = "";
        foreach (var property in Json.Object(element, At + ".kindVersion"))
        {
            switch (Json.Name(property))
            {
                case "kind":
                    kind = Json.Text(property.Value, At + ".kindVersion.kind");
                    break;
                case "version":
                    version = Json.Text(property.Value, At + ".kindVersion.version");
                    break;
                default:
                    throw Json.Unknown(property, At + ".kindVersion");
            }
        }

        return (kind, version);
    }

    private static InclusionProof? ReadProof(JsonElement element)
    {
        long logIndex = 0,
            treeSize = 0;
        byte[]? root = null;
        ReadOnlyMemory<byte>[] hashes = [];
        string? checkpoint = null;
        foreach (var property in Json.Object(element, ProofAt))
        {
            var value = property.Value;
            switch (Json.Name(property))
            {
                case "logIndex":
                    logIndex = Json.Number(value, ProofAt + ".logIndex");
                    break;
                case "treeSize":
                    treeSize = Json.Number(value, ProofAt + ".treeSize");
                    break;
                case "rootHash":
                    root = Json.Bytes(value, ProofAt + ".rootHash", HashBytes);
                    break;
                case "hashes":
                    hashes = ReadHashes(value);
                    break;
                case "checkpoint":
                    checkpoint = ReadCheckpoint(value);
                    break;
                default:
                    throw Json.Unknown(property, ProofAt);
            }
        }

        var isEmpty = logIndex == 0 && treeSize == 0 && root is null or { Length: 0 } && hashes.Length == 0 && checkpoint is null;
        return isEmpty
            ? null
            : new InclusionProof
            {
                LogIndex = logIndex,
                TreeSize = treeSize,
                RootHash = RequireRootHash(root),
                Hashes = hashes,
                Checkpoint = checkpoint,
            };
    }

    private static byte[] RequireRootHash(byte[]? root)
    {
        if (root is { Length: HashBytes })
        {
            return root;
        }

        throw root is { Length: > 0 }
            ? Json.Fail(FieldInvalid, $"32 bytes in {ProofAt}.rootHash", $"{root.Length} bytes")
            : Json.Missing(ProofAt + ".rootHash");
    }

    private static ReadOnlyMemory<byte>[] ReadHashes(JsonElement value)
    {
        var items = Json.Array(value, ProofAt + ".hashes", Limits.ProofHashes);
        var hashes = new ReadOnlyMemory<byte>[ProtoJson.Count(value)];
        var i = 0;
        foreach (var item in items)
        {
            hashes[i++] = Hash(item, ProofAt + ".hashes[]");
        }

        return hashes;
    }

    private static byte[] Hash(JsonElement value, string path)
    {
        var bytes = Json.Bytes(value, path, HashBytes);
        return bytes.Length == HashBytes ? bytes : throw Json.Fail(FieldInvalid, $"32 bytes in {path}", $"{bytes.Length} bytes");
    }

    private static string? ReadCheckpoint(JsonElement value)
    {
        string? envelope = null;
        foreach (var property in Json.Object(value, ProofAt + ".checkpoint"))
        {
            envelope = property.NameEquals("envelope"u8)
                ? Json.Text(property.Value, ProofAt + ".checkpoint.envelope", Limits.CheckpointChars)
                : throw Json.Unknown(property, ProofAt + ".checkpoint");
        }

        return string.IsNullOrEmpty(envelope) ? null : envelope;
    }

    private static byte[]? OneBytes(JsonElement element, string name, string path, int maxBytes) =>
        OneBytesOf(Json, element, name, path, maxBytes);

    /// <summary>Reads a message that has one binary field.</summary>
    public static byte[]? OneBytesOf(ProtoJson json, JsonElement element, string name, string path, int maxBytes)
    {
        byte[]? bytes = null;
        foreach (var property in json.Object(element, path))
        {
            bytes = property.NameEquals(name)
                ? json.Bytes(property.Value, path + "." + name, maxBytes)
                : throw json.Unknown(property, path);
        }

        return bytes;
    }
}

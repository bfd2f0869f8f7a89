using System.Text.Json;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Trust;

/// <summary>
/// Reads trusted_root.json (protobuf-specs sigstore_trustroot.proto) and prepares what is in it. What cannot be used disables its own
/// member, for instances outlive what a client knows of them; what can be read in two ways disables the document.
/// </summary>
internal static class TrustedRootReader
{
    private const string ClientTrustConfig = "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json";

    private static ProtoJson Json => ProtoJson.TrustedRoot;

    public static TrustedRoot Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > Limits.TrustedRootBytes)
        {
            throw Json.Fail(DocumentTooLarge, $"at most {Limits.TrustedRootBytes} bytes", $"{utf8.Length} bytes");
        }

        utf8 = ProtoJson.WithoutMark(utf8);
        return SplitLines(utf8) is { } lines ? ReadLines(lines) : ReadDocument(utf8);
    }

    /// <summary>The lines of a document that has one whole root on each (trusted_root.jsonl, as GitHub publishes it); null for one
    /// document.</summary>
    private static List<ReadOnlyMemory<byte>>? SplitLines(ReadOnlyMemory<byte> utf8)
    {
        List<ReadOnlyMemory<byte>> lines = [];
        var rest = utf8;
        while (!rest.IsEmpty)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.Span.Trim(" \t\r"u8).IsEmpty)
            {
                continue;
            }

            if (lines.Count == 0 && !IsWholeDocument(line.Span))
            {
                return null;
            }

            if (lines.Count >= Limits.TrustedRootLines)
            {
                throw Json.Fail(TooManyItems, $"at most {Limits.TrustedRootLines} trusted roots in one file", "more");
            }

            lines.Add(line);
        }

        return lines.Count > 1 ? lines : null;
    }

    private static bool IsWholeDocument(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            reader.Read();
            reader.Skip();
            return reader.TokenType == JsonTokenType.EndObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static TrustedRoot ReadLines(List<ReadOnlyMemory<byte>> lines)
    {
        List<TrustedRoot> instances = [];
        List<string> warnings = [];
        VerificationException? refusal = null;
        for (var i = 0; i < lines.Count; i++)
        {
            try
            {
                instances.Add(ReadDocument(lines[i]));
            }
            catch (VerificationException e) when (e.Reason is not JsonMalformed)
            {
                refusal ??= e;
                warnings.Add($"Line {i + 1} of the trusted root is not used: expected {e.Expected}; found {e.Actual}.");
            }
        }

        return instances.Count > 0 ? new TrustedRoot(instances, warnings) : throw refusal!;
    }

    private static TrustedRoot ReadDocument(ReadOnlyMemory<byte> utf8)
    {
        using var document = Json.Parse(utf8, Limits.TrustedRootBytes);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Null)
        {
            throw Json.Fail(FieldInvalid, "a trusted root", "null");
        }

        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("trustedRoot", out _)
            ? ReadConfiguration(root)
            : new Members().Read(root);
    }

    private static TrustedRoot ReadConfiguration(JsonElement element)
    {
        string? mediaType = null;
        TrustedRoot? root = null;
        var members = new Members();
        foreach (var property in Json.Object(element, "the configuration"))
        {
            switch (Json.Name(property))
            {
                case "mediaType":
                    mediaType = Json.Text(property.Value, "mediaType");
                    break;
                case "trustedRoot":
                    root = members.Read(property.Value);
                    break;
                case "signingConfig":
                    break; // Where to sign says nothing about whom to believe.
                default:
                    throw Json.Unknown(property, "the configuration");
            }
        }

        return mediaType == ClientTrustConfig
            ? root!
            : throw Json.Fail(MediaTypeUnknown, "the media type of client trust configuration 0.1", $"\"{ProtoJson.Shorten(mediaType)}\"");
    }

    /// <summary>The lists of one root, as they are read.</summary>
    private sealed class Members
    {
        private readonly List<TrustedLog> _logs = [];
        private readonly List<TrustedLog> _ctLogs = [];
        private readonly List<TrustedAuthority> _authorities = [];
        private readonly List<TrustedAuthority> _timestampAuthorities = [];
        private readonly List<UnusableMember> _unusable = [];
        private readonly List<string> _warnings = [];
        private string _mediaType = "";
        private bool _namesCtLogs;

        public TrustedRoot Read(JsonElement element)
        {
            foreach (var property in Json.Object(element, "the trusted root"))
            {
                ReadMember(property);
            }

            CheckMediaType(_mediaType);
            CheckKeys(_logs, "tlogs");
            CheckKeys(_ctLogs, "ctlogs");
            RequireSomething();
            return new TrustedRoot(_mediaType)
            {
                TransparencyLogs = _logs,
                CertificateTransparencyLogs = _ctLogs,
                CertificateAuthorities = _authorities,
                TimestampAuthorities = _timestampAuthorities,
                NamesCertificateTransparencyLogs = _namesCtLogs,
                Unusable = _unusable,
                Warnings = [.. _warnings, .. _unusable.Select(static member => member.Warning)],
            };
        }

        private void ReadMember(JsonProperty property)
        {
            var value = property.Value;
            switch (Json.Name(property))
            {
                case "mediaType":
                    _mediaType = Json.Text(value, "mediaType");
                    break;
                case "tlogs":
                    ReadAll(value, "tlogs", _logs, TrustedLogReader.Read);
                    break;
                case "ctlogs":
                    _namesCtLogs = ProtoJson.Count(value) > 0;
                    ReadAll(value, "ctlogs", _ctLogs, TrustedLogReader.Read);
                    break;
                case "certificateAuthorities":
                    ReadAll(value, "certificateAuthorities", _authorities, TrustedAuthorityReader.ReadIssuing);
                    break;
                case "timestampAuthorities":
                    ReadAll(value, "timestampAuthorities", _timestampAuthorities, TrustedAuthorityReader.ReadTimestamping);
                    break;
                default:
                    _warnings.Add(
                        $"\"{ProtoJson.Shorten(property.Name)}\" of the trusted root is not used: this version does not know it."
                    );
                    break;
            }
        }

        private static void CheckMediaType(string mediaType)
        {
            if (
                mediaType
                is not (
                    "application/vnd.dev.sigstore.trustedroot+json;version=0.1"
                    or "application/vnd.dev.sigstore.trustedroot.v0.1+json"
                    or "application/vnd.dev.sigstore.trustedroot.v0.2+json"
                )
            )
            {
                throw Json.Fail(
                    MediaTypeUnknown,
                    "the media type of trusted root 0.1 or 0.2",
                    mediaType.Length > 0 ? $"\"{ProtoJson.Shorten(mediaType)}\"" : "none"
                );
            }
        }

        private void ReadAll<T>(JsonElement value, string list, List<T> into, Func<JsonElement, string, T> read)
        {
            var i = 0;
            foreach (var item in Json.Array(value, list, Limits.TrustedRootItems))
            {
                var at = $"{list}[{i++}]";
                try
                {
                    into.Add(read(item, at));
                }
                catch (VerificationException e)
                {
                    _unusable.Add(new UnusableMember(list, NameOf(item, at), LogIdOf(item), e));
                }
            }
        }

        /// <summary>One id for two keys could be read either way, and a log that is known by a key of no known kind is worth a
        /// word.</summary>
        private void CheckKeys(List<TrustedLog> logs, string list)
        {
            for (var i = 0; i < logs.Count; i++)
            {
                if (logs[i].Key is null)
                {
                    _warnings.Add(
                        $"A log of {list} ({logs[i].Name}) of the trusted root cannot be believed: its key is of a kind that is not "
                            + "supported."
                    );
                }

                for (var j = 0; j < i; j++)
                {
                    if (logs[i].LogId.Span.SequenceEqual(logs[j].LogId.Span) && !logs[i].Spki.Span.SequenceEqual(logs[j].Spki.Span))
                    {
                        throw Json.Fail(
                            TrustedRootInvalid,
                            $"one key for each log id in {list}",
                            $"two for {Convert.ToHexStringLower(logs[i].LogId.Span)}"
                        );
                    }
                }
            }
        }

        private void RequireSomething()
        {
            var hasUsable =
                _authorities.Count > 0
                || _timestampAuthorities.Count > 0
                || _logs.Exists(static log => log.Key is not null)
                || _ctLogs.Exists(static log => log.Key is not null);
            if (!hasUsable && _unusable.Count > 0)
            {
                throw _unusable[0].Why;
            }
        }

        private static string NameOf(JsonElement item, string at)
        {
            foreach (var name in (ReadOnlySpan<string>)["baseUrl", "uri"])
            {
                if (
                    item.ValueKind == JsonValueKind.Object
                    && item.TryGetProperty(name, out var address)
                    && address.ValueKind == JsonValueKind.String
                )
                {
                    return $"{at} ({ProtoJson.Shorten(Json.Text(address, at, int.MaxValue))})";
                }
            }

            return at;
        }

        private static byte[]? LogIdOf(JsonElement item) =>
            item.ValueKind == JsonValueKind.Object
            && item.TryGetProperty("logId", out var id)
            && id.ValueKind == JsonValueKind.Object
            && id.TryGetProperty("keyId", out var key)
            && key.ValueKind == JsonValueKind.String
            && ProtoJson.DecodeBase64(System.Text.Encoding.UTF8.GetBytes(Json.Text(key, "logId", int.MaxValue)), 32) is { Length: 32 } whole
                ? whole
                : null;
    }
}

using System.Text.Json;
using PySign.Sigstore.Formats;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Trust;

/// <summary>Reads trusted_root.json (protobuf-specs sigstore_trustroot.proto) and prepares what is in it.</summary>
internal static class TrustedRootReader
{
    private static ProtoJson Json => ProtoJson.TrustedRoot;

    public static TrustedRoot Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = Json.Parse(utf8, Limits.TrustedRootBytes);
        var root = document.RootElement;
        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("trustedRoot", out _)
            ? ReadConfiguration(root)
            : ReadRoot(root);
    }

    private static TrustedRoot ReadConfiguration(JsonElement element)
    {
        string? mediaType = null;
        TrustedRoot? root = null;
        foreach (var property in Json.Object(element, "the configuration"))
        {
            switch (Json.Name(property))
            {
                case "mediaType":
                    mediaType = Json.Text(property.Value, "mediaType");
                    break;
                case "trustedRoot":
                    root = ReadRoot(property.Value);
                    break;
                case "signingConfig":
                    break; // Where to sign says nothing about whom to believe.
                default:
                    throw Json.Unknown(property, "the configuration");
            }
        }

        return mediaType == "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json"
            ? root!
            : throw Json.Fail(MediaTypeUnknown, "the media type of client trust configuration 0.1", $"\"{ProtoJson.Shorten(mediaType)}\"");
    }

    private static TrustedRoot ReadRoot(JsonElement element)
    {
        string? mediaType = null;
        List<TrustedLog> logs = [],
            ctLogs = [];
        List<TrustedAuthority> authorities = [],
            timestampAuthorities = [];
        foreach (var property in Json.Object(element, "the trusted root"))
        {
            var value = property.Value;
            if (ProtoJson.IsNull(value))
            {
                continue;
            }

            switch (Json.Name(property))
            {
                case "mediaType":
                    mediaType = Json.Text(value, "mediaType");
                    break;
                case "tlogs":
                    ReadAll(value, "tlogs", logs, static e => TrustedLogReader.Read(e, "tlogs[]"));
                    break;
                case "ctlogs":
                    ReadAll(value, "ctlogs", ctLogs, static e => TrustedLogReader.Read(e, "ctlogs[]"));
                    break;
                case "certificateAuthorities":
                    ReadAll(
                        value,
                        "certificateAuthorities",
                        authorities,
                        static e => TrustedAuthorityReader.Read(e, "certificateAuthorities[]", forTimestamps: false)
                    );
                    break;
                case "timestampAuthorities":
                    ReadAll(
                        value,
                        "timestampAuthorities",
                        timestampAuthorities,
                        static e => TrustedAuthorityReader.Read(e, "timestampAuthorities[]", forTimestamps: true)
                    );
                    break;
                default:
                    throw Json.Unknown(property, "the trusted root");
            }
        }

        if (
            mediaType
            is not (
                "application/vnd.dev.sigstore.trustedroot+json;version=0.1"
                or "application/vnd.dev.sigstore.trustedroot.v0.1+json"
                or "application/vnd.dev.sigstore.trustedroot.v0.2+json"
            )
        )
        {
            throw Json.Fail(MediaTypeUnknown, "the media type of trusted root 0.1 or 0.2", $"\"{ProtoJson.Shorten(mediaType ?? "none")}\"");
        }

        return new TrustedRoot(mediaType)
        {
            TransparencyLogs = logs,
            CertificateTransparencyLogs = ctLogs,
            CertificateAuthorities = authorities,
            TimestampAuthorities = timestampAuthorities,
        };
    }

    private static void ReadAll<T>(JsonElement value, string path, List<T> into, Func<JsonElement, T> read)
    {
        foreach (var item in Json.Array(value, path, Limits.TrustedRootItems))
        {
            into.Add(read(item));
        }
    }
}

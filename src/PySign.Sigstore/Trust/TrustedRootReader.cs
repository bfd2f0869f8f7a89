using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Verification;
using static PySign.Sigstore.Verification.VerificationFailure;

namespace PySign.Sigstore.Trust;

/// <summary>Reads trusted_root.json (protobuf-specs sigstore_trustroot.proto) and prepares what is in it.</summary>
internal static class TrustedRootReader
{
    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private static ProtoJson Json => ProtoJson.TrustedRoot;

    public static TrustedRoot Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = Json.Parse(utf8, Limits.TrustedRootBytes);
        var root = document.RootElement;
        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("trustedRoot", out _) ? ReadConfiguration(root) : ReadRoot(root);
    }

    private static TrustedRoot ReadConfiguration(JsonElement element)
    {
        string? mediaType = null;
        TrustedRoot? root = null;
        foreach (var property in Json.Object(element, "the configuration"))
        {
            switch (Json.Name(property))
            {
                case "mediaType": mediaType = Json.Text(property.Value, "mediaType"); break;
                case "trustedRoot": root = ReadRoot(property.Value); break;
                case "signingConfig": break; // Where to sign says nothing about whom to believe.
                default: throw Json.Unknown(property, "the configuration");
            }
        }

        return mediaType == "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json"
            ? root!
            : throw Json.Fail(MediaTypeUnknown, "the media type of client trust configuration 0.1", $"\"{ProtoJson.Shorten(mediaType)}\"");
    }

    private static TrustedRoot ReadRoot(JsonElement element)
    {
        string? mediaType = null;
        List<TrustedLog> logs = [], ctLogs = [];
        List<TrustedAuthority> authorities = [], timestampAuthorities = [];
        foreach (var property in Json.Object(element, "the trusted root"))
        {
            var value = property.Value;
            if (ProtoJson.IsNull(value))
            {
                continue;
            }

            switch (Json.Name(property))
            {
                case "mediaType": mediaType = Json.Text(value, "mediaType"); break;
                case "tlogs": ReadAll(value, "tlogs", logs, static e => ReadLog(e, "tlogs[]")); break;
                case "ctlogs": ReadAll(value, "ctlogs", ctLogs, static e => ReadLog(e, "ctlogs[]")); break;
                case "certificateAuthorities":
                    ReadAll(value, "certificateAuthorities", authorities, static e => ReadAuthority(e, "certificateAuthorities[]", forTimestamps: false));
                    break;
                case "timestampAuthorities":
                    ReadAll(value, "timestampAuthorities", timestampAuthorities, static e => ReadAuthority(e, "timestampAuthorities[]", forTimestamps: true));
                    break;
                default: throw Json.Unknown(property, "the trusted root");
            }
        }

        if (mediaType is not ("application/vnd.dev.sigstore.trustedroot+json;version=0.1"
            or "application/vnd.dev.sigstore.trustedroot.v0.1+json" or "application/vnd.dev.sigstore.trustedroot.v0.2+json"))
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

    private static TrustedLog ReadLog(JsonElement element, string at)
    {
        string baseUrl = "", hashAlgorithm = "";
        (byte[] Raw, string Details, ValidityWindow Window)? key = null;
        byte[]? logId = null, checkpointKeyId = null;
        foreach (var property in Json.Object(element, at))
        {
            var value = property.Value;
            if (ProtoJson.IsNull(value))
            {
                continue;
            }

            switch (Json.Name(property))
            {
                case "baseUrl": baseUrl = Json.Text(value, at + ".baseUrl"); break;
                case "hashAlgorithm": hashAlgorithm = Json.Text(value, at + ".hashAlgorithm"); break;
                case "publicKey": key = ReadKey(value, at + ".publicKey"); break;
                case "logId": logId = ReadId(value, at + ".logId"); break;
                case "checkpointKeyId": checkpointKeyId = ReadId(value, at + ".checkpointKeyId"); break;
                case "operator": Json.Text(value, at + ".operator"); break;
                default: throw Json.Unknown(property, at);
            }
        }

        if (hashAlgorithm != "SHA2_256")
        {
            throw Json.Fail(TrustedRootInvalid, $"SHA2_256 in {at}.hashAlgorithm", $"\"{ProtoJson.Shorten(hashAlgorithm)}\"");
        }

        if (logId is not { Length: 32 })
        {
            throw Json.Fail(TrustedRootInvalid, $"32 bytes in {at}.logId.keyId", $"{logId?.Length ?? 0}");
        }

        var (raw, details, window) = key ?? throw Json.Missing(at + ".publicKey");
        var url = Uri.TryCreate(baseUrl, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? uri : null;
        if (url is null && baseUrl.Length > 0)
        {
            throw Json.Fail(TrustedRootInvalid, $"an http or https URL in {at}.baseUrl", ProtoJson.Shorten(baseUrl));
        }

        // A key of an unknown kind makes its own log unusable, not the whole root: new logs appear before clients know their keys.
        var verificationKey = VerificationKey.TryRead(raw, out _);
        if (verificationKey is not null && !DetailsFit(details, verificationKey))
        {
            throw Json.Fail(TrustedRootInvalid, $"the kind of key that {at}.publicKey.keyDetails names ({ProtoJson.Shorten(details)})", verificationKey.KeyDetails);
        }

        return new TrustedLog
        {
            BaseUrl = baseUrl,
            Host = url?.Host ?? "",
            Authority = url?.Authority ?? "",
            LogId = logId,
            Spki = raw,
            Key = verificationKey,
            Hash = HashOf(details),
            Window = window,
            CheckpointKeyId = checkpointKeyId is null or { Length: >= 4 }
                ? checkpointKeyId
                : throw Json.Fail(TrustedRootInvalid, $"at least 4 bytes in {at}.checkpointKeyId.keyId", $"{checkpointKeyId.Length}"),
        };
    }

    /// <summary>The kind of key must be the named one; hash and padding are how it is used, and are read from the name.</summary>
    private static bool DetailsFit(string details, VerificationKey key) => key switch
    {
        RsaKey => details.Contains("RSA", StringComparison.Ordinal),
        Ed25519Key => details == "PKIX_ED25519",
        _ => details.Length > 15 && details.StartsWith(key.KeyDetails[..15], StringComparison.Ordinal),
    };

    private static HashAlgorithmName HashOf(string details) =>
        details.EndsWith("384", StringComparison.Ordinal) ? HashAlgorithmName.SHA384
        : details.EndsWith("512", StringComparison.Ordinal) ? HashAlgorithmName.SHA512
        : HashAlgorithmName.SHA256;

    private static byte[]? ReadId(JsonElement value, string at) => LogEntryReader.OneBytesOf(Json, value, "keyId", at, 64);

    private static (byte[] Raw, string Details, ValidityWindow Window) ReadKey(JsonElement element, string at)
    {
        byte[]? raw = null;
        var details = "";
        ValidityWindow? window = null;
        foreach (var property in Json.Object(element, at))
        {
            switch (Json.Name(property))
            {
                case "rawBytes": raw = Json.Bytes(property.Value, at + ".rawBytes", Limits.PublicKeyBytes); break;
                case "keyDetails": details = Json.Text(property.Value, at + ".keyDetails"); break;
                case "validFor": window = ProtoJson.IsNull(property.Value) ? null : ReadWindow(property.Value, at + ".validFor"); break;
                default: throw Json.Unknown(property, at);
            }
        }

        return (raw ?? throw Json.Missing(at + ".rawBytes"), details, window ?? throw Json.Missing(at + ".validFor"));
    }

    /// <summary>A window without a start is refused: taking it as unbounded would trust a key before anybody did.</summary>
    internal static ValidityWindow ReadWindow(JsonElement element, string at)
    {
        DateTimeOffset? start = null, end = null;
        foreach (var property in Json.Object(element, at))
        {
            switch (Json.Name(property))
            {
                case "start": start = ReadTime(property.Value, at + ".start"); break;
                case "end": end = ReadTime(property.Value, at + ".end"); break;
                default: throw Json.Unknown(property, at);
            }
        }

        if (start is not { } from)
        {
            throw Json.Missing(at + ".start");
        }

        return end is { } to && to < from
            ? throw Json.Fail(TrustedRootInvalid, $"an end after the start in {at}", $"{from:u} to {to:u}")
            : new ValidityWindow(from, end);
    }

    private static DateTimeOffset? ReadTime(JsonElement value, string at)
    {
        if (ProtoJson.IsNull(value))
        {
            return null;
        }

        var text = Json.Text(value, at);
        var trimmed = text;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0)
        {
            // Nanoseconds are allowed (RFC 3339); .NET keeps seven digits.
            var zone = text.AsSpan(dot).IndexOfAny("Z+-");
            trimmed = zone > 8 ? string.Concat(text.AsSpan(0, dot + 8), text.AsSpan(dot + zone)) : text;
        }

        return (text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-'))
            && DateTimeOffset.TryParseExact(trimmed, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw Json.Fail(TrustedRootInvalid, $"an RFC 3339 time in {at}", $"\"{ProtoJson.Shorten(text)}\"");
    }

    private static TrustedAuthority ReadAuthority(JsonElement element, string at, bool forTimestamps)
    {
        var uri = "";
        List<Certificate> chain = [];
        ValidityWindow? window = null;
        foreach (var property in Json.Object(element, at))
        {
            var value = property.Value;
            if (ProtoJson.IsNull(value))
            {
                continue;
            }

            switch (Json.Name(property))
            {
                case "subject": ReadSubject(value, at + ".subject"); break;
                case "uri": uri = Json.Text(value, at + ".uri"); break;
                case "certChain": ReadChain(value, at + ".certChain", chain); break;
                case "validFor": window = ReadWindow(value, at + ".validFor"); break;
                case "operator": Json.Text(value, at + ".operator"); break;
                default: throw Json.Unknown(property, at);
            }
        }

        if (chain.Count == 0)
        {
            throw Json.Missing(at + ".certChain.certificates");
        }

        var authority = new TrustedAuthority { Uri = uri, Chain = [.. chain], Window = window ?? throw Json.Missing(at + ".validFor") };
        CheckChain(authority, at, forTimestamps);
        return authority;
    }

    /// <summary>Checks once what does not depend on any signature: names, signatures and constraints of the authority's own chain.</summary>
    private static void CheckChain(TrustedAuthority authority, string at, bool forTimestamps)
    {
        var chain = authority.Chain;
        var usage = forTimestamps ? Oids.TimeStamping : Oids.CodeSigning;
        try
        {
            // A timestamp authority's chain starts with the certificate that signs; a CA's with the one that issues.
            var startsWithLeaf = forTimestamps && !chain[0].Constraints.IsAuthority;
            var below = 0;
            for (var i = 0; i < chain.Length; i++)
            {
                if (i > 0 || !startsWithLeaf)
                {
                    PathValidation.CheckAuthority(chain[i], below, usage);
                    below += chain[i].IsSelfIssued ? 0 : 1;
                }

                if (i + 1 < chain.Length)
                {
                    PathValidation.CheckLink(chain[i], chain[i + 1], below, usage);
                }
                else if (chain[i].IsSelfIssued && !chain[i].IsSignedBy(chain[i]))
                {
                    throw Refusal.Certificate(CertificateSignatureInvalid, "a trust anchor that signs itself", "an invalid signature");
                }
            }
        }
        catch (VerificationException e)
        {
            throw Refusal.Document(TrustedRootChainInvalid, VerificationStep.TrustedRoot, $"in {at}.certChain {e.Expected}", e.Actual, e);
        }
    }

    private static void ReadChain(JsonElement element, string at, List<Certificate> chain)
    {
        foreach (var property in Json.Object(element, at))
        {
            if (!property.NameEquals("certificates"u8))
            {
                throw Json.Unknown(property, at);
            }

            foreach (var item in Json.Array(property.Value, at + ".certificates", Limits.ChainCertificates))
            {
                var der = LogEntryReader.OneBytesOf(Json, item, "rawBytes", at + ".certificates[]", Limits.CertificateBytes)
                    ?? throw Json.Missing(at + ".certificates[].rawBytes");
                try
                {
                    chain.Add(Certificate.Parse(der));
                }
                catch (VerificationException e)
                {
                    throw Refusal.Document(TrustedRootInvalid, VerificationStep.TrustedRoot, $"in {at} {e.Expected}", e.Actual, e);
                }
            }
        }
    }

    private static void ReadSubject(JsonElement element, string at)
    {
        foreach (var property in Json.Object(element, at))
        {
            // Names for people; the certificates say who it is.
            Json.Text(property.Value, at);
            if (Json.Name(property) is not ("organization" or "commonName"))
            {
                throw Json.Unknown(property, at);
            }
        }
    }
}

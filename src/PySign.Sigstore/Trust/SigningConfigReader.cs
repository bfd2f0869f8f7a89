using System.Text.Json;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Trust;

/// <summary>
/// Reads signing_config.v0.2.json. An unknown field of the document is refused, for it could change which services may be used; a service
/// that cannot be read is left out and named, for others may do.
/// </summary>
internal static class SigningConfigReader
{
    private const string MediaTypeV02 = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
    private const string ClientTrustConfig = "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json";

    private static ProtoJson Json => ProtoJson.TrustedRoot;

    public static SigningConfig Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = Json.Parse(ProtoJson.WithoutMark(utf8), Limits.TrustedRootBytes);
            var root = document.RootElement;
            return
                root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("mediaType", out var type)
                && type.ValueKind == JsonValueKind.String
                && type.ValueEquals(ClientTrustConfig)
                && root.TryGetProperty("signingConfig", out var inner)
                ? ReadConfig(inner)
                : ReadConfig(root);
        }
        catch (VerificationException e)
        {
            throw Invalid(e);
        }
    }

    public static SigningException Invalid(VerificationException e) =>
        new(
            SigningFailure.SigningConfigInvalid,
            "",
            $"The signing config cannot be used: expected {e.Expected}; found {e.Actual}",
            e.Reason is FieldUnknown or MediaTypeUnknown
                ? "It is of a form that this version does not know: update Cake.PySign if the form is a newer one, or make the config with "
                    + "cosign signing-config create."
                : "Fetch signing_config.v0.2.json again from the instance's TUF repository, or make it with cosign signing-config create.",
            e
        );

    private static SigningConfig ReadConfig(JsonElement element)
    {
        string? mediaType = null;
        List<ConfiguredService> authorities = [],
            logs = [],
            timestampAuthorities = [];
        List<string> warnings = [];
        ServiceSelection logSelection = ServiceSelection.Any,
            timestampSelection = ServiceSelection.Any;
        foreach (var property in Json.Object(element, "the signing config"))
        {
            var value = property.Value;
            switch (property.Name)
            {
                case "mediaType":
                    mediaType = Json.Text(value, "mediaType");
                    break;
                case "caUrls":
                    authorities = ReadServices(value, "caUrls", warnings);
                    break;
                case "oidcUrls":
                    ReadServices(value, "oidcUrls", warnings, isUsed: false);
                    break; // For logging in interactively; here tokens come from providers.
                case "rekorTlogUrls":
                    logs = ReadServices(value, "rekorTlogUrls", warnings);
                    break;
                case "rekorTlogConfig":
                    logSelection = ReadSelection(value, "rekorTlogConfig");
                    break;
                case "tsaUrls":
                    timestampAuthorities = ReadServices(value, "tsaUrls", warnings);
                    break;
                case "tsaConfig":
                    timestampSelection = ReadSelection(value, "tsaConfig");
                    break;
                default:
                    throw Json.Unknown(property, "the signing config");
            }
        }

        return mediaType == MediaTypeV02
            ? new SigningConfig
            {
                CertificateAuthorities = authorities,
                Logs = logs,
                LogSelection = logSelection,
                TimestampAuthorities = timestampAuthorities,
                TimestampSelection = timestampSelection,
                Warnings = warnings,
            }
            : throw Json.Fail(MediaTypeUnknown, "the media type of signing config 0.2", $"\"{ProtoJson.Shorten(mediaType ?? "none")}\"");
    }

    private static List<ConfiguredService> ReadServices(JsonElement value, string list, List<string> warnings, bool isUsed = true)
    {
        List<ConfiguredService> services = [];
        VerificationException? refusal = null;
        var i = 0;
        foreach (var item in Json.Array(value, list, Limits.TrustedRootItems))
        {
            var at = $"{list}[{i++}]";
            try
            {
                services.Add(ReadService(item, at));
            }
            catch (VerificationException e)
            {
                refusal ??= e;
                warnings.Add($"{at} of the signing config is not used: expected {e.Expected}; found {e.Actual}.");
            }
        }

        if (services.Count == 0 && refusal is not null && isUsed)
        {
            throw refusal; // None is left: signing without this kind of service would be another thing than what is configured.
        }

        return services;
    }

    private static ConfiguredService ReadService(JsonElement element, string at)
    {
        string url = "",
            op = "";
        long version = 0;
        ValidityWindow? window = null;
        foreach (var property in Json.Object(element, at))
        {
            var value = property.Value;
            switch (property.Name)
            {
                case "url":
                    url = Json.Text(value, at + ".url");
                    break;
                case "majorApiVersion":
                    version = Json.Number(value, at + ".majorApiVersion");
                    break;
                case "validFor":
                    window = ValidityWindowReader.Read(value, at + ".validFor");
                    break;
                case "operator":
                    op = Json.Text(value, at + ".operator");
                    break;
                default:
                    throw Json.Unknown(property, at);
            }
        }

        return Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"
            ? new ConfiguredService(uri, (int)Math.Min(version, int.MaxValue), window ?? throw Json.Missing(at + ".validFor"), op)
            : throw Json.Fail(FieldInvalid, $"an http or https URL in {at}.url", $"\"{ProtoJson.Shorten(url)}\"");
    }

    private static ServiceSelection ReadSelection(JsonElement element, string at)
    {
        var selector = "";
        long count = 0;
        foreach (var property in Json.Object(element, at))
        {
            switch (property.Name)
            {
                case "selector":
                    selector = Json.Enum(property.Value, at + ".selector", ProtoEnums.ServiceSelector);
                    break;
                case "count":
                    count = Json.Number(property.Value, at + ".count");
                    break;
                default:
                    throw Json.Unknown(property, at);
            }
        }

        return (selector, count) switch
        {
            ("ANY", _) or ("", 0) => ServiceSelection.Any, // cosign writes {} where it has nothing to select from.
            ("ALL", _) => new ServiceSelection(true, null),
            ("EXACT", >= 1 and <= Limits.TrustedRootItems) => new ServiceSelection(false, (int)count),
            _ => throw Json.Fail(FieldInvalid, $"ANY, ALL or EXACT with a count in {at}", $"\"{ProtoJson.Shorten(selector)}\", {count}"),
        };
    }
}

using System.Globalization;
using System.Text.Json;
using PySign.Sigstore.Formats;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Trust;

/// <summary>Reads since when and until when something is trusted (TimeRange).</summary>
internal static class ValidityWindowReader
{
    private static readonly string[] _timeFormats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private static ProtoJson Json => ProtoJson.TrustedRoot;

    /// <summary>A window without a start is refused: taking it as unbounded would trust a key before anybody did.</summary>
    public static ValidityWindow Read(JsonElement element, string at) => Read(element, at, null);

    /// <param name="element">The window.</param>
    /// <param name="at">Where it stands.</param>
    /// <param name="otherwise">When it starts if it does not say so; null refuses.</param>
    public static ValidityWindow Read(JsonElement element, string at, DateTimeOffset? otherwise)
    {
        DateTimeOffset? start = null,
            end = null;
        foreach (var property in Json.Object(element, at))
        {
            switch (Json.Name(property))
            {
                case "start":
                    start = ReadTime(property.Value, at + ".start");
                    break;
                case "end":
                    end = ReadTime(property.Value, at + ".end");
                    break;
                default:
                    throw Json.Unknown(property, at);
            }
        }

        if ((start ?? otherwise) is not { } from)
        {
            throw Json.Missing(at + ".start");
        }

        return end is { } to && to < from
            ? throw Json.Fail(TrustedRootInvalid, $"an end after the start in {at}", $"{from:u} to {to:u}")
            : new ValidityWindow(from, end);
    }

    private static DateTimeOffset? ReadTime(JsonElement value, string at)
    {
        var text = Json.Text(value, at);
        if (text.Length == 0)
        {
            return null;
        }

        var trimmed = text;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0)
        {
            // Nanoseconds are allowed (RFC 3339); .NET keeps seven digits.
            var zone = text.AsSpan(dot).IndexOfAny("Z+-");
            trimmed = zone > 8 ? string.Concat(text.AsSpan(0, dot + 8), text.AsSpan(dot + zone)) : text;
        }

        return
            (text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-'))
            && DateTimeOffset.TryParseExact(
                trimmed,
                _timeFormats,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AdjustToUniversal,
                out var time
            )
            ? time
            : throw Json.Fail(TrustedRootInvalid, $"an RFC 3339 time in {at}", $"\"{ProtoJson.Shorten(text)}\"");
    }
}

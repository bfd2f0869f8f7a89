using System.Buffers.Text;
using System.Text.Json;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Identity;

/// <summary>
/// Takes a JWT apart (RFC 7515 compact form) without verifying it: that is the certificate authority's task. Strict all the same,
/// because what is read here decides what the certificate is compared with.
/// </summary>
internal static class JsonWebTokenReader
{
    private const int MaxChars = 64 << 10;

    private static readonly JsonDocumentOptions _options = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Reads the claims.</summary>
    /// <exception cref="SigningException">It is not a JWT; the message never quotes it.</exception>
    public static JsonElement ReadClaims(string jwt)
    {
        if (jwt.Length > MaxChars)
        {
            throw Malformed($"it is longer than {MaxChars} characters");
        }

        var parts = jwt.Split('.');
        if (parts.Length != 3)
        {
            throw Malformed($"it has {parts.Length} parts separated by dots instead of 3");
        }

        var header = ReadObject(parts[0], "header");
        if (
            !header.TryGetProperty("alg", out var algorithm)
            || algorithm.ValueKind != JsonValueKind.String
            || algorithm.ValueEquals("none"u8)
            || algorithm.GetString()!.Length == 0
        )
        {
            throw Malformed("its header names no signature algorithm");
        }

        var claims = ReadObject(parts[1], "claims");
        return Decode(parts[2], "signature").Length > 0 ? claims : throw Malformed("it is not signed");
    }

    public static SigningException Malformed(string why, Exception? inner = null) =>
        new(
            SigningFailure.TokenMalformed,
            "",
            $"The identity token is not usable: {why}",
            "Pass the token as the issuer gave it: three base64url parts separated by dots.",
            inner
        );

    private static JsonElement ReadObject(string part, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(Decode(part, name), _options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw Malformed($"its {name} is not a JSON object");
        }
        catch (JsonException)
        {
            // The inner exception would quote the text.
            throw Malformed($"its {name} is not a well-formed JSON object without repeated names");
        }
    }

    private static byte[] Decode(string part, string name)
    {
        // RFC 7515 2: base64url without padding and without white space, which .NET's decoder would tolerate.
        if (part.AsSpan().ContainsAnyExcept(_alphabet) || part.Length % 4 == 1)
        {
            throw Malformed($"its {name} is not base64url");
        }

        try
        {
            return Base64Url.DecodeFromChars(part);
        }
        catch (FormatException)
        {
            throw Malformed($"its {name} is not base64url");
        }
    }

    private static readonly System.Buffers.SearchValues<char> _alphabet = System.Buffers.SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    );
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Oidc;

/// <summary>One OpenID Connect issuer with its own RSA key: it signs tokens (RS256), and tells whether a token is its own.</summary>
internal sealed class TokenIssuer(string issuer, IssuerKind kind, string keysUrl, TimeProvider time, Func<RSA> newKey) : IDisposable
{
    // A key takes a moment to make; an issuer nobody asks needs none.
    private readonly Lazy<RSA> _key = new(newKey);

    /// <summary>The issuer URL, equal to the letter in tokens and in the discovery document.</summary>
    public string Issuer { get; } = issuer;

    public IssuerKind Kind { get; } = kind;

    private string KeyId => Base64Url.EncodeToString(SHA256.HashData(_key.Value.ExportSubjectPublicKeyInfo()));

    public JsonObject Discovery()
    {
        var document = Basics();
        if (Kind is IssuerKind.Email)
        {
            document["device_authorization_endpoint"] = $"{Issuer}/device/code";
            document["grant_types_supported"] = new JsonArray("urn:ietf:params:oauth:grant-type:device_code");
            document["code_challenge_methods_supported"] = new JsonArray("S256");
        }

        return document;
    }

    private JsonObject Basics() =>
        new()
        {
            ["issuer"] = Issuer,
            ["jwks_uri"] = keysUrl,
            ["authorization_endpoint"] = $"{Issuer}/authorize",
            ["token_endpoint"] = $"{Issuer}/token",
            ["response_types_supported"] = new JsonArray("id_token"),
            ["subject_types_supported"] = new JsonArray("public"),
            ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        };

    public JsonObject Keys()
    {
        var parameters = _key.Value.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(
                new JsonObject
                {
                    ["kty"] = "RSA",
                    ["kid"] = KeyId,
                    ["use"] = "sig",
                    ["alg"] = "RS256",
                    ["n"] = Base64Url.EncodeToString(parameters.Modulus),
                    ["e"] = Base64Url.EncodeToString(parameters.Exponent),
                }
            ),
        };
    }

    public string Sign(JsonObject claims)
    {
        var header = new JsonObject
        {
            ["alg"] = "RS256",
            ["kid"] = KeyId,
            ["typ"] = "JWT",
        };
        var input = $"{Encode(header)}.{Encode(claims)}";
        lock (_key)
        {
            var signature = _key.Value.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return $"{input}.{Base64Url.EncodeToString(signature)}";
        }
    }

    /// <summary>True when the token is signed by this issuer's key and its times hold now.</summary>
    public bool Accepts(string[] parts, JsonElement header, JsonElement claims)
    {
        if (header.GetProperty("alg").GetString() != "RS256" || header.GetProperty("kid").GetString() != KeyId)
        {
            return false;
        }

        lock (_key)
        {
            var signed = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
            if (!_key.Value.VerifyData(signed, Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            {
                return false;
            }
        }

        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return claims.GetProperty("exp").GetInt64() > now
            && (!claims.TryGetProperty("nbf", out var notBefore) || notBefore.GetInt64() <= now);
    }

    public void Dispose()
    {
        if (_key.IsValueCreated)
        {
            _key.Value.Dispose();
        }
    }

    private static string Encode(JsonObject value) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(value.ToJsonString()));
}

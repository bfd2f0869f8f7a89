using System.Text.Json;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Oidc;

/// <summary>A token that one of the sandbox's issuers signed and whose times and audience hold.</summary>
internal sealed class IdentityClaims(TokenIssuer issuer, JsonElement claims)
{
    public TokenIssuer Issuer { get; } = issuer;

    /// <summary>The text of a claim; numbers as they are written; empty when missing.</summary>
    public string this[string name] =>
        !claims.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null ? ""
        : value.ValueKind is JsonValueKind.String ? value.GetString()!
        : value.GetRawText();

    public bool IsTrue(string name) =>
        claims.TryGetProperty(name, out var value)
        && (value.ValueKind is JsonValueKind.True || value is { ValueKind: JsonValueKind.String } && value.GetString() == "true");

    /// <summary>What the proof of possession signs (Fulcio: the e-mail for e-mail issuers, else the subject).</summary>
    public string Challenge => Issuer.Kind is IssuerKind.Email ? this["email"] : this["sub"];

    /// <summary>Applies overrides: a null value removes the claim, <c>expires_in</c> moves <c>exp</c>.</summary>
    public static JsonObject Override(JsonObject claims, JsonObject overrides)
    {
        foreach (var (name, value) in overrides)
        {
            if (name == "expires_in" && value is not null)
            {
                claims["exp"] = claims["iat"]!.GetValue<long>() + value.GetValue<long>();
            }
            else if (value is null)
            {
                claims.Remove(name);
            }
            else
            {
                claims[name] = value.DeepClone();
            }
        }

        return claims;
    }
}

/// <summary>What an issuer's tokens look like, and so how Fulcio reads them.</summary>
internal enum IssuerKind
{
    GitLab,
    GitHub,
    Email,
}

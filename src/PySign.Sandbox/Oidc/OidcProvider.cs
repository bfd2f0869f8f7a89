using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Oidc;

/// <summary>The three issuers of the sandbox, and the one place that judges their tokens.</summary>
internal sealed class OidcProvider(Func<string> baseUrl, TimeProvider time, Func<RSA> newKey) : IDisposable
{
    private readonly Lazy<TokenIssuer[]> _issuers = new(() =>
        [
            new(baseUrl(), IssuerKind.GitLab, $"{baseUrl()}/oauth/discovery/keys", time, newKey),
            new($"{baseUrl()}/github-oidc", IssuerKind.GitHub, $"{baseUrl()}/github-oidc/.well-known/jwks", time, newKey),
            new($"{baseUrl()}/oauth", IssuerKind.Email, $"{baseUrl()}/oauth/keys", time, newKey),
        ]
    );

    public IReadOnlyList<TokenIssuer> Issuers => _issuers.Value;

    public TokenIssuer this[IssuerKind kind] => _issuers.Value.First(issuer => issuer.Kind == kind);

    public (string Token, JsonObject Claims) Mint(IssuerKind kind, JsonObject overrides)
    {
        var issuer = this[kind];
        var now = time.GetUtcNow();
        var claims = kind switch
        {
            IssuerKind.GitLab => GitLabClaims.Create(issuer.Issuer, overrides, now),
            IssuerKind.GitHub => GitHubClaims.Create(issuer.Issuer, overrides, now),
            _ => EmailClaims.Create(issuer.Issuer, overrides, now),
        };
        return (issuer.Sign(claims), claims);
    }

    /// <returns>The claims, or null for anything that is not a valid token of ours for this audience.</returns>
    public IdentityClaims? Verify(string token, string audience)
    {
        try
        {
            var parts = token.Split('.');
            if (parts.Length != 3)
            {
                return null;
            }

            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            var claims = document.RootElement.Clone();
            var issuer = Issuers.FirstOrDefault(candidate => candidate.Issuer == claims.GetProperty("iss").GetString());
            return
                issuer is not null && HasAudience(claims.GetProperty("aud"), audience) && issuer.Accepts(parts, header.RootElement, claims)
                ? new IdentityClaims(issuer, claims)
                : null;
        }
        catch (Exception exception)
            when (exception is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        if (_issuers.IsValueCreated)
        {
            Array.ForEach(_issuers.Value, issuer => issuer.Dispose());
        }
    }

    private static bool HasAudience(JsonElement claim, string audience) =>
        claim.ValueKind is JsonValueKind.Array
            ? claim.EnumerateArray().Any(value => value.GetString() == audience)
            : claim.GetString() == audience;
}

using System.Globalization;
using System.Text.Json;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Identity;

/// <summary>
/// An OIDC identity token: who runs this build, as its issuer says. It is read here, not verified (the certificate authority does that), so
/// that what is wrong with it is known before anything is called. It is a secret: nothing shows it.
/// </summary>
public sealed class IdentityToken
{
    /// <summary>How far this machine's clock and the issuer's may be apart.</summary>
    internal static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(60);

    private readonly JsonElement _claims;

    private IdentityToken(string raw, JsonElement claims)
    {
        _claims = claims;
        Raw = raw;
        Issuer = RequiredText("iss");
        Subject = RequiredText("sub");
        Audiences = ReadAudiences();
        ExpiresAt = ReadTime("exp") ?? throw JsonWebTokenReader.Malformed("it has no claim exp, so it would never expire");
        NotBefore = ReadTime("nbf");
        IssuedAt = ReadTime("iat");
        ExpectedIdentity = TokenIdentity.Of(claims, Issuer, Subject);
        ExpectedIssuer = TokenIdentity.IssuerOf(claims, Issuer);
    }

    /// <summary>Who issued the token: an https URL (claim <c>iss</c>).</summary>
    public string Issuer { get; }

    /// <summary>Whom it is about (claim <c>sub</c>).</summary>
    public string Subject { get; }

    /// <summary>For whom it was issued (claim <c>aud</c>); at least one.</summary>
    public IReadOnlyList<string> Audiences { get; }

    /// <summary>When it expires (claim <c>exp</c>).</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>When it begins to be valid (claim <c>nbf</c>); null when it does not say.</summary>
    public DateTimeOffset? NotBefore { get; }

    /// <summary>When it was issued (claim <c>iat</c>); null when it does not say.</summary>
    public DateTimeOffset? IssuedAt { get; }

    /// <summary>
    /// The subject alternative name that a certificate for this token has: for GitLab <c>https://{ci_config_ref_uri}</c>, for GitHub
    /// <c>https://github.com/{job_workflow_ref}</c>, for people their verified e-mail address; docs/ci-identities.md lists them all.
    /// </summary>
    public string ExpectedIdentity { get; }

    /// <summary>The issuer that a certificate for this token names; the token's own, but for federated e-mail logins.</summary>
    public string ExpectedIssuer { get; }

    /// <summary>The token itself, which is a secret: for the service that it is meant for, and for redaction.</summary>
    public string Raw { get; }

    /// <summary>Reads a token.</summary>
    /// <param name="jwt">The JWT in its compact form, at most 64 KiB.</param>
    /// <exception cref="SigningException">
    /// <see cref="SigningFailure.TokenMalformed"/>, or <see cref="SigningFailure.TokenIdentityUnknown"/> when the token does not tell who
    /// signs.
    /// </exception>
    public static IdentityToken Parse(string jwt)
    {
        ArgumentNullException.ThrowIfNull(jwt);
        return new IdentityToken(jwt, JsonWebTokenReader.ReadClaims(jwt));
    }

    /// <summary>A claim as text: strings as they are, numbers and booleans as JSON writes them; null for others and when it is not
    /// there.</summary>
    /// <param name="name">The claim's name.</param>
    public string? Claim(string name) =>
        _claims.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                _ => null,
            }
            : null;

    /// <summary>Checks that a certificate authority could take the token now.</summary>
    /// <param name="audience">The audience that the authority wants, <c>sigstore</c> for the public one.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="SigningException">
    /// <see cref="SigningFailure.TokenAudience"/>, <see cref="SigningFailure.TokenExpired"/> or
    /// <see cref="SigningFailure.TokenNotYetValid"/>.
    /// </exception>
    public void EnsureUsable(string audience, DateTimeOffset now) => TokenPreflight.Check(this, audience, now);

    /// <summary>Issuer, subject and expiry; never the token.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Subject} by {Issuer}, expires {ExpiresAt:u}");

    private string RequiredText(string name) =>
        _claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw JsonWebTokenReader.Malformed($"it has no text claim {name}");

    /// <summary>One string or an array of them (RFC 7519 4.1.3).</summary>
    private string[] ReadAudiences()
    {
        if (!_claims.TryGetProperty("aud", out var value) || value.ValueKind != JsonValueKind.Array)
        {
            return [RequiredText("aud")];
        }

        List<string> audiences = [];
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || item.GetString() is not { Length: > 0 } audience)
            {
                throw JsonWebTokenReader.Malformed("its claim aud holds something else than text");
            }

            audiences.Add(audience);
        }

        return audiences.Count > 0 ? [.. audiences] : throw JsonWebTokenReader.Malformed("its claim aud is empty");
    }

    private DateTimeOffset? ReadTime(string name)
    {
        if (!_claims.TryGetProperty(name, out var value))
        {
            return null;
        }

        // NumericDate may have a fraction (RFC 7519 2).
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and < 253402300800
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : throw JsonWebTokenReader.Malformed($"its claim {name} is not a time in seconds since 1970");
    }
}

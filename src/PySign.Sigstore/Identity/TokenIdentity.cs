using System.Text.Json;
using PySign.Sigstore.Signing;

namespace PySign.Sigstore.Identity;

/// <summary>
/// The identity that Fulcio writes into a certificate for a token, told by the shape of the claims (fulcio config/identity/config.yaml and
/// pkg/identity). Guessing wrong is harmless: the certificate is compared with it and refused.
/// </summary>
internal static class TokenIdentity
{
    public static string Of(JsonElement claims, string subject)
    {
        if (Text(claims, "job_workflow_ref") is { } workflow)
        {
            return "https://github.com/" + workflow;
        }

        if (Text(claims, "ci_config_ref_uri") is { } config)
        {
            return "https://" + config;
        }

        if (claims.TryGetProperty("ci_config_ref_uri", out _) || claims.TryGetProperty("project_path", out _))
        {
            throw Unknown(
                "the GitLab token has no claim ci_config_ref_uri, from which the certificate's identity is made",
                "The CI configuration must be a file of the project itself; very old GitLab instances do not send the claim.");
        }

        if (Text(claims, "organization_slug") is { } organization && Text(claims, "pipeline_slug") is { } pipeline)
        {
            return $"https://buildkite.com/{organization}/{pipeline}";
        }

        if (Text(claims, "email") is { } email)
        {
            return IsTrue(claims, "email_verified")
                ? email
                : throw Unknown("the token's e-mail address is not verified by its issuer", "Verify the address with the identity provider, then sign in again.");
        }

        return Uri.TryCreate(subject, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "spiffe"
            ? subject
            : throw Unknown(
                "the token has none of the claims job_workflow_ref, ci_config_ref_uri, email, nor a URI as subject",
                "Use a token of GitLab CI, GitHub Actions, Buildkite, SPIFFE or an e-mail identity provider.");
    }

    /// <summary>
    /// The issuer that the certificate names: the token's own, except that an e-mail federation (Dex) names the provider behind it
    /// (fulcio IssuerClaim, <c>$.federated_claims.connector_id</c>).
    /// </summary>
    public static string IssuerOf(JsonElement claims, string issuer) =>
        Text(claims, "email") is not null && claims.TryGetProperty("federated_claims", out var federated)
        && federated.ValueKind == JsonValueKind.Object && Text(federated, "connector_id") is { } connector
            ? connector
            : issuer;

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static bool IsTrue(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value)
        && (value.ValueKind == JsonValueKind.True || (value.ValueKind == JsonValueKind.String && value.ValueEquals("true"u8)));

    private static SigningException Unknown(string why, string advice) =>
        new(SigningFailure.TokenIdentityUnknown, "", $"Who signs cannot be told from the identity token: {why}", advice);
}

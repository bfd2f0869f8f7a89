using System.Text.Json;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Identity;

/// <summary>
/// The identity that Fulcio writes into a certificate for a token, told by the shape of the claims (fulcio config/identity/config.yaml and
/// pkg/identity). Guessing wrong is harmless: the certificate is compared with it and refused.
/// </summary>
internal static class TokenIdentity
{
    // pkg/identity/chainguard: the subject below the issuer's URL, whatever else the token says.
    private static readonly string[] _subjectBelowIssuer = ["https://issuer.enforce.dev", "https://issuer.chainops.dev"];

    public static string Of(JsonElement claims, string issuer, string subject) =>
        OfCi(claims) is { } ci ? GoUrl.Escape(ci)
        : OfKubernetes(claims) is { } account ? GoUrl.Escape(account)
        : _subjectBelowIssuer.Contains(issuer) ? GoUrl.Escape($"{issuer}/{subject}")
        : OfPerson(claims) ?? OfSubject(subject);

    /// <summary>
    /// The issuer that the certificate names: the token's own, except that an e-mail federation (Dex) names the provider behind it
    /// (fulcio IssuerClaim, <c>$.federated_claims.connector_id</c>).
    /// </summary>
    public static string IssuerOf(JsonElement claims, string issuer) =>
        Text(claims, "email") is not null
        && claims.TryGetProperty("federated_claims", out var federated)
        && federated.ValueKind == JsonValueKind.Object
        && Text(federated, "connector_id") is { } connector
            ? connector
            : issuer;

    /// <summary>The subject-alternative-name-templates of ci-issuer-metadata.</summary>
    private static string? OfCi(JsonElement claims)
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
                "The CI configuration must be a file of the project itself; very old GitLab instances do not send the claim."
            );
        }

        if (Text(claims, "organization_slug") is { } organization && Text(claims, "pipeline_slug") is { } pipeline)
        {
            return $"https://buildkite.com/{organization}/{pipeline}";
        }

        if (Text(claims, "oidc.circleci.com/project-id") is { } project)
        {
            return Text(claims, "oidc.circleci.com/pipeline-definition-id") is { } definition
                ? $"https://circleci.com/api/v2/projects/{project}/pipeline-definitions/{definition}"
                : throw Unknown(
                    "the CircleCI token has no claim oidc.circleci.com/pipeline-definition-id, from which the certificate's identity is "
                        + "made",
                    "Let circleci run oidc get mint the token, in a pipeline that a definition of the project (not a custom webhook) "
                        + "started."
                );
        }

        return
            Text(claims, "account_name") is { } name
            && Text(claims, "account_id") is { } id
            && Text(claims, "pipeline_name") is { } codefresh
            && Text(claims, "pipeline_id") is { } pipelineId
            ? $"{Text(claims, "platform_url") ?? "https://g.codefresh.io"}/{name}/{codefresh}:{id}/{pipelineId}"
            : null;
    }

    private static string? OfKubernetes(JsonElement claims) =>
        claims.TryGetProperty("kubernetes.io", out var cluster)
        && cluster.ValueKind == JsonValueKind.Object
        && Text(cluster, "namespace") is { } space
        && cluster.TryGetProperty("serviceaccount", out var account)
        && account.ValueKind == JsonValueKind.Object
        && Text(account, "name") is { } name
            ? $"https://kubernetes.io/namespaces/{space}/serviceaccounts/{name}"
            : null;

    private static string? OfPerson(JsonElement claims)
    {
        if (Text(claims, "email") is not { } email)
        {
            return null;
        }

        return IsTrue(claims, "email_verified")
            ? email
            : throw Unknown(
                "the token's e-mail address is not verified by its issuer",
                "Verify the address with the identity provider, then sign in again."
            );
    }

    private static string OfSubject(string subject) =>
        Uri.TryCreate(subject, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "spiffe"
            ? GoUrl.Escape(subject)
            : throw Unknown(
                "the token has none of the claims job_workflow_ref, ci_config_ref_uri, email, nor a URI as subject",
                "Use a token of GitLab CI, GitHub Actions, Buildkite, CircleCI, Codefresh, Kubernetes, SPIFFE or an e-mail identity "
                    + "provider; a Google token needs its e-mail claim."
            );

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    private static bool IsTrue(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value)
        && (value.ValueKind == JsonValueKind.True || (value.ValueKind == JsonValueKind.String && value.ValueEquals("true"u8)));

    private static SigningException Unknown(string why, string advice) =>
        new(SigningFailure.TokenIdentityUnknown, "", $"Who signs cannot be told from the identity token: {why}", advice);
}

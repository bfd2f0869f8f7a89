using System.Globalization;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Oidc;

/// <summary>The claims of a GitLab CI <c>id_tokens</c> token: id-like values are strings, only runner_id is a number.</summary>
internal static class GitLabClaims
{
    public static JsonObject Create(string issuer, JsonObject overrides, DateTimeOffset now)
    {
        string Given(string name, string fallback) => overrides[name]?.ToString() ?? fallback;
        var project = Given("project_path", "acme/hello-pysign");
        var namespacePath = Given(
            "namespace_path",
            project.Contains('/', StringComparison.Ordinal) ? project[..project.LastIndexOf('/')] : project
        );
        var projectId = Given("project_id", "42");
        var namespaceId = Given("namespace_id", "7");
        var reference = Given("ref", "v1.0.0");
        var type = Given("ref_type", "tag");
        var refPath = Given("ref_path", type == "tag" ? $"refs/tags/{reference}" : $"refs/heads/{reference}");
        var sha = Given("sha", "714a629c0b401fdce83e847fc9589983fc6f46bc");
        var issued = now.ToUnixTimeSeconds();
        var host = new Uri(issuer).Authority;
        return IdentityClaims.Override(
            new JsonObject
            {
                ["iss"] = issuer,
                ["sub"] = $"project_path:{project}:ref_type:{type}:ref:{reference}",
                ["aud"] = "sigstore",
                ["jti"] = Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture),
                ["iat"] = issued,
                ["nbf"] = issued - 5,
                ["exp"] = issued + 3600,
                ["namespace_id"] = namespaceId,
                ["namespace_path"] = namespacePath,
                ["project_id"] = projectId,
                ["project_path"] = project,
                ["job_project_id"] = projectId,
                ["job_project_path"] = project,
                ["job_namespace_id"] = namespaceId,
                ["job_namespace_path"] = namespacePath,
                ["user_id"] = "1",
                ["user_login"] = "release-bot",
                ["user_email"] = "release-bot@example.org",
                ["user_access_level"] = "maintainer",
                ["pipeline_id"] = "1201",
                ["pipeline_source"] = "push",
                ["job_id"] = "3407",
                ["ref"] = reference,
                ["ref_type"] = type,
                ["ref_path"] = refPath,
                ["ref_protected"] = "true",
                ["runner_id"] = 12,
                ["runner_environment"] = "self-hosted",
                ["sha"] = sha,
                ["project_visibility"] = "public",
                ["ci_config_ref_uri"] = $"{host}/{project}//.gitlab-ci.yml@{refPath}",
                ["ci_config_sha"] = sha,
            },
            overrides
        );
    }
}

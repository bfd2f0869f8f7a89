using System.Globalization;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Oidc;

/// <summary>The claims of a GitHub Actions token.</summary>
internal static class GitHubClaims
{
    public static JsonObject Create(string issuer, JsonObject overrides, DateTimeOffset now)
    {
        string Given(string name, string fallback) => overrides[name]?.ToString() ?? fallback;
        var repository = Given("repository", "acme/hello-pysign");
        var owner = repository.Split('/')[0];
        var reference = Given("ref", "refs/tags/v1.0.0");
        var sha = Given("sha", "714a629c0b401fdce83e847fc9589983fc6f46bc");
        var workflow = Given("workflow_ref", $"{repository}/.github/workflows/release.yml@{reference}");
        var issued = now.ToUnixTimeSeconds();
        return IdentityClaims.Override(
            new JsonObject
            {
                ["iss"] = issuer,
                ["sub"] = $"repo:{repository}:ref:{reference}",
                ["aud"] = "sigstore",
                ["jti"] = Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture),
                ["iat"] = issued,
                ["nbf"] = issued - 300,
                ["exp"] = issued + 300,
                ["repository"] = repository,
                ["repository_id"] = "4242",
                ["repository_owner"] = owner,
                ["repository_owner_id"] = "77",
                ["repository_visibility"] = "public",
                ["ref"] = reference,
                ["ref_type"] = reference.StartsWith("refs/tags/", StringComparison.Ordinal) ? "tag" : "branch",
                ["ref_protected"] = "true",
                ["sha"] = sha,
                ["actor"] = "release-bot",
                ["actor_id"] = "1",
                ["workflow"] = "release",
                ["workflow_ref"] = workflow,
                ["workflow_sha"] = sha,
                ["job_workflow_ref"] = workflow,
                ["job_workflow_sha"] = sha,
                ["event_name"] = "push",
                ["run_id"] = "9001",
                ["run_number"] = "17",
                ["run_attempt"] = "1",
                ["runner_environment"] = "github-hosted",
            },
            overrides
        );
    }
}

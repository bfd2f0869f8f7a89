using System.Globalization;
using System.Text.Json;

namespace Cake.PySign.Sandbox;

/// <summary>The predefined variables of a GitLab job that a release reads, made to agree with the claims of its identity token.</summary>
internal static class GitLabJob
{
    public static IReadOnlyDictionary<string, string> Variables(
        PySignSandboxGitLab gitLab,
        string jobToken,
        string identityToken,
        JsonElement claims
    )
    {
        var path = Claim(claims, "project_path") ?? gitLab.ProjectPath;
        var reference = Claim(claims, "ref") ?? "main";
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CI"] = "true",
            ["GITLAB_CI"] = "true",
            ["CI_SERVER_URL"] = gitLab.ServerUrl.AbsoluteUri.TrimEnd('/'),
            ["CI_SERVER_HOST"] = gitLab.ServerUrl.Host,
            ["CI_SERVER_PORT"] = gitLab.ServerUrl.Port.ToString(CultureInfo.InvariantCulture),
            ["CI_SERVER_PROTOCOL"] = gitLab.ServerUrl.Scheme,
            ["CI_API_V4_URL"] = gitLab.ApiUrl.AbsoluteUri.TrimEnd('/'),
            ["CI_PROJECT_ID"] = gitLab.ProjectId.ToString(CultureInfo.InvariantCulture),
            ["CI_PROJECT_PATH"] = path,
            ["CI_PROJECT_NAME"] = path[(path.LastIndexOf('/') + 1)..],
            ["CI_PROJECT_URL"] = $"{gitLab.ServerUrl.AbsoluteUri.TrimEnd('/')}/{path}",
            ["CI_DEFAULT_BRANCH"] = "main",
            ["CI_CONFIG_PATH"] = ".gitlab-ci.yml",
            ["CI_COMMIT_REF_NAME"] = reference,
            ["CI_JOB_TOKEN"] = jobToken,
            ["SIGSTORE_ID_TOKEN"] = identityToken,
        };
        variables[Claim(claims, "ref_type") == "tag" ? "CI_COMMIT_TAG" : "CI_COMMIT_BRANCH"] = reference;
        Add(variables, "CI_COMMIT_SHA", Claim(claims, "sha"));
        Add(variables, "CI_PIPELINE_ID", Claim(claims, "pipeline_id"));
        Add(variables, "CI_PIPELINE_SOURCE", Claim(claims, "pipeline_source"));
        Add(variables, "CI_JOB_ID", Claim(claims, "job_id"));
        Add(variables, "CI_COMMIT_REF_PROTECTED", Claim(claims, "ref_protected"));
        Add(variables, "CI_PROJECT_VISIBILITY", Claim(claims, "project_visibility"));
        return variables;
    }

    private static string? Claim(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? value.ToString()
            : null;

    private static void Add(Dictionary<string, string> variables, string name, string? value)
    {
        if (value is not null)
        {
            variables[name] = value;
        }
    }
}

using Cake.PySign.Common.Ci;

namespace Cake.PySign.Recipe.Preflight;

/// <summary>Where in the CI service a thing is repaired.</summary>
internal static class CiPlaces
{
    public static string Of(string reason, Func<string, string?> variable) =>
        CiJob.Detect(variable) switch
        {
            GitLabCiJob => GitLab(reason),
            GitHubActionsJob => GitHub(reason),
            _ => "",
        };

    private static string GitLab(string reason) =>
        reason switch
        {
            "TrustedPublishingFailed" =>
                "GitLab: in .gitlab-ci.yml give the job id_tokens: PYPI_ID_TOKEN: aud: pypi; at the index: Manage project > Publishing.",
            nameof(PySignFailure.Unauthorized) =>
                "GitLab: CI_JOB_TOKEN is good while its job runs; for another project, Settings > CI/CD > Job token permissions.",
            nameof(PySignFailure.Forbidden) =>
                "GitLab: who starts the pipeline needs the role Developer; Settings > CI/CD > Job token permissions for another project.",
            nameof(PySignFailure.NotFound) =>
                "GitLab: Settings > General > Visibility > Package registry; and whether CI_PROJECT_ID is the project's.",
            nameof(PySignFailure.UnprotectedRef) => "GitLab: Settings > Repository > Protected tags.",
            nameof(PySignFailure.PrivateProject) => "GitLab: Settings > General > Visibility.",
            _ => "",
        };

    private static string GitHub(string reason) =>
        reason switch
        {
            "TrustedPublishingFailed" => "GitHub: permissions: id-token: write in the job; at the index: Manage project > Publishing.",
            nameof(PySignFailure.Unauthorized) => "GitHub: Settings > Secrets and variables > Actions.",
            nameof(PySignFailure.Forbidden) => "GitHub: give the job permissions: contents: write for releases.",
            nameof(PySignFailure.UnprotectedRef) => "GitHub: Settings > Rules > Rulesets, for tags.",
            nameof(PySignFailure.PrivateProject) => "GitHub: Settings > General > Danger zone > Visibility.",
            _ => "",
        };
}

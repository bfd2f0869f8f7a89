namespace PySign.Sigstore.Identity;

/// <summary>The CI service a process runs in, by the variables that each sets. Some give their jobs an identity of their own, some give
/// none.</summary>
public enum CiService
{
    /// <summary>No CI service: a person's machine.</summary>
    None,

    /// <summary>GitHub Actions.</summary>
    GitHub,

    /// <summary>GitLab CI.</summary>
    GitLab,

    /// <summary>Buildkite.</summary>
    Buildkite,

    /// <summary>CircleCI.</summary>
    CircleCi,

    /// <summary>Azure Pipelines.</summary>
    AzurePipelines,

    /// <summary>Jenkins.</summary>
    Jenkins,

    /// <summary>Another CI service, known by the variable <c>CI</c> alone.</summary>
    Other,
}

/// <summary>What is known of the surroundings by variables alone.</summary>
public static class CiSurroundings
{
    private static readonly (string Variable, CiService Service)[] _marks =
    [
        ("GITHUB_ACTIONS", CiService.GitHub),
        ("GITLAB_CI", CiService.GitLab),
        ("BUILDKITE", CiService.Buildkite),
        ("CIRCLECI", CiService.CircleCi),
        ("TF_BUILD", CiService.AzurePipelines),
        ("JENKINS_URL", CiService.Jenkins),
        ("TEAMCITY_VERSION", CiService.Other),
        ("BITBUCKET_BUILD_NUMBER", CiService.Other),
        ("CODEBUILD_BUILD_ID", CiService.Other),
        ("APPVEYOR", CiService.Other),
        ("DRONE", CiService.Other),
        ("CF_BUILD_ID", CiService.Other),
    ];

    /// <summary>The service whose variables are set.</summary>
    public static CiService Detect(Func<string, string?> environment) =>
        _marks
            .Where(mark => !string.IsNullOrEmpty(environment(mark.Variable)))
            .Select(static mark => mark.Service)
            .FirstOrDefault(
                environment("CI") is { Length: > 0 } ci && !ci.Equals("false", StringComparison.OrdinalIgnoreCase) && ci != "0"
                    ? CiService.Other
                    : CiService.None
            );

    /// <summary>
    /// Whether jobs of this service have identities of their own. There, what the machine is (a cloud instance, a pod) must never sign in
    /// the job's place: a forgotten line in the job's file would quietly become somebody else's signature.
    /// </summary>
    public static bool GivesIdentities(CiService service) =>
        service is CiService.GitHub or CiService.GitLab or CiService.Buildkite or CiService.CircleCi;
}

namespace Cake.PySign.Publishing;

/// <summary>The header that a GitLab registry token travels in.</summary>
public enum RegistryTokenKind
{
    /// <summary>A CI job's own token (<c>CI_JOB_TOKEN</c>): header <c>JOB-TOKEN</c>.</summary>
    JobToken,

    /// <summary>A personal, project or group access token: header <c>PRIVATE-TOKEN</c>.</summary>
    PrivateToken,

    /// <summary>A deploy token: header <c>DEPLOY-TOKEN</c>.</summary>
    DeployToken,
}

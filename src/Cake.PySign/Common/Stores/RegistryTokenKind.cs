namespace Cake.PySign;

/// <summary>How a registry's token travels.</summary>
public enum RegistryTokenKind
{
    /// <summary>A GitLab CI job's own token (<c>CI_JOB_TOKEN</c>): header <c>JOB-TOKEN</c>.</summary>
    JobToken,

    /// <summary>A GitLab personal, project or group access token: header <c>PRIVATE-TOKEN</c>.</summary>
    PrivateToken,

    /// <summary>A GitLab deploy token: header <c>DEPLOY-TOKEN</c>.</summary>
    DeployToken,

    /// <summary>A bearer token, as Artifactory and GitHub take it: header <c>Authorization</c>.</summary>
    BearerToken,

    /// <summary>A password that goes with <c>UserName</c>, as Nexus and WebDAV take it: Basic authentication.</summary>
    Password,
}

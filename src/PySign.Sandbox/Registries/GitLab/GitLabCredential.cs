namespace PySign.Sandbox.Registries.GitLab;

/// <summary>The kinds of token that GitLab's registries accept.</summary>
public enum CredentialKind
{
    /// <summary>A CI job's token: Basic user <c>gitlab-ci-token</c>, or the header JOB-TOKEN on generic routes.</summary>
    JobToken,

    /// <summary>A personal, project or group access token; its user name is not looked at.</summary>
    AccessToken,

    /// <summary>A deploy token: Basic with its own user name, or the header DEPLOY-TOKEN on generic routes.</summary>
    DeployToken,
}

/// <summary>A token of the sandbox and what it may do.</summary>
/// <param name="Kind">Which kind of token it is.</param>
/// <param name="Secret">The token.</param>
/// <param name="Access">What it may do in the project it is configured for.</param>
/// <param name="UserName">The user name of a deploy token.</param>
public sealed record GitLabCredential(
    CredentialKind Kind,
    string Secret,
    AccessLevel Access = AccessLevel.Developer,
    string? UserName = null
)
{
    /// <summary>The kind and user name only: a record's default text would print the token.</summary>
    public override string ToString() => $"{Kind} {UserName}".TrimEnd();
}

/// <summary>What a credential may do in a project, as far as package registries ask.</summary>
public enum AccessLevel
{
    /// <summary>Not a member: a private project does not exist for this caller.</summary>
    None,

    /// <summary>A guest: sees a private project but not its packages.</summary>
    Guest,

    /// <summary>May read packages.</summary>
    Reporter,

    /// <summary>May read and publish packages.</summary>
    Developer,
}

namespace PySign.Sigstore.Certificates;

/// <summary>
/// What Fulcio writes into a certificate about the signer, under the arc 1.3.6.1.4.1.57264.1; the value is the last number
/// (fulcio docs/oid-info.md). 7 is not an extension but a kind of subject alternative name.
/// </summary>
public enum FulcioExtension
{
    /// <summary>Not an extension.</summary>
    None = 0,

    /// <summary>The token's issuer, old form.</summary>
    IssuerV1 = 1,

    /// <summary>The event that started a GitHub workflow, old form.</summary>
    GitHubWorkflowTrigger = 2,

    /// <summary>The commit of a GitHub workflow, old form.</summary>
    GitHubWorkflowSha = 3,

    /// <summary>The name of a GitHub workflow, old form.</summary>
    GitHubWorkflowName = 4,

    /// <summary>The repository of a GitHub workflow, old form.</summary>
    GitHubWorkflowRepository = 5,

    /// <summary>The ref of a GitHub workflow, old form.</summary>
    GitHubWorkflowRef = 6,

    /// <summary>The token's issuer.</summary>
    Issuer = 8,

    /// <summary>The build instructions that ran, with their ref.</summary>
    BuildSignerUri = 9,

    /// <summary>The commit of the build instructions.</summary>
    BuildSignerDigest = 10,

    /// <summary>Whether the runner was hosted by the platform or by the user.</summary>
    RunnerEnvironment = 11,

    /// <summary>The source repository's URL.</summary>
    SourceRepositoryUri = 12,

    /// <summary>The commit that was built.</summary>
    SourceRepositoryDigest = 13,

    /// <summary>The ref that was built, such as <c>refs/tags/v1.0.0</c>.</summary>
    SourceRepositoryRef = 14,

    /// <summary>The source repository's unchanging number.</summary>
    SourceRepositoryIdentifier = 15,

    /// <summary>The URL of the source repository's owner.</summary>
    SourceRepositoryOwnerUri = 16,

    /// <summary>The unchanging number of the source repository's owner.</summary>
    SourceRepositoryOwnerIdentifier = 17,

    /// <summary>The top-level build configuration, with its ref.</summary>
    BuildConfigUri = 18,

    /// <summary>The commit of the top-level build configuration.</summary>
    BuildConfigDigest = 19,

    /// <summary>The event that started the build.</summary>
    BuildTrigger = 20,

    /// <summary>The URL of the build's run.</summary>
    RunInvocationUri = 21,

    /// <summary>Whether the source repository was public or private at the time.</summary>
    SourceRepositoryVisibility = 22,

    /// <summary>The deployment environment.</summary>
    DeploymentEnvironment = 23,

    /// <summary>The token's subject.</summary>
    TokenSubject = 24,
}

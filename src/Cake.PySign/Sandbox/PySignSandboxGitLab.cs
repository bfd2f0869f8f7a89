namespace Cake.PySign.Sandbox;

/// <summary>The sandbox's GitLab.</summary>
public sealed record PySignSandboxGitLab
{
    /// <summary>The instance, which is also the issuer of its identity tokens.</summary>
    /// <value>What a job sees as <c>CI_SERVER_URL</c>.</value>
    public required Uri ServerUrl { get; init; }

    /// <summary>The API.</summary>
    /// <value>What a job sees as <c>CI_API_V4_URL</c>.</value>
    public required Uri ApiUrl { get; init; }

    /// <summary>The project.</summary>
    /// <value>Its numeric id.</value>
    public required long ProjectId { get; init; }

    /// <summary>The project.</summary>
    /// <value>Its full path, for example <c>acme/hello-pysign</c>.</value>
    public required string ProjectPath { get; init; }

    /// <summary>The upload endpoint for twine.</summary>
    /// <value><c>…/packages/pypi</c>.</value>
    public Uri PyPiUrl => new($"{ApiUrl.AbsoluteUri.TrimEnd('/')}/projects/{ProjectId}/packages/pypi");

    /// <summary>The generic package registry.</summary>
    /// <value><c>…/packages/generic</c>.</value>
    public Uri GenericUrl => new($"{ApiUrl.AbsoluteUri.TrimEnd('/')}/projects/{ProjectId}/packages/generic");
}

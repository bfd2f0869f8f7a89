using PySign.Packaging.Attestations;
using PySign.Sigstore.Identity;

namespace Cake.PySign.Verify;

/// <summary>
/// A publisher as it is registered with an index, and as its attestations must name it: a workflow of a GitHub repository, a pipeline of a
/// GitLab project, a Google account. Attestations are compared with it case-sensitively, although the index
/// itself finds a publisher in any case.
/// </summary>
public sealed record TrustedPublisher
{
    private static readonly Uri _gitHub = new("https://github.com");
    private static readonly Uri _gitLab = new("https://gitlab.com");

    private TrustedPublisher(string kind, string issuer, Uri serverUrl) => (Kind, Issuer, ServerUrl) = (kind, issuer, serverUrl);

    /// <summary>What kind of publisher it is.</summary>
    /// <value><c>GitHub</c>, <c>GitLab</c> or <c>Google</c>.</value>
    public string Kind { get; }

    /// <summary>The source repository.</summary>
    /// <value>GitHub: <c>owner/name</c>; GitLab: the project's full path; <see langword="null"/> for Google.</value>
    public string? Repository { get; private init; }

    /// <summary>What runs in it.</summary>
    /// <value>GitHub: the file name in <c>.github/workflows</c>; GitLab: the configuration's path; <see langword="null"/> for
    /// Google.</value>
    public string? Workflow { get; private init; }

    /// <summary>The Google account.</summary>
    /// <value>An e-mail address; <see langword="null"/> for others.</value>
    public string? Email { get; private init; }

    /// <summary>Who vouches for the publisher.</summary>
    /// <value>The OIDC issuer. PyPI takes attestations only with the one that is set by default; another serves private indexes and
    /// rehearsals.</value>
    public string Issuer { get; init; }

    /// <summary>The server that the repository is on.</summary>
    /// <value>Default <c>https://github.com</c> or <c>https://gitlab.com</c>; the same remark applies.</value>
    public Uri ServerUrl { get; init; }

    internal bool IsPublic => this == Create(Kind, Repository, Workflow, Email);

    /// <summary>A workflow of a GitHub repository.</summary>
    /// <param name="repository">The repository, <c>owner/name</c>.</param>
    /// <param name="workflow">The workflow's file name, such as <c>release.yml</c>.</param>
    /// <exception cref="PySignException">One of the two is not of this form.</exception>
    public static TrustedPublisher GitHub(string repository, string workflow) =>
        Create(
            Publisher.GitHub,
            Repositories(repository, 2),
            Given(workflow, "workflow", !workflow?.Contains('/', StringComparison.Ordinal) ?? false),
            null
        );

    /// <summary>A pipeline of a GitLab project.</summary>
    /// <param name="project">The project's full path, such as <c>group/project</c>.</param>
    /// <param name="configPath">The path of its CI configuration, usually <c>.gitlab-ci.yml</c>.</param>
    /// <exception cref="PySignException">One of the two is not of this form.</exception>
    public static TrustedPublisher GitLab(string project, string configPath) =>
        Create(Publisher.GitLab, Repositories(project, int.MaxValue), Given(configPath, "configuration path", true), null);

    /// <summary>A Google account.</summary>
    /// <param name="email">Its e-mail address.</param>
    /// <exception cref="PySignException">It is not one.</exception>
    public static TrustedPublisher Google(string email) =>
        Create(Publisher.Google, null, null, Given(email, "e-mail address", email?.Contains('@', StringComparison.Ordinal) ?? false));

    /// <summary>The publisher for a person.</summary>
    public override string ToString() => Kind == Publisher.Google ? $"{Kind} {Email}" : $"{Kind} {Repository} {Workflow}";

    /// <summary>The publisher that a job is which has this token.</summary>
    /// <returns><see langword="null"/> for a token of another kind of service.</returns>
    internal static TrustedPublisher? Of(IdentityToken token)
    {
        if (token.Claim("workflow_ref") is { } workflow && token.Claim("repository") is { } repository)
        {
            return Between(workflow, $"{repository}/.github/workflows/") is { } file
                ? GitHub(repository, file) with
                {
                    Issuer = token.Issuer,
                }
                : null;
        }

        if (
            token.Claim("ci_config_ref_uri") is { } config
            && token.Claim("project_path") is { } project
            && Uri.TryCreate(token.Issuer, UriKind.Absolute, out var server)
        )
        {
            return Between(config, $"{server.Authority}/{project}//") is { } path
                ? GitLab(project, path) with
                {
                    Issuer = token.Issuer,
                    ServerUrl = server,
                }
                : null;
        }

        return null;
    }

    private static string? Between(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) && text.IndexOf('@', prefix.Length) is var at && at > prefix.Length
            ? text[prefix.Length..at]
            : null;

    private static TrustedPublisher Create(string kind, string? repository, string? workflow, string? email) =>
        kind switch
        {
            Publisher.GitHub => new(kind, "https://token.actions.githubusercontent.com", _gitHub)
            {
                Repository = repository,
                Workflow = workflow,
            },
            Publisher.GitLab => new(kind, "https://gitlab.com", _gitLab) { Repository = repository, Workflow = workflow },
            _ => new(kind, "https://accounts.google.com", new Uri("https://accounts.google.com")) { Email = email },
        };

    private static string Repositories(string repository, int mostParts)
    {
        var parts = repository?.Split('/') ?? [];
        return Given(repository, "repository", parts.Length >= 2 && parts.Length <= mostParts && parts.All(static part => part.Length > 0));
    }

    private static string Given(string? value, string what, bool valid) =>
        valid && value!.Length > 0 && !value.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c))
            ? value
            : throw new PySignException(
                PySignFailure.InvalidSettings,
                $"'{value}' is not the {what} of a trusted publisher.",
                "GitHub: \"owner/name\" and the workflow's file name; GitLab: the project's full path and the path of its "
                    + "configuration; Google: an e-mail address."
            );
}

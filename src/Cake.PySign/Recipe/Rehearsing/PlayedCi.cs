using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Cake.PySign.Sandbox;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>The CI service that a rehearsal plays, and where its release goes.</summary>
internal enum RehearsedAs
{
    /// <summary>GitLab, to the project's own registries.</summary>
    GitLab,

    /// <summary>GitLab, to PyPI by trusted publishing; signatures in the project's generic registry.</summary>
    GitLabPyPi,

    /// <summary>GitHub, to a registry elsewhere with a deploy token.</summary>
    GitHub,

    /// <summary>GitHub, to PyPI by trusted publishing; signatures in the immutable release of the tag.</summary>
    GitHubPyPi,
}

/// <summary>The pipeline that is played: for which commit of which repository, and how it is set up.</summary>
internal sealed record PlayedPipeline
{
    public required RehearsedAs As { get; init; }

    /// <summary>The repository's path, <c>owner/name</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>Where its remote is.</summary>
    public string? Host { get; init; }

    public required string Commit { get; init; }

    /// <summary>The tag; <see langword="null"/> for a pipeline of the default branch.</summary>
    public string? Tag { get; init; }

    /// <summary>The workflow file of GitHub.</summary>
    public string Workflow { get; init; } = "release.yml";

    /// <summary>The reusable workflow that the jobs are in: <c>owner/name/.github/workflows/file.yml@ref</c>.</summary>
    public string? ReusableWorkflow { get; init; }

    /// <summary>The environment of the jobs that publish as themselves, and of the preflight, which asks the same.</summary>
    public string? Environment { get; init; }

    public bool IsGitHub => As is RehearsedAs.GitHub or RehearsedAs.GitHubPyPi;

    public bool IsPyPi => As is RehearsedAs.GitLabPyPi or RehearsedAs.GitHubPyPi;

    public string Reference => Tag is null ? "refs/heads/main" : $"refs/tags/{Tag}";
}

/// <summary>The sandbox's GitLab or GitHub for a project, with the registries as that flavor has them, and the jobs there.</summary>
/// <param name="sandbox">The running sandbox.</param>
internal sealed class PlayedCi(PySignSandbox sandbox)
{
    private const string DeployUser = "pysign-rehearsal";

    private readonly string _secret = "rehearsal-" + RandomNumberGenerator.GetHexString(32, lowercase: true);

    private Uri Base => sandbox.Info.BaseUrl;

    /// <summary>The registries, once before the first job.</summary>
    public async Task PrepareAsync(PlayedPipeline pipeline, CancellationToken cancellationToken)
    {
        using var http = sandbox.CreateControlClient();
        var (id, path) = (sandbox.Info.GitLab.ProjectId, pipeline.Repository);
        await PostAsync(http, "/_sandbox/projects", new { id, path }, cancellationToken).ConfigureAwait(false);
        if (pipeline.As == RehearsedAs.GitHub)
        {
            object[] credentials =
            [
                new
                {
                    kind = "DeployToken",
                    secret = _secret,
                    userName = DeployUser,
                },
            ];
            await PostAsync(http, "/_sandbox/projects", new { id, credentials }, cancellationToken).ConfigureAwait(false);
        }

        if (pipeline.As == RehearsedAs.GitHubPyPi)
        {
            var release = new
            {
                path,
                token = _secret,
                immutableReleases = true,
            };
            await PostAsync(http, "/_sandbox/github/repositories", release, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The trusted publisher, as a person registers it at PyPI once the project's name is known.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="project">The normalized name of the Python project.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task RegisterAsync(PlayedPipeline pipeline, string project, CancellationToken cancellationToken)
    {
        if (!pipeline.IsPyPi)
        {
            return;
        }

        var publisher = new
        {
            kind = pipeline.IsGitHub ? "GitHub" : "GitLab",
            project,
            repository = pipeline.Repository,
            workflow = pipeline.IsGitHub ? pipeline.Workflow : ".gitlab-ci.yml",
            environment = pipeline.Environment,
            isPending = true,
        };
        using var http = sandbox.CreateControlClient();
        await PostAsync(http, "/_sandbox/pypi", new { publishers = new[] { publisher } }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The variables of one job, with tokens of its own where it has any.</summary>
    public async Task<IReadOnlyDictionary<string, string>> JobAsync(
        PlayedPipeline pipeline,
        PlayedJob played,
        CancellationToken cancellationToken
    )
    {
        var job = pipeline.IsGitHub
            ? await GitHubAsync(pipeline, played, cancellationToken).ConfigureAwait(false)
            : await GitLabAsync(pipeline, played, cancellationToken).ConfigureAwait(false);
        if (pipeline.Host is { } host)
        {
            job[RehearsedOptions.HostVariable] = host;
        }

        if (pipeline.IsPyPi)
        {
            job["PYSIGN_REPOSITORY_URL"] = new Uri(Base, "/legacy/").AbsoluteUri;
            job["PYSIGN_INDEX_URL"] = new Uri(Base, "/simple").AbsoluteUri;
            job["PYSIGN_TRUSTED_PUBLISHING"] = nameof(PySignChoice.Always);
        }

        return job;
    }

    private async Task<Dictionary<string, string>> GitLabAsync(
        PlayedPipeline pipeline,
        PlayedJob played,
        CancellationToken cancellationToken
    )
    {
        Dictionary<string, object> claims = new(StringComparer.Ordinal)
        {
            ["ref"] = pipeline.Tag ?? "main",
            ["ref_type"] = pipeline.Tag is null ? "branch" : "tag",
            ["project_path"] = pipeline.Repository,
            ["sha"] = pipeline.Commit,
        };
        if (EnvironmentOf(pipeline, played) is { } environment)
        {
            claims["environment"] = environment;
            claims["environment_protected"] = "true";
            claims["deployment_tier"] = "production";
        }

        var job = new Dictionary<string, string>(
            await sandbox.GitLabJobAsync(claims, cancellationToken).ConfigureAwait(false),
            StringComparer.Ordinal
        );
        if (!played.SignsAsItself)
        {
            // Only a job with id_tokens has one.
            job.Remove("SIGSTORE_ID_TOKEN");
        }

        if (pipeline.IsPyPi && played.PublishesAsItself)
        {
            claims["aud"] = "pypi";
            job["PYPI_ID_TOKEN"] = await sandbox.MintGitLabTokenAsync(claims, cancellationToken).ConfigureAwait(false);
        }

        return job;
    }

    /// <summary>What every job of GitHub finds in its environment.</summary>
    private Dictionary<string, string> GitHubVariables(PlayedPipeline pipeline, string workflow) =>
        new(StringComparer.Ordinal)
        {
            ["CI"] = "true",
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_REPOSITORY"] = pipeline.Repository,
            ["GITHUB_REF"] = pipeline.Reference,
            ["GITHUB_REF_NAME"] = pipeline.Tag ?? "main",
            ["GITHUB_REF_TYPE"] = pipeline.Tag is null ? "branch" : "tag",
            ["GITHUB_REF_PROTECTED"] = "true",
            ["GITHUB_EVENT_NAME"] = "push",
            ["GITHUB_SHA"] = pipeline.Commit,
            ["GITHUB_SERVER_URL"] = "https://github.com",
            ["GITHUB_API_URL"] = new Uri(Base, "/api/v3").AbsoluteUri,
            ["GITHUB_WORKFLOW_REF"] = workflow,
        };

    private async Task<Dictionary<string, string>> GitHubAsync(
        PlayedPipeline pipeline,
        PlayedJob played,
        CancellationToken cancellationToken
    )
    {
        using var http = sandbox.CreateControlClient();
        var workflow = $"{pipeline.Repository}/.github/workflows/{pipeline.Workflow}@{pipeline.Reference}";
        using var claims = await http.PutAsJsonAsync(
                new Uri(Base, "/_sandbox/github/claims"),
                GitHubClaims(pipeline, workflow, EnvironmentOf(pipeline, played)),
                cancellationToken
            )
            .ConfigureAwait(false);
        Require(claims, "/_sandbox/github/claims");
        var info = await http.GetFromJsonAsync<JsonElement>(new Uri(Base, "/_sandbox/info"), cancellationToken).ConfigureAwait(false);
        var gitHub = info.GetProperty("github");
        var job = GitHubVariables(pipeline, workflow);
        job["PYSIGN_CERTIFICATE_OIDC_ISSUER"] = gitHub.GetProperty("issuer").GetString()!;
        if (played.SignsAsItself || (pipeline.IsPyPi && played.PublishesAsItself))
        {
            job["ACTIONS_ID_TOKEN_REQUEST_URL"] = gitHub.GetProperty("requestUrl").GetString()!;
            job["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = gitHub.GetProperty("requestToken").GetString()!;
        }

        if (played.Uploads)
        {
            job["PYSIGN_GENERIC_TOKEN"] = _secret;
        }

        AddStore(job, pipeline, played);
        return job;
    }

    /// <summary>Where a GitHub workflow keeps signatures and publishes: its own release, else a GitLab project's registries.</summary>
    private void AddStore(Dictionary<string, string> job, PlayedPipeline pipeline, PlayedJob played)
    {
        if (pipeline.As == RehearsedAs.GitHubPyPi)
        {
            job["PYSIGN_GENERIC_KIND"] = nameof(StoreKind.GitHubRelease);
            return;
        }

        job["PYSIGN_REPOSITORY_URL"] = sandbox.Info.GitLab.PyPiUrl.AbsoluteUri;
        job["PYSIGN_GENERIC_URL"] = sandbox.Info.GitLab.GenericUrl.AbsoluteUri;
        if (played.Uploads)
        {
            job["PYSIGN_GENERIC_TOKEN_KIND"] = nameof(StoreTokenKind.DeployToken);
            job["TWINE_USERNAME"] = DeployUser;
            job["TWINE_PASSWORD"] = _secret;
        }
    }

    /// <summary>Those jobs are in an environment whose publisher is registered with it.</summary>
    private static string? EnvironmentOf(PlayedPipeline pipeline, PlayedJob job) => job.PublishesAsItself ? pipeline.Environment : null;

    private static Dictionary<string, string> GitHubClaims(PlayedPipeline pipeline, string workflow, string? environment)
    {
        var claims = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["repository"] = pipeline.Repository,
            ["ref"] = pipeline.Reference,
            ["sha"] = pipeline.Commit,
            ["workflow_ref"] = workflow,
        };
        if (pipeline.ReusableWorkflow is { } called)
        {
            claims["job_workflow_ref"] = called;
        }

        if (environment is not null)
        {
            claims["environment"] = environment;
            claims["sub"] = $"repo:{pipeline.Repository}:environment:{environment}";
        }

        return claims;
    }

    private async Task PostAsync(HttpClient http, string path, object body, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync(new Uri(Base, path), body, cancellationToken).ConfigureAwait(false);
        Require(answer, path);
    }

    private static void Require(HttpResponseMessage answer, string path)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw new PySignException(
                PySignFailure.SandboxFailed,
                $"The sandbox does not take {path}: it answered {(int)answer.StatusCode}."
            );
        }
    }
}

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

/// <summary>A job of the sandbox's GitLab or GitHub for a project, with the registries as that flavour has them.</summary>
/// <param name="sandbox">The running sandbox.</param>
/// <param name="flavour">Which CI service, and where to.</param>
/// <param name="repository">The project's path, <c>owner/name</c>.</param>
/// <param name="project">The normalized name of the Python project.</param>
internal sealed class PlayedCi(PySignSandbox sandbox, RehearsedAs flavour, string repository, string project)
{
    private const string DeployUser = "pysign-rehearsal";

    private readonly string _secret = "rehearsal-" + RandomNumberGenerator.GetHexString(32, lowercase: true);

    private Uri Base => sandbox.Info.BaseUrl;

    private bool IsGitHub => flavour is RehearsedAs.GitHub or RehearsedAs.GitHubPyPi;

    private bool IsPyPi => flavour is RehearsedAs.GitLabPyPi or RehearsedAs.GitHubPyPi;

    /// <summary>The registries, once before the first job.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        using var http = sandbox.CreateControlClient();
        var id = sandbox.Info.GitLab.ProjectId;
        await PostAsync(http, "/_sandbox/projects", new { id, path = repository }, cancellationToken).ConfigureAwait(false);
        if (flavour == RehearsedAs.GitHub)
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

        if (flavour == RehearsedAs.GitHubPyPi)
        {
            var release = new
            {
                path = repository,
                token = _secret,
                immutableReleases = true,
            };
            await PostAsync(http, "/_sandbox/github/repositories", release, cancellationToken).ConfigureAwait(false);
        }

        if (IsPyPi)
        {
            var publisher = new
            {
                kind = IsGitHub ? "GitHub" : "GitLab",
                project,
                repository,
                workflow = IsGitHub ? "release.yml" : ".gitlab-ci.yml",
                isPending = true,
            };
            await PostAsync(http, "/_sandbox/pypi", new { publishers = new[] { publisher } }, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The variables of one job for a tag, with tokens of its own.</summary>
    public async Task<IReadOnlyDictionary<string, string>> JobAsync(string tag, CancellationToken cancellationToken)
    {
        var job = IsGitHub
            ? await GitHubAsync(tag, cancellationToken).ConfigureAwait(false)
            : await GitLabAsync(tag, cancellationToken).ConfigureAwait(false);
        job["PYSIGN_REHEARSAL"] = "true";
        if (IsPyPi)
        {
            job["PYSIGN_REPOSITORY_URL"] = new Uri(Base, "/legacy/").AbsoluteUri;
            job["PYSIGN_INDEX_URL"] = new Uri(Base, "/simple").AbsoluteUri;
            job["PYSIGN_TRUSTED_PUBLISHING"] = nameof(ReleaseChoice.Always);
        }

        return job;
    }

    private async Task<Dictionary<string, string>> GitLabAsync(string tag, CancellationToken cancellationToken)
    {
        Dictionary<string, object> claims = new(StringComparer.Ordinal)
        {
            ["ref"] = tag,
            ["ref_type"] = "tag",
            ["project_path"] = repository,
        };
        var job = new Dictionary<string, string>(
            await sandbox.GitLabJobAsync(claims, cancellationToken).ConfigureAwait(false),
            StringComparer.Ordinal
        );
        if (IsPyPi)
        {
            claims["aud"] = "pypi";
            job["PYPI_ID_TOKEN"] = await sandbox.MintGitLabTokenAsync(claims, cancellationToken).ConfigureAwait(false);
        }

        return job;
    }

    private async Task<Dictionary<string, string>> GitHubAsync(string tag, CancellationToken cancellationToken)
    {
        using var http = sandbox.CreateControlClient();
        using var claims = await http.PutAsJsonAsync(
                new Uri(Base, "/_sandbox/github/claims"),
                new Dictionary<string, string>(StringComparer.Ordinal) { ["repository"] = repository, ["ref"] = $"refs/tags/{tag}" },
                cancellationToken
            )
            .ConfigureAwait(false);
        Require(claims, "/_sandbox/github/claims");
        var info = await http.GetFromJsonAsync<JsonElement>(new Uri(Base, "/_sandbox/info"), cancellationToken).ConfigureAwait(false);
        var gitHub = info.GetProperty("github");
        var job = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CI"] = "true",
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_REPOSITORY"] = repository,
            ["GITHUB_REF"] = $"refs/tags/{tag}",
            ["GITHUB_REF_NAME"] = tag,
            ["GITHUB_REF_TYPE"] = "tag",
            ["GITHUB_REF_PROTECTED"] = "true",
            ["GITHUB_EVENT_NAME"] = "push",
            ["GITHUB_SHA"] = "714a629c0b401fdce83e847fc9589983fc6f46bc",
            ["GITHUB_SERVER_URL"] = "https://github.com",
            ["GITHUB_API_URL"] = new Uri(Base, "/api/v3").AbsoluteUri,
            ["GITHUB_WORKFLOW_REF"] = $"{repository}/.github/workflows/release.yml@refs/tags/{tag}",
            ["ACTIONS_ID_TOKEN_REQUEST_URL"] = gitHub.GetProperty("requestUrl").GetString()!,
            ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = gitHub.GetProperty("requestToken").GetString()!,
            ["PYSIGN_CERTIFICATE_OIDC_ISSUER"] = gitHub.GetProperty("issuer").GetString()!,
            ["PYSIGN_GENERIC_TOKEN"] = _secret,
        };
        if (flavour == RehearsedAs.GitHubPyPi)
        {
            job["PYSIGN_GENERIC_KIND"] = nameof(StoreKind.GitHubRelease);
            return job;
        }

        job["PYSIGN_REPOSITORY_URL"] = sandbox.Info.GitLab.PyPIUrl.AbsoluteUri;
        job["PYSIGN_GENERIC_URL"] = sandbox.Info.GitLab.GenericUrl.AbsoluteUri;
        job["PYSIGN_GENERIC_TOKEN_KIND"] = nameof(StoreTokenKind.DeployToken);
        job["TWINE_USERNAME"] = DeployUser;
        job["TWINE_PASSWORD"] = _secret;
        return job;
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

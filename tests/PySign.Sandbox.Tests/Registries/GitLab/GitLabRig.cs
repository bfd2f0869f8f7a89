using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
using PySign.Sandbox.Registries.GitLab;

namespace PySign.Sandbox.Tests.Registries.GitLab;

/// <summary>A GitLab in memory with one project, and callers of every kind.</summary>
internal sealed class GitLabRig : IAsyncDisposable
{
    public const string JobToken = "job-token-0001";
    public const string AccessToken = "glpat-0002";
    public const string DeployToken = "deploy-0003";
    public const string GuestToken = "guest-0004";
    public const string ReporterToken = "reporter-0005";
    public const string StrangerToken = "stranger-0006";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gitlab");
    private readonly WebApplication _app;

    private GitLabRig(GitLabProjectOptions options)
    {
        Instance = new GitLabInstance(_folder.FullName);
        Instance.Configure(options);
        Instance.Configure(
            new GitLabProjectOptions
            {
                Id = 99,
                Path = "other/place",
                Credentials = [new(CredentialKind.AccessToken, StrangerToken)],
            }
        );
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        _app = builder.Build();
        GitLabRoutes.Map(_app, Instance);
    }

    public GitLabInstance Instance { get; }

    public static GitLabProjectOptions Project { get; } =
        new()
        {
            Id = 42,
            Path = "acme/demo",
            RequestForwarding = false,
            Credentials =
            [
                new(CredentialKind.JobToken, JobToken),
                new(CredentialKind.AccessToken, AccessToken),
                new(CredentialKind.DeployToken, DeployToken, AccessLevel.Developer, "deployer"),
                new(CredentialKind.AccessToken, GuestToken, AccessLevel.Guest),
                new(CredentialKind.AccessToken, ReporterToken, AccessLevel.Reporter),
            ],
        };

    public static async Task<GitLabRig> Start(GitLabProjectOptions? options = null)
    {
        var rig = new GitLabRig(options ?? Project);
        await rig._app.StartAsync();
        return rig;
    }

    public HttpClient Client(string? user = null, string? password = null)
    {
        var client = _app.GetTestClient();
        if (user is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))
            );
        }

        return client;
    }

    public HttpClient Job() => Client("gitlab-ci-token", JobToken);

    public HttpClient WithHeader(string header, string token)
    {
        var client = _app.GetTestClient();
        client.DefaultRequestHeaders.Add(header, token);
        return client;
    }

    public static MultipartFormDataContent Form(
        string fileName,
        byte[] content,
        string? name = "Demo.Pkg",
        string? version = "1.0.0",
        string? sha256 = null
    )
    {
        var form = new MultipartFormDataContent { { new StringContent("file_upload"), ":action" } };
        if (name is not null)
        {
            form.Add(new StringContent(name), "name");
        }

        if (version is not null)
        {
            form.Add(new StringContent(version), "version");
        }

        if (sha256 is not null)
        {
            form.Add(new StringContent(sha256), "sha256_digest");
        }

        form.Add(new StringContent(">=3.8"), "requires_python");
        form.Add(new StringContent("[]"), "attestations");
        form.Add(new ByteArrayContent(content), "content", fileName);
        return form;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

internal static class Answers
{
    public static async Task MustBe(this Task<HttpResponseMessage> pending, int status, string? body = null)
    {
        using var response = await pending;
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode == status, $"expected {status}, was {(int)response.StatusCode}: {text}");
        if (body is not null)
        {
            Assert.Equal(body, text);
        }
    }
}

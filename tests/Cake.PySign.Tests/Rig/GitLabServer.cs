using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PySign.Sandbox.Registries.GitLab;

namespace Cake.PySign.Tests.Rig;

/// <summary>The sandbox's registries on a free loopback port of the test's own process: real twine can reach them, and a test can see
/// inside.</summary>
internal sealed class GitLabServer : IAsyncDisposable
{
    public const string JobToken = "canary-job-token-0123456789";
    public const string DeployToken = "canary-deploy-token-0123456789";

    private readonly WebApplication _app;

    private GitLabServer(WebApplication app, GitLabInstance instance, Uri baseUrl)
    {
        _app = app;
        Instance = instance;
        BaseUrl = baseUrl;
    }

    public GitLabInstance Instance { get; }

    public Uri BaseUrl { get; }

    /// <summary>Requests as "METHOD path", in order.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Answers a request instead of the registries, or lets it pass by returning <see langword="false"/>.</summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; set; }

    public Uri PyPI => new(BaseUrl, "/api/v4/projects/42/packages/pypi");

    public Uri Simple => new(BaseUrl, "/api/v4/projects/42/packages/pypi/simple");

    public Uri Generic => new(BaseUrl, "/api/v4/projects/42/packages/generic");

    /// <param name="folder">Keeps what is published.</param>
    /// <param name="configure">Changes the project.</param>
    /// <param name="certificate">Serves https instead, with this certificate.</param>
    public static async Task<GitLabServer> StartAsync(
        TemporaryFolder folder,
        Func<GitLabProjectOptions, GitLabProjectOptions>? configure = null,
        X509Certificate2? certificate = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    if (certificate is not null)
                    {
                        listen.UseHttps(certificate);
                    }
                }
            )
        );
        var app = builder.Build();
        var instance = new GitLabInstance(folder.Folder("server").FullPath);
        var options = new GitLabProjectOptions
        {
            Id = 42,
            Path = "acme/hello-pysign",
            Credentials = [new(CredentialKind.JobToken, JobToken), new(CredentialKind.DeployToken, DeployToken, UserName: "deploy")],
        };
        instance.Configure(configure?.Invoke(options) ?? options);
        GitLabServer? self = null;
        app.Use(
            async (context, next) =>
            {
                self!.Requests.Enqueue($"{context.Request.Method} {context.Request.Path}");
                if (self.Intercept is null || !await self.Intercept(context))
                {
                    await next(context);
                }
            }
        );
        GitLabRoutes.Map(app, instance);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return self = new GitLabServer(
            app,
            instance,
            new Uri(certificate is null ? address : address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal))
        );
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}

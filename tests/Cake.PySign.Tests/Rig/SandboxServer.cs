using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PySign.Sandbox.Hosting;

namespace Cake.PySign.Tests.Rig;

/// <summary>The whole sandbox on a free loopback port of the test's own process: real programs reach it, and a test sees inside.</summary>
internal sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SandboxServer(WebApplication app) => _app = app;

    public SandboxServices Services => _app.Services.GetRequiredService<SandboxServices>();

    public Uri BaseUrl => new(Services.BaseUrl);

    /// <summary>Requests as "METHOD host path", with the names of the headers that carry credentials.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<SandboxServer> StartAsync(TemporaryFolder folder)
    {
        SandboxServer? self = null;
        var app = SandboxApplication.Build(
            new SandboxOptions { StateDirectory = folder.Folder("sandbox").FullPath },
            builder => builder.Services.AddSingleton<Microsoft.AspNetCore.Hosting.IStartupFilter>(new Recorder(line => self!.Requests.Enqueue(line))));
        self = new SandboxServer(app);
        await app.StartAsync();
        self.Services.BaseUrl = app.Urls.Single();
        return self;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private sealed class Recorder(Action<string> record) : Microsoft.AspNetCore.Hosting.IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (HttpContext context, RequestDelegate following) =>
            {
                record($"{context.Request.Method} {context.Request.Host.Host} {context.Request.Path}{(context.Request.Headers.Authorization.Count > 0 ? " Authorization" : "")}");
                await following(context);
            });
            next(app);
        };
    }
}

using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PySign.Sandbox.Application;
using PySign.Sandbox.Hosting;

namespace Cake.PySign.Tests.Rig;

/// <summary>The whole sandbox on a free loopback port of the test's own process: real programs reach it, and a test sees inside.</summary>
internal sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private readonly LentRsaKeys _keys;

    private SandboxServer(WebApplication app, LentRsaKeys keys) => (_app, _keys) = (app, keys);

    public SandboxServices Services => _app.Services.GetRequiredService<SandboxServices>();

    public Uri BaseUrl => new(Services.BaseUrl);

    /// <summary>Requests as "METHOD host path", with the names of the headers that carry credentials.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Requests { get; } = new();

    /// <param name="folder">Keeps the sandbox's state.</param>
    /// <param name="certificate">Serves https as well, and calls itself by that address.</param>
    public static async Task<SandboxServer> StartAsync(TemporaryFolder folder, X509Certificate2? certificate = null)
    {
        SandboxServer? self = null;
        var keys = new LentRsaKeys();
        var app = SandboxApplication.Build(
            new SandboxOptions { StateDirectory = folder.Folder("sandbox").FullPath, IssuerKey = keys.Next },
            builder =>
            {
                builder.Services.AddSingleton<IStartupFilter>(new Recorder(line => self!.Requests.Enqueue(line)));
                if (certificate is not null)
                {
                    builder.WebHost.ConfigureKestrel(kestrel =>
                        kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate))
                    );
                }
            }
        );
        self = new SandboxServer(app, keys);
        await app.StartAsync();
        self.Services.BaseUrl = certificate is null
            ? app.Urls.Single()
            : app
                .Urls.Single(url => url.StartsWith("https:", StringComparison.Ordinal))
                .Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        return self;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _keys.Dispose();
    }

    private sealed class Recorder(Action<string> record) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    async (HttpContext context, RequestDelegate following) =>
                    {
                        record(
                            $"{context.Request.Method} {context.Request.Host.Host} "
                                + $"{context.Request.Path}{(context.Request.Headers.Authorization.Count > 0 ? " Authorization" : "")}"
                        );
                        await following(context);
                    }
                );
                next(app);
            };
    }
}

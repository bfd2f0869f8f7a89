using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PySign.TestKit;

/// <summary>An https server on loopback with a certificate of the test's choice.</summary>
public sealed class TlsServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TlsServer(WebApplication app) => _app = app;

    /// <summary>Requests as "METHOD host path authorization".</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public int Port => new Uri(_app.Urls.Single()).Port;

    /// <summary>By name: certificates are for names.</summary>
    public Uri Url => new($"https://localhost:{Port}/");

    public static async Task<TlsServer> StartAsync(
        X509Certificate2 certificate,
        X509Certificate2? intermediate = null,
        RequestDelegate? answer = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificate = certificate;
                        https.ServerCertificateChain = intermediate is null ? [] : [intermediate];
                    })
            )
        );
        var app = builder.Build();
        var self = new TlsServer(app);
        app.Run(context =>
        {
            self.Requests.Enqueue(
                $"{context.Request.Method} {context.Request.Host.Host} {context.Request.Path} "
                    + $"{context.Request.Headers.Authorization}".TrimEnd()
            );
            return answer?.Invoke(context) ?? context.Response.WriteAsync("hello");
        });
        await app.StartAsync();
        return self;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}

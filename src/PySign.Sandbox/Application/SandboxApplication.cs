using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PySign.Sandbox.Control;
using PySign.Sandbox.Faults;
using PySign.Sandbox.Fulcio;
using PySign.Sandbox.Hosting;
using PySign.Sandbox.Oidc;
using PySign.Sandbox.Registries.GitHub;
using PySign.Sandbox.Registries.GitLab;
using PySign.Sandbox.Registries.PyPi;
using PySign.Sandbox.Timestamps;
using PySign.Sandbox.Transparency;
using PySign.Sandbox.Trust;

namespace PySign.Sandbox.Application;

/// <summary>Puts the sandbox's services behind one web application.</summary>
public static class SandboxApplication
{
    /// <summary>Builds a sandbox that listens on 127.0.0.1, or in memory when <paramref name="configure"/> uses a test server.</summary>
    /// <returns>The application; its services hold <see cref="SandboxServices"/>.</returns>
    public static WebApplication Build(SandboxOptions options, Action<WebApplicationBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Logging.ClearProviders();
        if (options.Verbose)
        {
            builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole();
        }

        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Listen(System.Net.IPAddress.Loopback, options.Port);
        });
        builder.Services.AddSingleton(_ => new SandboxServices(options));
        configure?.Invoke(builder);

        var app = builder.Build();
        var services = app.Services.GetRequiredService<SandboxServices>();
        app.Use(next => context => ObserveAsync(context, services, next));
        app.UseRouting();
        app.Use(next => context => ControlGate.InvokeAsync(context, services.ControlToken, next));
        OidcRoutes.Map(app, services.Oidc);
        new DeviceRoutes(services.Oidc, services.Devices).Map(app);
        new FulcioRoutes(services.Fulcio, services.Oidc, services.Faults, options.Instance.GitLabByName).Map(app);
        new RekorV1Routes(services.RekorV1, services.Faults).Map(app);
        new RekorV2Routes(services.RekorV2, SandboxService.RekorV2, "", services.Faults).Map(app);
        new RekorV2Routes(services.RekorV2Ecdsa, SandboxService.RekorV2Ecdsa, "/rekor-v2-ecdsa", services.Faults).Map(app);
        new TimestampRoutes(services.Timestamps, services.RetiredTimestamps, services.Faults, options.Time).Map(app);
        new TufRoutes(services.Tuf, services.Faults).Map(app);
        GitLabRoutes.Map(app, services.GitLab);
        GitHubRoutes.Map(app, services.GitHub);
        PyPiEndpoints.Map(app, services.PyPi, services.Oidc, options.Time);
        services.Store.Map(app);
        new RegistryRoutes(services).Map(app);
        new ProjectRoutes(services).Map(app);
        new ControlRoutes(services, app.Lifetime).Map(app);
        return app;
    }

    private static async Task ObserveAsync(HttpContext context, SandboxServices services, RequestDelegate next)
    {
        await FaultMiddleware.InvokeAsync(context, services.Faults, next);
        services.Requests.Add(
            SandboxService.Of(context.Request.Path),
            context.Request.Method,
            context.Request.Path.Value ?? "",
            context.Response.StatusCode
        );
    }
}

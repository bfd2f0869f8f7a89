using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PySign.Sandbox.Hosting;

namespace PySign.Sandbox.Application;

/// <summary>The program: listen, write the materials, say so, and end when told to.</summary>
internal static class SandboxProcess
{
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    public static async Task RunAsync(SandboxOptions options)
    {
        // Who chose the port may ask before the line after StartAsync has run; nobody can know a free port that early.
        var chosen =
            options.Port == 0
                ? options
                : options with
                {
                    BaseUrl = $"http://127.0.0.1:{options.Port.ToString(CultureInfo.InvariantCulture)}",
                };
        await using var app = SandboxApplication.Build(chosen);
        var services = app.Services.GetRequiredService<SandboxServices>();
        await app.StartAsync();
        services.BaseUrl = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        MaterialFiles.Write(services);
        if (options.ReadyFile is { } ready)
        {
            MaterialFiles.WriteAtomically(ready, ReadyDocument.Create(services).ToJsonString(_indented), secret: true);
        }

        var watch = options.ParentProcessId is { } parent ? ParentWatch.WatchAsync(parent, app.Lifetime) : Task.CompletedTask;
        await Console.Out.WriteLineAsync($"PySign sandbox listens on {services.BaseUrl} (state in {services.StateDirectory})");
        await app.WaitForShutdownAsync();
        await watch;
    }
}

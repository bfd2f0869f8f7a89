using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
using PySign.Sandbox.Registries.GitLab;

namespace Cake.PySign.Tests.Rig;

/// <summary>The sandbox's GitLab in memory for all tests of a class, which run one after the other: building its routes costs more than a
/// test.</summary>
public sealed class GitLabHost : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private WebApplication? _app;

    public GitLabInstance Instance { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        _app = builder.Build();
        Instance = new GitLabInstance(_folder.Path);
        GitLabRoutes.Map(_app, Instance);
        await _app.StartAsync();
    }

    /// <summary>A new way to the server.</summary>
    public HttpMessageHandler Handler() => _app!.GetTestServer().CreateHandler();

    public async ValueTask DisposeAsync()
    {
        await _app!.DisposeAsync();
        _folder.Dispose();
    }
}

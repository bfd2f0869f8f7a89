using System.Net.Http.Json;
using System.Text.Json;
using Cake.PySign.Sandbox;

namespace Cake.PySign.Tests.Rig;

/// <summary>A sandbox for the tests of one class that set how its registries answer: one process, as new for each of them.</summary>
public sealed class OwnSandbox : IAsyncDisposable
{
    private readonly SandboxFixture _fixture = new();

    /// <summary>The sandbox without anything that an earlier test has left or set.</summary>
    public async Task<PySignSandbox> FreshAsync()
    {
        var sandbox = await _fixture.Sandbox;
        await PostAsync(sandbox, "/_sandbox/reset", new { });
        return sandbox;
    }

    public static async Task PostAsync(PySignSandbox sandbox, string path, object body)
    {
        using var http = sandbox.CreateControlClient();
        using var answer = await http.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{path} {(int)answer.StatusCode}");
    }

    /// <summary>What the logs hold, to be compared with what they hold later.</summary>
    public static async Task<string> LogsAsync(PySignSandbox sandbox)
    {
        using var http = sandbox.CreateControlClient();
        var state = await http.GetFromJsonAsync<JsonElement>("/_sandbox/state", TestContext.Current.CancellationToken);
        return state.GetProperty("logs").ToString();
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}

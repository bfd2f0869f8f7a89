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

/// <summary>A private instance of Sigstore as it is usually installed, and a self-managed GitLab that it knows.</summary>
public sealed class PrivateSandbox : IAsyncDisposable
{
    internal SandboxFixture Fixture { get; } = new(isPrivate: true);

    /// <summary>The sandbox, in which Fulcio behaves as it is asked to.</summary>
    public async Task<PySignSandbox> WithAsync(params string[] kinds)
    {
        var sandbox = await Fixture.Sandbox;
        using (var http = sandbox.CreateControlClient())
        {
            using var cleared = await http.DeleteAsync("/_sandbox/faults", TestContext.Current.CancellationToken);
            cleared.EnsureSuccessStatusCode();
        }

        foreach (var kind in kinds)
        {
            await OwnSandbox.PostAsync(
                sandbox,
                "/_sandbox/faults",
                new
                {
                    service = "fulcio",
                    kind,
                    times = -1,
                }
            );
        }

        return sandbox;
    }

    public ValueTask DisposeAsync() => Fixture.DisposeAsync();
}

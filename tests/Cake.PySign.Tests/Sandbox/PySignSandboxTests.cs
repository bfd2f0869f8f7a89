using Cake.PySign.Sandbox;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Sandbox;

public sealed class PySignSandboxTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task It_starts_listens_and_is_gone_when_disposed()
    {
        Uri address;
        string trustedRoot;
        await using (
            var sandbox = await _rig.Context.StartPySignSandbox(
                new StartPySignSandboxSettings { StartTimeout = TimeSpan.FromMinutes(2) },
                Token
            )
        )
        {
            address = sandbox.Info.BaseUrl;
            trustedRoot = sandbox.Info.TrustedRoot.FullPath;
            Assert.True(address.IsLoopback);
            Assert.True(File.Exists(trustedRoot));
            Assert.Equal(2, (await sandbox.MintGitLabTokenAsync(cancellationToken: Token)).Count(c => c == '.'));
            Assert.Equal(2, (await sandbox.MintGitHubTokenAsync(cancellationToken: Token)).Count(c => c == '.'));
            Assert.DoesNotContain(sandbox.JobToken, _rig.Log.Text, StringComparison.Ordinal);
            await Its_control_interface_answers_its_starter_alone(sandbox);
        }

        Assert.False(File.Exists(trustedRoot));
        using var http = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(address, Token));
    }

    [Fact]
    public async Task A_program_that_dies_is_reported_with_its_last_words()
    {
        var program = _rig.Folder.Write("broken/PySign.Sandbox.dll", "no program");
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            _rig.Context.StartPySignSandbox(
                new StartPySignSandboxSettings { Program = program, StartTimeout = TimeSpan.FromMinutes(2) },
                Token
            )
        );
        Assert.Equal(PySignFailure.SandboxFailed, e.Reason);
        Assert.Contains("exit code", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_without_ASP_NET_Core_is_told_what_to_install()
    {
        var program = _rig.Folder.Write("PySign.Sandbox.dll", "");
        var runner = new FakeChildProcessRunner(_ =>
            FakeChildProcessRunner.Result(
                150,
                "You must install or update .NET to run this application.",
                "Framework: 'Microsoft.AspNetCore.App', version '10.0.0' (x64)",
                "No frameworks were found."
            )
        );
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            new SandboxStarter(_rig.Services(processes: runner)).StartAsync(new StartPySignSandboxSettings { Program = program }, Token)
        );
        Assert.Contains("ASP.NET Core", e.Message, StringComparison.Ordinal);
        Assert.Contains("Install", e.Advice, StringComparison.Ordinal);
        var start = Assert.Single(runner.Starts);
        Assert.Equal(
            $"{program} --port 0 --state {start.WorkingDirectory}/state --ready-file {start.WorkingDirectory}/ready.json --parent-pid "
                + $"{Environment.ProcessId}",
            string.Join(' ', start.Arguments)
        );
    }

    [Fact]
    public async Task A_path_that_names_no_program_is_an_error()
    {
        _rig.Environment.Variables["PYSIGN_SANDBOX"] = "nowhere/PySign.Sandbox.dll";
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.StartPySignSandbox(new StartPySignSandboxSettings(), Token));
        Assert.Contains("PYSIGN_SANDBOX", e.Message, StringComparison.Ordinal);
    }

    private async Task Its_control_interface_answers_its_starter_alone(PySignSandbox sandbox)
    {
        using var stranger = new HttpClient { BaseAddress = sandbox.Info.BaseUrl };
        foreach (var path in new[] { "/_sandbox/info", "/_sandbox/state" })
        {
            using var refused = await stranger.GetAsync(path, Token);
            Assert.Equal(401, (int)refused.StatusCode);
        }

        using var control = sandbox.CreateControlClient();
        var info = await control.GetStringAsync("/_sandbox/info", Token);
        var token = control.DefaultRequestHeaders.Authorization!.Parameter!;
        Assert.Contains(token, info, StringComparison.Ordinal);
        Assert.DoesNotContain(token, _rig.Log.Text, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}

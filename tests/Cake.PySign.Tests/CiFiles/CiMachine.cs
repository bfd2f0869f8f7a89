using Cake.PySign.Sandbox;
using Cake.PySign.Tests.Package;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>
/// A CI machine that has been set up already, so the commands that would set it up (apt-get, pip) do nothing here. It keeps caches between
/// its pipelines, those of packages and of compiled scripts; and the GitLab file's build job is played once for all pipelines that begin
/// with it.
/// </summary>
public sealed class CiMachine : IAsyncLifetime
{
    private const string Python = "\"${PYSIGN_PYTHON:-/usr/bin/python3}\"";

    // Tools are there; a wheel is built by the machine's own build, and installing it leaves it where the tests look.
    private const string Pip =
        $"[ \"$1\" = wheel ] && exec {Python} -m build --wheel --no-isolation --outdir \"$5\" \"$6\"\n"
        + $"for one; do case $one in *.whl) {Python} -m zipfile -e \"$one\" .cache/tests;; esac; done";

    private readonly TemporaryFolder _folder = new();
    private readonly SandboxFixture _sandbox;
    private readonly PackedOnce _packed;
    private readonly Lazy<Task<(string Artifacts, string Output)>> _built;
    private PySignSandbox? _started;
    private PackedAddin? _addin;
    private JobRunner? _builder;
    private JobRunner? _player;
    private Task<GitHubWorkflow>? _played;

    public CiMachine(SandboxFixture sandbox, PackedOnce packed)
    {
        (_sandbox, _packed) = (sandbox, packed);
        _built = new(BuildAsync);
        foreach (var (name, script) in new[] { ("apt-get", "exit 0"), ("pip", Pip), ("python3", $"exec {Python} \"$@\"") })
        {
            var path = _folder.Write($"bin/{name}", $"#!/bin/sh\n{script}\n").FullPath;
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
    }

    public PySignSandbox Sandbox => _started ?? throw new InvalidOperationException("Not started yet.");

    public PackedAddin Addin => _addin ?? throw new InvalidOperationException("Not packed yet.");

    public string Root => _folder.Path;

    public string Programs => Path.Combine(Root, "bin");

    /// <summary>What the machine's owner has set for every job.</summary>
    public IReadOnlyDictionary<string, string> Variables =>
        new Dictionary<string, string>
        {
            ["CAKE_NUGET_SOURCE"] = Addin.Feed,
            ["CAKE_SETTINGS_ENABLESCRIPTCACHE"] = "true",
            ["CAKE_PATHS_CACHE"] = Path.Combine(Root, "scripts"),
        };

    /// <summary>What a GitLab job is told of the sandbox's Sigstore.</summary>
    public IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string>
        {
            ["PYSIGN_TRUSTED_ROOT"] = Sandbox.Info.TrustedRoot.FullPath,
            ["PYSIGN_SIGNING_CONFIG"] = Sandbox.Info.SigningConfig.FullPath,
        };

    /// <summary>What the GitLab file's build job handed on, and what it printed.</summary>
    public Task<(string Artifacts, string Output)> BuiltAsync() => _built.Value;

    /// <summary>Plays what several tests begin with; the first of them that asks does it.</summary>
    internal Task<GitHubWorkflow> PlayOnceAsync(Func<JobRunner, Task<GitHubWorkflow>> play) =>
        _played ??= play(_player = new JobRunner(this));

    public async ValueTask InitializeAsync() => (_started, _addin) = (await _sandbox.Sandbox, await _packed.Addin);

    public ValueTask DisposeAsync()
    {
        _builder?.Dispose();
        _player?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<(string Artifacts, string Output)> BuildAsync()
    {
        _builder = new JobRunner(this);
        var pipeline = new GitLabPipeline(PlayedCiFileTests.GitLabFile(), _builder, Sandbox);
        var exit = await pipeline.RunAsync("build", Settings, TestContext.Current.CancellationToken);
        Assert.True(exit == 0, $"build ended with {exit}:\n{_builder.Output}");
        return (pipeline.Artifacts("build"), _builder.Output);
    }
}

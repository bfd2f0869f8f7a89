using System.Collections.Concurrent;
using System.IO.Compression;
using Cake.Core.Diagnostics;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Processes;
using Cake.PySign.Tests.Rig;
using PySign.Http;

namespace Cake.PySign.Tests.Test;

/// <summary>Starts everything for real but pip, whose work for a pure wheel takes it seconds: the wheel is unpacked instead.</summary>
internal sealed class UnpackingRunner(CakeRig rig) : IChildProcessRunner
{
    private readonly ChildProcessRunner _real = new(new SafeLog(rig.Log, new SecretRedactor()), rig.Environment, TimeProvider.System);

    /// <summary>pip's answer when it is asked for more than the wheel.</summary>
    public Func<ChildProcessStart, ChildProcessResult> Requirements { get; set; } = _ => FakeChildProcessRunner.Result(0);

    public ConcurrentQueue<ChildProcessStart> Installs { get; } = new();

    public Task<ChildProcessResult> RunAsync(ChildProcessStart start, CancellationToken cancellationToken)
    {
        CommonSecrets.RequireNone(start);
        if (!start.Arguments.Contains("pip") || !start.Arguments.Contains("install"))
        {
            return _real.RunAsync(start, cancellationToken);
        }

        Assert.Equal(Verbosity.Verbose, start.OutputVerbosity);
        Installs.Enqueue(start);
        if (!start.Arguments.Contains("--no-deps"))
        {
            return Task.FromResult(Requirements(start));
        }

        var site = Directory.GetDirectories(
            Path.Combine(start.WorkingDirectory.FullPath, "env"),
            "site-packages",
            SearchOption.AllDirectories
        );
        ZipFile.ExtractToDirectory(start.Arguments[^1], site.First(path => new DirectoryInfo(path).Parent!.Parent!.LinkTarget is null));
        return Task.FromResult(FakeChildProcessRunner.Result(0));
    }
}

using System.Diagnostics;
using PySign.Formats;
using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Scripts;

/// <summary>A release that a person or a runner stops ends its children, says 130 and leaves nothing half.</summary>
public sealed class SignalTests(ConsumerRepository repository) : IClassFixture<ConsumerRepository>
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_the_release_with_130_and_every_child_with_it(string signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "NOT RUN: signals are sent with kill, children are read from /proc.");
        Assert.SkipWhen(
            signal == "INT" && IgnoresInterrupt(),
            "NOT RUN: this process ignores SIGINT, as a shell's background job does, and so would every child of it."
        );
        await RequiredPython.Importing("build", "twine", "setuptools", "wheel");
        var project = repository.NewProject();
        var script = $"#load nuget:?package=Cake.PySign&version={repository.Addin.Version}\nRunPySign(\"PySign-Rehearse\");\n";

        using var cake = repository.StartScript(project, script);
        var lines = new List<string>();
        while (await cake.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
            if (line.Contains("Getting build dependencies", StringComparison.Ordinal))
            {
                break;
            }
        }

        var host = Assert.Single(ChildrenOf(cake.Id));
        var children = DescendantsOf(host);
        Assert.True(children.Count > 2, "the sandbox, the job and what the job builds with");
        (await Peer.RunProgram("kill", [$"-{signal}", $"{host}"])).MustSucceed();
        lines.Add(await cake.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        lines.Add(await cake.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await cake.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(cake.ExitCode == 130, $"exit code {cake.ExitCode}\n{string.Join('\n', lines)}");
        Assert.All(children, child => Assert.False(Runs(child), $"process {child} still runs"));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(project, "*", SearchOption.AllDirectories),
            static file => WholeFile.TargetOf(file) != file
        );
    }

    private static bool IgnoresInterrupt() =>
        File.ReadLines("/proc/self/status")
            .Where(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))
            .Any(line => (Convert.ToUInt64(line["SigIgn:".Length..].Trim(), 16) & (1UL << 1)) != 0);

    private static List<int> DescendantsOf(int process) =>
        [.. ChildrenOf(process).SelectMany(child => DescendantsOf(child).Prepend(child))];

    private static List<int> ChildrenOf(int process) =>
        [.. Process.GetProcesses().Select(one => one.Id).Where(id => ParentOf(id) == process)];

    // A process that ended stays listed as a zombie (Z) until whoever inherited it asks for it.
    private static bool Runs(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static int? ParentOf(int process)
    {
        try
        {
            // pid (name) state ppid …; the name may hold blanks and parentheses.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}

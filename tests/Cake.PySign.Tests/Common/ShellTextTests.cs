using Cake.PySign.Common;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Processes;
using Cake.PySign.Tests.Rig;
using PySign.Http;

namespace Cake.PySign.Tests.Common;

public sealed class ShellTextTests
{
    /// <summary>What the log shows of a program is what a person types to run it again.</summary>
    [Fact]
    public async Task A_shell_reads_every_word_as_it_was()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "NOT RUN: there is no shell of this kind.");
        string[] words = ["plain", "--a=b@1,2+3%", "", "two words", "it's", "\"", "\\d+\\.", "$HOME", "a;b", "*", "~", "#", "é"];
        using var rig = new CakeRig();
        var runner = new ChildProcessRunner(new SafeLog(rig.Log, new SecretRedactor()), rig.Environment, TimeProvider.System);
        var result = await runner.RunAsync(
            new ChildProcessStart
            {
                Program = "/bin/sh",
                Arguments = ["-c", $"printf '[%s]\\n' {string.Join(' ', words.Select(ShellText.Word))}"],
                WorkingDirectory = rig.Folder.Path,
                Timeout = TimeSpan.FromMinutes(5),
            },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(words.Select(word => $"[{word}]"), result.Output);
    }
}

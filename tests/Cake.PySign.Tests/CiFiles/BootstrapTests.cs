using System.Diagnostics;
using System.Text.RegularExpressions;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>build.sh and build.ps1 on machines where something is missing, and what they hand to Cake where nothing is.</summary>
public sealed partial class BootstrapTests : IDisposable
{
    private readonly TemporaryFolder _machine = new();

    public static TheoryData<string> Scripts => ["build.sh", "build.ps1"];

    public void Dispose() => _machine.Dispose();

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task What_is_missing_is_said_all_at_once_with_where_to_get_it_and_nothing_is_done(string script)
    {
        Program("dotnet", "[ \"$1\" = --version ] && exit 0\necho \"$@\" >> \"$CALLS\"");
        var (exit, said) = await RunAsync(script, "--target=Test");
        Assert.Equal(127, exit);
        Assert.Contains("missing: ", said, StringComparison.Ordinal);
        Assert.Contains("git", said, StringComparison.Ordinal);
        Assert.Contains("python", said, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(script == "build.sh" ? "apt-get install git python3" : "winget install Git.Git", said, StringComparison.Ordinal);
        Assert.Empty(Calls());
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Without_the_SDK_its_place_is_named(string script)
    {
        var (exit, said) = await RunAsync(script, "--target=Test");
        Assert.Equal(127, exit);
        Assert.Contains("https://dotnet.microsoft.com/download", said, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task A_dotnet_without_the_SDK_that_is_needed_is_said(string script)
    {
        Program("dotnet", "[ \"$1\" = --version ] && exit 155\necho \"$@\" >> \"$CALLS\"");
        Program("git", "exit 0");
        Program("python3", "exit 0");
        var (exit, said) = await RunAsync(script, "--target=Test");
        Assert.Equal(127, exit);
        Assert.Contains("the .NET 10 SDK (global.json)", said, StringComparison.Ordinal);
        Assert.Empty(Calls());
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task A_Python_that_can_neither_build_nor_make_an_environment_is_said(string script)
    {
        Program("dotnet", "[ \"$1\" = --version ] && exit 0\necho \"$@\" >> \"$CALLS\"");
        Program("git", "exit 0");
        Program("python3", "[ \"$2\" = pass ] && exit 0\nexit 1");
        var (exit, said) = await RunAsync(script, "--target=Test");
        Assert.Equal(127, exit);
        Assert.Contains("python3-venv", said, StringComparison.Ordinal);
        Assert.Empty(Calls());

        // What it has is enough.
        Program("python3", "case \"$2\" in pass|*twine*) exit 0 ;; esac\nexit 1");
        (exit, said) = await RunAsync(script, "--target=Test");
        Assert.True(exit == 0, said);
    }

    /// <summary>As Windows has it where no Python was installed, and where one was, beside it.</summary>
    [Fact]
    public async Task A_python3_that_only_opens_the_store_is_not_taken_for_a_Python()
    {
        Program("dotnet", "[ \"$1\" = --version ] && exit 0\necho \"$@\" >> \"$CALLS\"");
        Program("git", "exit 0");
        Program("python3", "echo 'Python was not found; run without arguments to install from the Microsoft Store' >&2\nexit 49");
        var (exit, said) = await RunAsync("build.ps1", "--target=Test");
        Assert.Equal(127, exit);
        Assert.Contains("winget install Python.Python", said, StringComparison.Ordinal);

        Program("python", "exit 0");
        (exit, said) = await RunAsync("build.ps1", "--target=Test");
        Assert.True(exit == 0, said);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task The_target_and_all_further_arguments_reach_Cake_and_its_exit_code_comes_back(string script)
    {
        Program(
            "dotnet",
            "[ \"$1\" = --version ] && exit 0\necho \"$@\" >> \"$CALLS\"\n"
                + "[ \"$1\" = cake ] && echo \"TieredPGO=$DOTNET_TieredPGO\" && exit 20\nexit 0"
        );
        Program("git", "exit 0");
        Program("python3", "exit 0");
        var (exit, said) = await RunAsync(script, "--target=Rehearse", "--project=a folder", "--install");
        Assert.True(exit == 20, said);

        // Without it the tests take a quarter longer, and nothing else would tell.
        Assert.Contains("TieredPGO=0", said, StringComparison.Ordinal);
        Assert.Equal(["tool restore --verbosity quiet", "cake build.cake --target=Rehearse --project=a folder --install"], Calls());
    }

    [Fact]
    public async Task System_packages_are_installed_as_root_only_when_asked_and_in_one_line_that_names_them()
    {
        Program("dotnet", "exit 0");
        Program("id", "echo 0");
        Program("apt-get", "echo \"$@\" >> \"$CALLS\"");
        var (exit, said) = await RunAsync("build.sh", "--target=Test");
        Assert.Equal(127, exit);
        Assert.Contains("--install", said, StringComparison.Ordinal);
        Assert.Empty(Calls());

        (exit, said) = await RunAsync("build.sh", "--target=Test", "--install");
        Assert.Equal(0, exit);
        Assert.Contains("Installing as root: apt-get install git python3 python3-venv", said, StringComparison.Ordinal);
        Assert.Equal(["update -qq", "install -qq -y --no-install-recommends git python3 python3-venv"], Calls());
    }

    [Fact]
    public void CI_runs_the_very_test_command_of_the_README()
    {
        var command = Command().Match(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md"))).Groups["command"].Value.TrimEnd();
        Assert.StartsWith("./build.sh --target=Test", command, StringComparison.Ordinal);
        Assert.Contains($"\n{command}\n", File.ReadAllText(Path.Combine(RepositoryRoot.Path, ".ci", "run")), StringComparison.Ordinal);
    }

    private string[] Calls()
    {
        var calls = Path.Combine(_machine.Path, "calls");
        return File.Exists(calls) ? File.ReadAllLines(calls) : [];
    }

    private void Program(string name, string script)
    {
        var path = _machine.Write($"bin/{name}", $"#!/bin/bash\n{script}\n").FullPath;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Runs a copy, with nothing on PATH but what the test has put there.</summary>
    private async Task<(int Exit, string Said)> RunAsync(string script, params string[] arguments)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/bin/bash"))
        {
            Assert.Skip("NOT RUN: the machine that lacks something is made of shell scripts, on Linux.");
        }

        File.Copy(Path.Combine(RepositoryRoot.Path, script), Path.Combine(_machine.Path, script), overwrite: true);
        Directory.CreateDirectory(Path.Combine(_machine.Path, "bin"));
        File.Delete(Path.Combine(_machine.Path, "bin", "dirname"));
        File.CreateSymbolicLink(Path.Combine(_machine.Path, "bin", "dirname"), "/usr/bin/dirname");
        if (!File.Exists(Path.Combine(_machine.Path, "bin", "id")))
        {
            Program("id", "echo 1000");
        }

        var isShell = script.EndsWith(".sh", StringComparison.Ordinal);
        var start = new ProcessStartInfo(isShell ? "/bin/bash" : Dotnet()) { WorkingDirectory = _machine.Path };
        string[] shell = isShell ? [] : [PowerShell(), "-NoProfile", "-File"];
        foreach (var argument in (string[])[.. shell, Path.Combine(_machine.Path, script), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PATH"] = Path.Combine(_machine.Path, "bin");
        start.Environment.Remove("PYSIGN_PYTHON");
        start.Environment.Remove("DOTNET_TieredPGO");
        start.Environment["CALLS"] = Path.Combine(_machine.Path, "calls");
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        var run = await ProgramRun.OfAsync(start, TestContext.Current.CancellationToken);
        return (run.ExitCode, run.Said);
    }

    /// <summary>PowerShell itself: the program that "dotnet tool install" leaves would look for dotnet on PATH, where the test has its
    /// own.</summary>
    private static string PowerShell()
    {
        var folder = Path.GetFullPath(Path.Combine(PeerPrograms.Folder, "..", "powershell"));
        var found = Directory.Exists(folder)
            ? Directory
                .GetFiles(folder, "pwsh.dll", SearchOption.AllDirectories)
                .FirstOrDefault(file => Path.GetFileName(Path.GetDirectoryName(file)) == "unix")
            : null;
        Assert.SkipWhen(found is null, $"NOT RUN: PowerShell is absent ({folder}); eng/peers.sh brings it.");
        return found!;
    }

    // Of the running runtime: …/shared/Microsoft.NETCore.App/10.0.x/System.Private.CoreLib.dll.
    private static string Dotnet() => Path.GetFullPath(Path.Combine(typeof(object).Assembly.Location, "..", "..", "..", "..", "dotnet"));

    [GeneratedRegex(@"^(?<command>\./build\.sh --target=Test[^#\n]*)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Command();
}

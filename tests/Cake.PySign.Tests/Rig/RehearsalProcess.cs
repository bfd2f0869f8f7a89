using System.Diagnostics;

namespace Cake.PySign.Tests.Rig;

/// <summary>Runs a host with the recipe compiled in (Cake.PySign.ReleaseHost) as a person starts it: a rehearsal starts the same program
/// again for each of its jobs.</summary>
internal static class RehearsalProcess
{
    /// <summary>The program's arguments for <c>dotnet</c>, before those of the build.</summary>
    public static string Host { get; } =
        Path.Combine(
            RepositoryRoot.Path,
            "tests",
            "Cake.PySign.ReleaseHost",
            Path.GetRelativePath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."), AppContext.BaseDirectory),
            "Cake.PySign.ReleaseHost.dll"
        );

    /// <summary>Runs a target of the host in a folder.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string folder,
        IReadOnlyDictionary<string, string> variables,
        params string[] arguments
    )
    {
        var start = new ProcessStartInfo("dotnet", [Host, .. arguments]) { WorkingDirectory = folder };
        // Whatever CI service the tests themselves run in is not the one that is played.
        string[] services = ["PYSIGN_", "CI_", "GITLAB_", "GITHUB_", "ACTIONS_"];
        foreach (
            var name in start.Environment.Keys.Where(name => services.Any(one => name.StartsWith(one, StringComparison.Ordinal))).ToList()
        )
        {
            start.Environment.Remove(name);
        }

        start.Environment["PWD"] = folder;
        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        var run = await ProgramRun.OfAsync(start, TestContext.Current.CancellationToken);
        return (run.ExitCode, run.Said);
    }
}

using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>
/// gitlab-ci-local, a program that nobody of this project wrote: it reads the CI file, checks it with GitLab's JSON schema and runs its
/// jobs by the shell, each in a checkout, with artifacts and caches as the file says. The test gives it what a runner would: the variables
/// of the job, and an identity token only where the file asks for one, which gitlab-ci-local does not know.
/// </summary>
internal sealed partial class GitLabCiLocal : IDisposable
{
    private readonly CiMachine _machine;
    private readonly TemporaryFolder _home = new();

    private GitLabCiLocal(CiMachine machine, string folder) => (_machine, Folder) = (machine, folder);

    public static bool IsThere => Program is not null && Copier is not null && File.Exists("/bin/bash");

    /// <summary>The repository whose pipeline is run.</summary>
    public string Folder { get; }

    public string Commit { get; private init; } = "";

    private static string? Program =>
        Path.GetFullPath(Path.Combine(PeerPrograms.Folder, "..", "ci", "node_modules", ".bin", "gitlab-ci-local")) is var path
        && File.Exists(path)
            ? path
            : null;

    private static string? Copier => new[] { Path.Combine(PeerPrograms.Folder, "rsync"), "/usr/bin/rsync" }.FirstOrDefault(File.Exists);

    public static void Require()
    {
        Assert.SkipUnless(
            IsThere,
            $"NOT RUN: gitlab-ci-local 4.61.1 or rsync is absent ({PeerPrograms.Folder}); eng/peers.sh brings them."
        );
    }

    /// <summary>Commits and tags what is in the folder.</summary>
    public static GitLabCiLocal Of(CiMachine machine, string folder)
    {
        var tree = GitTree.Commit(folder, "v1.0.0");
        tree.Run("remote", "add", "origin", "https://gitlab.example/acme/hello-pysign.git");
        return new GitLabCiLocal(machine, folder) { Commit = tree.Run("rev-parse", "HEAD") };
    }

    public string Artifacts(string job) => Path.Combine(Folder, ".gitlab-ci-local", "artifacts", job);

    /// <summary>The jobs of the pipeline, in their order, and the schema's verdict.</summary>
    public async Task<(int Exit, IReadOnlyList<string> Jobs, string Output)> ListAsync(
        IReadOnlyDictionary<string, string> variables,
        string file = ".gitlab-ci.yml"
    )
    {
        var (exit, output) = await RunAsync(["--file", file, "--list-csv"], "list", variables);
        var jobs = output
            .Split('\n')
            .SkipWhile(line => !line.StartsWith("name;", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => line.Contains(';', StringComparison.Ordinal))
            .Select(line => line.Split(';')[0].Trim('"'));
        return (exit, [.. jobs], output);
    }

    /// <summary>Runs one job; its artifacts are kept for those that need it.</summary>
    public Task<(int Exit, string Output)> RunAsync(
        string job,
        IReadOnlyDictionary<string, string> variables,
        string file = ".gitlab-ci.yml"
    )
    {
        // It takes the folder of a container where a job names an image, even when the shell runs it.
        var own = new Dictionary<string, string>(variables)
        {
            ["CI_PROJECT_DIR"] = Path.Combine(Folder, ".gitlab-ci-local", "builds", Safe().Replace(job, match => Encode(match.Value))),
        };
        string[] arguments = ["--file", file, "--force-shell-executor", "--shell-isolation", "--no-artifacts-to-source"];
        return RunAsync([.. arguments, "--no-json-schema-validation", job], job, own);
    }

    public void Dispose() => _home.Dispose();

    private async Task<(int Exit, string Output)> RunAsync(
        IEnumerable<string> arguments,
        string name,
        IReadOnlyDictionary<string, string> variables
    )
    {
        // Untracked, so that no job's checkout has it.
        var file = $".gitlab-ci-local-variables-{Safe().Replace(name, "_")}";
        await File.WriteAllLinesAsync(
            Path.Combine(Folder, file),
            variables.Select(pair =>
                $"{pair.Key}: {{ type: variable, values: {{ '*': '{pair.Value.Replace("'", "''", StringComparison.Ordinal)}' }} }}"
            )
        );
        var start = new ProcessStartInfo("node", [Program!, "--variables-file", file, "--home", _home.Path, .. arguments])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (variables.ContainsKey("CI_COMMIT_TAG"))
        {
            start.ArgumentList.Add("--unset-variable");
            start.ArgumentList.Add("CI_COMMIT_BRANCH");
        }

        JobRunner.Clean(start, $"{_machine.Programs}:{Path.GetDirectoryName(Copier)}");
        // A bash of level 1 whose input is a socket reads ~/.bashrc, as for rshd; a runner's does not.
        start.Environment["SHLVL"] = "2";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        File.Delete(Path.Combine(Folder, file));
        return (process.ExitCode, await output + await errors);
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=');

    [GeneratedRegex(@"[^\w-]+", RegexOptions.CultureInvariant)]
    private static partial Regex Safe();
}

using System.Diagnostics;
using System.Text.RegularExpressions;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>
/// Runs the jobs of one pipeline: every job gets a fresh checkout and a shell that knows nothing but what it is given.
/// </summary>
internal sealed partial class JobRunner(CiMachine machine) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>The name that the sample has in the checkouts; null leaves its own.</summary>
    public string? Name { get; init; }

    /// <summary>Everything that any job printed.</summary>
    public string Output { get; private set; } = "";

    /// <summary>What a repository has beside the sample.</summary>
    public Action<string>? OnCheckout { get; set; }

    /// <summary>The machine's own package folder.</summary>
    public static string Packages =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>What outlives the jobs: artifacts.</summary>
    public string Root => _folder.Path;

    /// <summary>What outlives the pipeline: caches.</summary>
    public string Caches => Path.Combine(machine.Root, "cache");

    /// <summary>The sample project with what the page for GitLab and the CI files ask a user to add.</summary>
    public string Checkout()
    {
        var target = Emptied("checkout");
        var repository = RepositoryRoot.Path;
        CopyFolder(Path.Combine(repository, "samples", "hello-pysign"), target);
        var readme = File.ReadAllText(Path.Combine(repository, "docs", "on-gitlab.md"));
        var script = Script().Match(readme).Groups["script"].Value;
        Assert.Contains("#load nuget:?package=Cake.PySign&version=", script, StringComparison.Ordinal);
        File.WriteAllText(
            Path.Combine(target, "build.cake"),
            Version().Replace(script, $"package=Cake.PySign&version={machine.Addin.Version}")
        );
        if (Name is not null)
        {
            var project = Path.Combine(target, "pyproject.toml");
            File.WriteAllText(project, File.ReadAllText(project).Replace("\"Hello-PySign\"", $"\"{Name}\"", StringComparison.Ordinal));
        }

        // Where the SDK's "dotnet new tool-manifest" puts it since .NET 10.
        File.WriteAllText(
            Path.Combine(target, "dotnet-tools.json"),
            """{ "version": 1, "isRoot": true, "tools": { "cake.tool": { "version": "7.0.0", "commands": ["dotnet-cake"] } } }"""
        );
        OnCheckout?.Invoke(target);
        return target;
    }

    /// <summary>Runs lines as a CI shell does: the first that fails ends the job.</summary>
    public async Task<int> RunAsync(
        string folder,
        IEnumerable<string> lines,
        IReadOnlyDictionary<string, string> variables,
        CancellationToken cancellationToken
    )
    {
        var start = new ProcessStartInfo("/bin/bash") { WorkingDirectory = folder };
        start.ArgumentList.Add("-eo");
        start.ArgumentList.Add("pipefail");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(string.Join('\n', lines));
        Clean(start, machine.Programs);
        foreach (var (name, value) in machine.Variables.Concat(variables))
        {
            start.Environment[name] = value;
        }

        var run = await ProgramRun.OfAsync(start, cancellationToken);
        Output += run.Said;
        return run.ExitCode;
    }

    /// <summary>Leaves a program what a machine has and no pipeline sets, and finds <paramref name="programs"/> first.</summary>
    public static void Clean(ProcessStartInfo start, string programs)
    {
        var inherited = start.Environment.ToDictionary();
        start.Environment.Clear();
        foreach (var name in inherited.Keys.Where(name => Machine().IsMatch(name)))
        {
            start.Environment[name] = inherited[name];
        }

        start.Environment["PATH"] = $"{programs}:{inherited["PATH"]}";
    }

    /// <summary>A folder of the running job alone: at the same place for each, as on a CI machine, and without what the job before left
    /// there.</summary>
    public string Emptied(string name)
    {
        var folder = Path.Combine(machine.Root, "job", name);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        return folder;
    }

    public static void CopyFolder(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    /// <summary>A package folder that a cache of an earlier pipeline would have filled with the tools of the manifest.</summary>
    public static void SeedPackages(string folder)
    {
        Directory.CreateDirectory(folder);
        Directory.CreateSymbolicLink(Path.Combine(folder, "cake.tool"), Path.Combine(Packages, "cake.tool"));
    }

    public void Dispose() => _folder.Dispose();

    // What a machine has and no pipeline sets: where programs, package sources and certificates are.
    [GeneratedRegex(
        "^(HOME|LANG|LC_ALL|TMPDIR|USER|DOTNET_ROOT|DOTNET_CLI_HOME|DOTNET_TieredPGO|NUGET_(?!PACKAGES).*|SSL_CERT_.*|PYSIGN_PYTHON|"
            + "(?i:https?_proxy|no_proxy))$",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Machine();

    [GeneratedRegex("```csharp\\n(?<script>// build\\.cake\\n.*?)```", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Script();

    [GeneratedRegex("package=Cake\\.PySign&version=[0-9A-Za-z.-]+", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}

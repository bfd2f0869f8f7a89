using System.Diagnostics;
using System.Text.RegularExpressions;
using Cake.PySign.Tests.Package;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>
/// A CI machine: every job gets a checkout of its own and a shell that knows nothing but what it is given. The machine has been set up
/// already, so the commands that would set it up (apt-get, pip) do nothing here.
/// </summary>
internal sealed partial class JobRunner : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PackedAddin _package;

    public JobRunner(PackedAddin package)
    {
        _package = package;
        foreach (var name in new[] { "apt-get", "pip" })
        {
            var path = _folder.Write($"bin/{name}", "#!/bin/sh\nexit 0\n").FullPath;
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
    }

    /// <summary>Everything that any job printed.</summary>
    public string Output { get; private set; } = "";

    public string Root => _folder.Path;

    /// <summary>The sample project with what the README and the CI files ask a user to add.</summary>
    public string Checkout(string job)
    {
        var target = Path.Combine(_folder.Path, "jobs", job, "checkout");
        var repository = PackedAddin.RepositoryRoot();
        CopyFolder(Path.Combine(repository, "samples", "hello-pysign"), target);
        var readme = File.ReadAllText(Path.Combine(repository, "README.md"));
        var script = Script().Match(readme).Groups["script"].Value;
        Assert.Contains("#load nuget:?package=Cake.PySign&version=", script, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(target, "build.cake"), Version().Replace(script, $"package=Cake.PySign&version={_package.Version}"));
        Directory.CreateDirectory(Path.Combine(target, ".config"));
        File.Copy(Path.Combine(repository, ".config", "dotnet-tools.json"), Path.Combine(target, ".config", "dotnet-tools.json"));
        return target;
    }

    /// <summary>Runs lines as a CI shell does: the first that fails ends the job.</summary>
    public async Task<int> RunAsync(string folder, IEnumerable<string> lines, IReadOnlyDictionary<string, string> variables, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("/bin/bash") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-eo");
        start.ArgumentList.Add("pipefail");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(string.Join('\n', lines));
        var inherited = start.Environment.ToDictionary();
        start.Environment.Clear();
        foreach (var name in inherited.Keys.Where(name => Machine().IsMatch(name)))
        {
            start.Environment[name] = inherited[name];
        }

        start.Environment["PATH"] = $"{Path.Combine(_folder.Path, "bin")}:{inherited["PATH"]}";
        start.Environment["CAKE_NUGET_SOURCE"] = _package.Feed;
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        Output += await output + await errors;
        return process.ExitCode;
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
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Directory.CreateDirectory(folder);
        Directory.CreateSymbolicLink(Path.Combine(folder, "cake.tool"), Path.Combine(packages, "cake.tool"));
    }

    public void Dispose() => _folder.Dispose();

    // What a machine has and no pipeline sets: where programs, package sources and certificates are.
    [GeneratedRegex("^(HOME|LANG|LC_ALL|TMPDIR|USER|DOTNET_ROOT|DOTNET_CLI_HOME|NUGET_(?!PACKAGES).*|SSL_CERT_.*|PYSIGN_PYTHON|(?i:https?_proxy|no_proxy))$", RegexOptions.CultureInvariant)]
    private static partial Regex Machine();

    [GeneratedRegex("```csharp\\n(?<script>// build\\.cake\\n.*?)```", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Script();

    [GeneratedRegex("package=Cake\\.PySign&version=[0-9A-Za-z.-]+", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}

using System.Diagnostics;
using Cake.PySign.Tests.Package;
using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Scripts;

/// <summary>A repository that is not ours: a folder with a Cake script, a tool manifest, and our packed addin in a folder feed.</summary>
public sealed class ConsumerRepository(PackedOnce packed) : IAsyncLifetime
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pysign-consumer-");
    private PackedAddin? _addin;

    public PackedAddin Addin => _addin ?? throw new InvalidOperationException("Not packed yet.");

    public async ValueTask InitializeAsync()
    {
        _addin = await packed.Addin;
        Directory.CreateDirectory(Path.Combine(_root.FullName, ".config"));
        File.Copy(
            Path.Combine(RepositoryRoot.Path, ".config", "dotnet-tools.json"),
            Path.Combine(_root.FullName, ".config", "dotnet-tools.json")
        );
        var restored = await Peer.RunProgram("dotnet", ["tool", "restore"], DotNet(), _root.FullName);
        restored.MustSucceed();
    }

    /// <summary>A folder of its own for one test, with the sample project in it.</summary>
    public string NewProject(string? source = null)
    {
        var folder = Path.Combine(_root.FullName, Guid.NewGuid().ToString("N")[..8]);
        Copy(source ?? Path.Combine(RepositoryRoot.Path, "samples", "hello-pysign"), folder);
        return folder;
    }

    /// <summary>Runs a script in a folder as a user does, with a tools folder that all scripts of this repository share.</summary>
    internal Task<PeerResult> RunScript(string folder, string script, params string[] arguments) =>
        RunScript(folder, script, new Dictionary<string, string>(), arguments);

    /// <summary>The same with variables of a CI job. One that names another HOME moves what programs keep there, and not .NET's own tools
    /// and packages.</summary>
    internal Task<PeerResult> RunScript(
        string folder,
        string script,
        IReadOnlyDictionary<string, string> variables,
        params string[] arguments
    )
    {
        File.WriteAllText(Path.Combine(folder, "build.cake"), script);
        var environment = DotNet();
        environment["DOTNET_CLI_HOME"] = environment["HOME"];
        environment.TryAdd("NUGET_PACKAGES", Path.Combine(environment["HOME"], ".nuget", "packages"));
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return Peer.RunProgram("dotnet", ["cake", "build.cake", .. arguments], environment, folder);
    }

    /// <summary>Starts a script and leaves it running.</summary>
    internal Process StartScript(string folder, string script)
    {
        File.WriteAllText(Path.Combine(folder, "build.cake"), script);
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.ArgumentList.Add("cake");
        start.ArgumentList.Add("build.cake");
        foreach (var (name, value) in DotNet())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
    }

    private Dictionary<string, string> DotNet()
    {
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = Environment.GetEnvironmentVariable("HOME") ?? _root.FullName,
            ["CAKE_NUGET_SOURCE"] = Addin.Feed,
            ["CAKE_PATHS_TOOLS"] = Path.Combine(_root.FullName, "tools"),
            ["CAKE_SETTINGS_ENABLESCRIPTCACHE"] = "true",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_NOLOGO"] = "1",
            ["NO_COLOR"] = "1",
        };
        foreach (var name in new[] { "PYSIGN_PYTHON", "DOTNET_ROOT", "DOTNET_TieredPGO", "NUGET_PACKAGES" })
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                environment[name] = value;
            }
        }

        return environment;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }

    public ValueTask DisposeAsync()
    {
        _root.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}

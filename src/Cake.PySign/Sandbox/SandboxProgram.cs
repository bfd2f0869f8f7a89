using System.Reflection;
using Cake.Core;
using Cake.Core.IO;
using IoPath = System.IO.Path;

namespace Cake.PySign.Sandbox;

/// <summary>Finds the sandbox program and the .NET host to run it with.</summary>
internal static class SandboxProgram
{
    private const string FileName = "PySign.Sandbox.dll";

    public static FilePath Find(FilePath? configured, ICakeEnvironment environment)
    {
        if (configured is not null)
        {
            return Require(configured.MakeAbsolute(environment), "Program");
        }

        if (environment.GetEnvironmentVariable("PYSIGN_SANDBOX") is { Length: > 0 } variable)
        {
            return Require(new FilePath(variable).MakeAbsolute(environment), "PYSIGN_SANDBOX");
        }

        var here = IoPath.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!;
        var places = Places(here).ToList();
        return places.FirstOrDefault(File.Exists)
            ?? throw new PySignException(
                PySignFailure.SandboxFailed,
                $"{FileName} was not found. Looked "
                    + $"for:{Environment.NewLine}{string.Join(Environment.NewLine, places.Select(place => "    " + place))}",
                "Set Program in the settings or the variable PYSIGN_SANDBOX to its path."
            );
    }

    /// <summary>The <c>dotnet</c> that runs this very process, else the machine's.</summary>
    public static FilePath DotNet(ICakeEnvironment environment)
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Environment.ProcessPath is { } self && IoPath.GetFileName(self).Equals(name, StringComparison.OrdinalIgnoreCase))
        {
            return self;
        }

        var candidates = new List<string?> { environment.GetEnvironmentVariable("DOTNET_HOST_PATH") };
        if (environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root)
        {
            candidates.Add(IoPath.Combine(root, name));
        }

        candidates.AddRange(
            (environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(IoPath.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => IoPath.Combine(folder, name))
        );
        return candidates.FirstOrDefault(File.Exists)
            ?? throw new PySignException(
                PySignFailure.ToolNotFound,
                "The dotnet program was not found.",
                "Put it on PATH, or set DOTNET_ROOT."
            );
    }

    // The package: lib/net10.0/Cake.PySign.dll and sandbox/PySign.Sandbox.dll. The repository: src/<project>/bin/<configuration>/net10.0.
    private static IEnumerable<string> Places(string here)
    {
        yield return IoPath.GetFullPath(IoPath.Combine(here, "..", "..", "sandbox", FileName));
        yield return IoPath.Combine(here, "sandbox", FileName);
        yield return IoPath.Combine(here, FileName);
        for (var folder = new DirectoryInfo(here); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(IoPath.Combine(folder.FullName, "Cake.PySign.sln")))
            {
                foreach (var configuration in new[] { "Release", "Debug" })
                {
                    yield return IoPath.Combine(folder.FullName, "src", "PySign.Sandbox", "bin", configuration, "net10.0", FileName);
                }
            }
        }
    }

    private static FilePath Require(FilePath path, string origin) =>
        File.Exists(path.FullPath)
            ? path
            : throw new PySignException(PySignFailure.SandboxFailed, $"There is no sandbox at '{path}', which {origin} names.");
}

using System.Diagnostics;
using System.Text.Json;
using Cake.Core.IO;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Rig;

/// <summary>A release in a process of its own, as the job of a CI service is.</summary>
internal static class ReleaseHost
{
    /// <param name="folder">The job's folder.</param>
    /// <param name="variables">The job's variables.</param>
    /// <param name="targets">What it runs, one after the other.</param>
    public static ProcessStartInfo Of(DirectoryPath folder, IReadOnlyDictionary<string, string?> variables, params string[] targets)
    {
        var file = folder.CombineWithFilePath("variables.json").FullPath;
        File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(variables));
        var host = AppContext.BaseDirectory.Replace("Cake.PySign.Tests", "Cake.PySign.ReleaseHost", StringComparison.Ordinal);
        return new ProcessStartInfo("dotnet", [IoPath.Combine(host, "Cake.PySign.ReleaseHost.dll"), folder.FullPath, file, .. targets]);
    }
}

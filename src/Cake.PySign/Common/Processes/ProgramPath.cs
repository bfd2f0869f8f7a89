using Cake.Core;
using Cake.Core.IO;
using IoPath = System.IO.Path;

namespace Cake.PySign.Common.Processes;

/// <summary>Finds a program that settings name.</summary>
internal static class ProgramPath
{
    /// <summary>
    /// A path as it is; a name on PATH alone. .NET itself would look into the working directory before, where a checkout could plant a
    /// program.
    /// </summary>
    /// <returns>The program, or null where there is none.</returns>
    public static FilePath? Find(string name, ICakeEnvironment environment)
    {
        if (name.Contains('/', StringComparison.Ordinal) || IoPath.IsPathRooted(name))
        {
            var path = new FilePath(name).MakeAbsolute(environment);
            return File.Exists(path.FullPath) ? path : null;
        }

        var fileName = OperatingSystem.IsWindows() && !IoPath.HasExtension(name) ? name + ".exe" : name;
        return
            (environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(IoPath.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Where(IoPath.IsPathRooted)
                .Select(folder => IoPath.Combine(folder, fileName))
                .FirstOrDefault(File.Exists)
                is { } found
            ? new FilePath(found)
            : null;
    }

    /// <summary>The variables that are set and that patterns name; a star at the end stands for the rest of a name.</summary>
    public static IReadOnlyCollection<string> Variables(IEnumerable<string> patterns, ICakeEnvironment environment) =>
        [
            .. environment
                .GetEnvironmentVariables()
                .Keys.Where(name =>
                    patterns.Any(pattern =>
                        pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern
                    )
                ),
        ];
}

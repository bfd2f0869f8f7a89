using System.Globalization;
using Cake.Core;
using Cake.Core.IO;

namespace Cake.PySign.Build;

/// <summary>What the build sees in its environment besides what it inherits.</summary>
internal static class BuildVariables
{
    private static readonly string[] _compiled = [".c", ".cc", ".cpp", ".cxx", ".m", ".mm", ".pyx"];

    public static Dictionary<string, string?> Of(DateTimeOffset moment) =>
        new(StringComparer.Ordinal)
        {
            ["NO_COLOR"] = "1",
            ["PYTHONUTF8"] = "1",
            ["PYTHONUNBUFFERED"] = "1",

            // Back ends ask git; in a second work tree the copy's repository is the user's own, which is only read.
            ["GIT_OPTIONAL_LOCKS"] = "0",
            ["SOURCE_DATE_EPOCH"] = moment.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>
    /// Compilers write the folder they work in into what they compile. gcc (8 and newer) and clang (10 and newer) leave it out when told;
    /// the user's own flags stay in front.
    /// </summary>
    public static void LeaveOutThePlace(
        Dictionary<string, string?> variables,
        ICakeEnvironment environment,
        DirectoryPath source,
        DirectoryPath workspace
    )
    {
        if (OperatingSystem.IsWindows() || !HasCompiledSources(source))
        {
            return;
        }

        foreach (var name in new[] { "CFLAGS", "CXXFLAGS" })
        {
            var given = variables.GetValueOrDefault(name) ?? environment.GetEnvironmentVariable(name);
            variables[name] = $"{given} -ffile-prefix-map={workspace.FullPath}=.".TrimStart();
        }
    }

    private static bool HasCompiledSources(DirectoryPath source) =>
        Directory
            .EnumerateFiles(
                source.FullPath,
                "*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }
            )
            .Any(file => _compiled.Contains(System.IO.Path.GetExtension(file), StringComparer.Ordinal));
}

using System.Globalization;
using Cake.Core;
using Cake.Core.IO;

namespace Cake.PySign.Build;

/// <summary>What the build sees in its environment in addition to what it inherits.</summary>
internal static class BuildVariables
{
    private static readonly string[] _compiled = [".c", ".cc", ".cpp", ".cxx", ".m", ".mm", ".pyx"];

    public static Dictionary<string, string?> Of(DateTimeOffset moment, DirectoryPath workspace)
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["NO_COLOR"] = "1",
            ["PYTHONUTF8"] = "1",
            ["PYTHONUNBUFFERED"] = "1",

            // Importing a back end that lies in the tree would leave its bytecode there, and "graft" packs that.
            ["PYTHONDONTWRITEBYTECODE"] = "1",

            // Back ends ask git. What is not in a repository here must not be taken for a part of one around the temporary folder.
            ["GIT_OPTIONAL_LOCKS"] = "0",
            ["GIT_CEILING_DIRECTORIES"] = RealPath.Of(workspace.FullPath),
            ["SOURCE_DATE_EPOCH"] = moment.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        };
        foreach (var name in GitProgram.LocalVariables)
        {
            variables[name] = null;
        }

        return variables;
    }

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
            variables[name] = $"{given} {Quoted($"-ffile-prefix-map={workspace.FullPath}=.")}".TrimStart();
        }
    }

    /// <summary>As one word for whoever splits flags as a shell does (distutils' <c>split_quoted</c>, <c>shlex</c>): a temporary folder may
    /// have blanks and quotes in its name.</summary>
    internal static string Quoted(string flag) =>
        string.Concat(flag.Select(letter => char.IsWhiteSpace(letter) || letter is '"' or '\'' or '\\' ? $"\\{letter}" : $"{letter}"));

    private static bool HasCompiledSources(DirectoryPath source) =>
        Directory
            .EnumerateFiles(
                source.FullPath,
                "*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }
            )
            .Any(file => _compiled.Contains(System.IO.Path.GetExtension(file), StringComparer.Ordinal));
}

using System.Reflection;
using Cake.Core.IO;
using IoPath = System.IO.Path;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>
/// The command that this very process was started with, to be run again for another target: <c>dotnet cake build.cake</c> (which is
/// <c>dotnet …/Cake.dll build.cake</c> by then), a Frosting project's program, a file-based program of Cake.Sdk. Nothing is configured:
/// whatever runs the script is what runs it in a CI job.
/// </summary>
/// <param name="Program">The program.</param>
/// <param name="Host">The assembly that <c>dotnet</c> runs; <see langword="null"/> for a program of its own.</param>
/// <param name="Arguments">Everything behind it.</param>
internal sealed record OwnCommand(FilePath Program, FilePath? Host, IReadOnlyList<string> Arguments)
{
    private const string Target = "target";

    // What is for the process that plays, and not for the jobs.
    private static readonly string[] _own =
    [
        Target,
        "output",
        RehearsalParameters.AsArgument,
        RehearsalParameters.UncommittedArgument,
        RehearsalParameters.EnvironmentArgument,
        RehearsalParameters.WorkflowArgument,
    ];

    /// <summary>The command of this process.</summary>
    public static OwnCommand OfProcess() =>
        Of(Environment.ProcessPath ?? "dotnet", Environment.GetCommandLineArgs(), Assembly.GetEntryAssembly()?.Location);

    /// <summary>The command of a process.</summary>
    /// <param name="program">What the system started.</param>
    /// <param name="commandLine">The arguments, with the assembly or the program in the first place.</param>
    /// <param name="assembly">Where the assembly is that was started.</param>
    public static OwnCommand Of(string program, IReadOnlyList<string> commandLine, string? assembly)
    {
        var isDotNet = IoPath.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        var host = string.IsNullOrEmpty(assembly) && commandLine.Count > 0 ? commandLine[0] : assembly;
        return new OwnCommand(program, isDotNet && !string.IsNullOrEmpty(host) ? host : null, [.. commandLine.Skip(1)]);
    }

    /// <summary>Whether Cake.Tool runs a script; another host has its build compiled in.</summary>
    public bool RunsScript => Host?.GetFilename().FullPath is "Cake.dll";

    /// <summary>The script in the folder that Cake made the working directory; <see langword="null"/> where a host has none.</summary>
    /// <param name="folder">The working directory, which for Cake.Tool is the script's own folder.</param>
    public FilePath? Script(DirectoryPath folder) => RunsScript ? folder.CombineWithFilePath(ScriptName(folder) ?? "build.cake") : null;

    /// <summary>The arguments that run another target, in the folder of the script.</summary>
    /// <param name="target">The target.</param>
    /// <param name="folder">The working directory.</param>
    /// <param name="inside">Where a path lies in the checkout of the job.</param>
    /// <param name="replaced">Names of arguments that are said in another way.</param>
    public IReadOnlyList<string> For(string target, DirectoryPath folder, Func<string, string> inside, IReadOnlyCollection<string> replaced)
    {
        var script = ScriptArgument(folder);
        var arguments = new List<string>();
        if (Host is not null)
        {
            arguments.Add(Host.FullPath);
        }

        for (var i = 0; i < Arguments.Count; i++)
        {
            var argument = Arguments[i];
            if (IsOwn(argument) || replaced.Contains(Name(argument), StringComparer.OrdinalIgnoreCase))
            {
                // "--target X" is two.
                var next = i + 1;
                var isTwo = !argument.Contains('=', StringComparison.Ordinal) && !IsFlag(argument) && next != script;
                i = isTwo && next < Arguments.Count && !Arguments[next].StartsWith('-') ? next : i;
                continue;
            }

            arguments.Add(i == script ? inside(Script(folder)!.FullPath) : inside(argument));
        }

        arguments.Add($"--{Target}={target}");
        return arguments;
    }

    private static bool IsOwn(string argument) =>
        argument == "-t"
        || argument.StartsWith("-t=", StringComparison.Ordinal)
        || _own.Contains(Name(argument), StringComparer.OrdinalIgnoreCase);

    private static bool IsFlag(string argument) => Name(argument) == RehearsalParameters.UncommittedArgument;

    private static string? Name(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..].Split('=')[0] : null;

    private string? ScriptName(DirectoryPath folder) =>
        ScriptArgument(folder) is >= 0 and var at ? IoPath.GetFileName(Arguments[at]) : null;

    /// <summary>Where in the arguments the script stands: a file of that name is in the folder. -1 where Cake takes build.cake.</summary>
    private int ScriptArgument(DirectoryPath folder)
    {
        for (var i = 0; RunsScript && i < Arguments.Count; i++)
        {
            if (!Arguments[i].StartsWith('-') && File.Exists(IoPath.Combine(folder.FullPath, IoPath.GetFileName(Arguments[i]))))
            {
                return i;
            }
        }

        return -1;
    }
}

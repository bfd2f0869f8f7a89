using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>
/// Runs git so that it reads and leaves no trace: no lock is taken, no index refreshed, no hook, monitor or maintenance started. Its
/// answers are neither logged nor redacted, because they are names and configuration.
/// </summary>
internal sealed class GitProgram(IChildProcessRunner processes, FilePath program)
{
    private static readonly TimeSpan _time = TimeSpan.FromMinutes(5);

    /// <summary>Variables that lead git to another repository than that of the folder it runs in (<c>git rev-parse
    /// --local-env-vars</c>); a hook's child has them.</summary>
    public static readonly IReadOnlyList<string> LocalVariables =
    [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
        "GIT_PREFIX",
        "GIT_SHALLOW_FILE",
        "GIT_GRAFT_FILE",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_REPLACE_REF_BASE",
        "GIT_IMPLICIT_WORK_TREE",
    ];

    /// <summary>The git on PATH; <see langword="null"/> where there is none.</summary>
    public static GitProgram? Find(IChildProcessRunner processes, ICakeEnvironment environment)
    {
        var name = OperatingSystem.IsWindows() ? "git.exe" : "git";
        var program = (environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(IoPath.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(IoPath.IsPathRooted)
            .Select(folder => IoPath.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        return program is null ? null : new GitProgram(processes, program);
    }

    /// <summary>Reads somebody's repository.</summary>
    public Task<ChildProcessResult> ReadAsync(DirectoryPath folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(folder, arguments, "0", "", cancellationToken);

    /// <summary>Works on a repository of our own, whose index git may refresh.</summary>
    public Task<ChildProcessResult> WriteAsync(
        DirectoryPath folder,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken,
        string input = ""
    ) => RunAsync(folder, arguments, "1", input, cancellationToken);

    private Task<ChildProcessResult> RunAsync(
        DirectoryPath folder,
        IReadOnlyList<string> arguments,
        string locks,
        string input,
        CancellationToken cancellationToken
    )
    {
        var variables = LocalVariables.ToDictionary(name => name, _ => (string?)null, StringComparer.Ordinal);
        variables["GIT_OPTIONAL_LOCKS"] = locks;
        variables["GIT_TERMINAL_PROMPT"] = "0";
        variables["GIT_NO_LAZY_FETCH"] = "1";
        variables["LC_ALL"] = "C";
        return processes.RunAsync(
            new ChildProcessStart
            {
                Program = program,

                // A CI checkout often belongs to another user, which git refuses unless told. Every odd name is quoted, byte by byte.
                Arguments =
                [
                    "-c",
                    "safe.directory=*",
                    "-c",
                    "core.fsmonitor=false",
                    "-c",
                    "core.hooksPath=/dev/null",
                    "-c",
                    "core.quotePath=true",
                    "-c",
                    "gc.auto=0",
                    .. arguments,
                ],
                WorkingDirectory = folder,
                Input = Task.FromResult(input),
                Timeout = _time,
                OutputVerbosity = Verbosity.Diagnostic,
                OutputIsSecret = true,
                KeptLines = int.MaxValue,
                Variables = variables,
            },
            cancellationToken
        );
    }
}

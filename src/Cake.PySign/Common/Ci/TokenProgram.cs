using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;
using PySign.Sigstore.Identity;
using IoPath = System.IO.Path;

namespace Cake.PySign.Common.Ci;

/// <summary>Starts the programs that print tokens, with the one process runner: no shell, and what they print is in no log.</summary>
internal sealed class TokenProgram(IChildProcessRunner processes, ICakeEnvironment environment)
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(1);

    public async Task<TokenCommandResult?> RunAsync(TokenCommand command, CancellationToken cancellationToken)
    {
        if (Find(command.Program) is not { } program)
        {
            return null;
        }

        var result = await processes
            .RunAsync(
                new ChildProcessStart
                {
                    Program = program,
                    Arguments = command.Arguments,
                    WorkingDirectory = environment.WorkingDirectory,
                    PassedVariables = Passed(command),
                    Timeout = _timeout,
                    OutputIsSecret = true,
                    OutputVerbosity = Verbosity.Verbose,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return new TokenCommandResult(
            result.ExitCode,
            string.Join('\n', result.Output),
            string.Join(
                "; ",
                result.Lines.Where(line => line.IsError && line.Text.Trim().Length > 0).TakeLast(3).Select(line => line.Text.Trim())
            )
        );
    }

    /// <summary>
    /// A path as it is; a name on PATH alone. .NET itself would look into the working directory before, where a checkout could plant a
    /// program.
    /// </summary>
    private FilePath? Find(string name)
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

    private List<string> Passed(TokenCommand command) =>
        [
            .. environment
                .GetEnvironmentVariables()
                .Keys.Where(name =>
                    command.PassedVariables.Any(pattern =>
                        pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern
                    )
                ),
        ];
}

using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.PySign.Common.Processes;
using PySign.Sigstore.Identity;

namespace Cake.PySign.Common.Ci;

/// <summary>Starts the programs that print tokens, with the one process runner: no shell, and what they print is in no log.</summary>
internal sealed class TokenProgram(IChildProcessRunner processes, ICakeEnvironment environment)
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(1);

    public async Task<TokenCommandResult?> RunAsync(TokenCommand command, CancellationToken cancellationToken)
    {
        if (ProgramPath.Find(command.Program, environment) is not { } program)
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
                    PassedVariables = ProgramPath.Variables(command.PassedVariables, environment),
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
}

using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Identity;

/// <summary>A program that the caller names and that prints a token, as Azure Pipelines, Jenkins and others can be made to.</summary>
/// <param name="command">The program.</param>
/// <param name="run">Starts it.</param>
public sealed class CommandTokenProvider(TokenCommand command, TokenCommandRunner run) : IIdentityTokenProvider
{
    /// <inheritdoc/>
    public string Name => "the output of " + command.Program;

    /// <inheritdoc/>
    public async Task<IdentityToken?> GetAsync(string audience, CancellationToken cancellationToken) =>
        await RunAsync(run, command.For(audience), "Correct the token command, or install the program on this machine.", cancellationToken)
            .ConfigureAwait(false);

    /// <summary>Runs a program whose whole output is a token. That it is missing or fails is an error: its identity was asked
    /// for.</summary>
    internal static async Task<IdentityToken> RunAsync(
        TokenCommandRunner run,
        TokenCommand command,
        string advice,
        CancellationToken cancellationToken
    )
    {
        var result =
            await run(command, cancellationToken).ConfigureAwait(false) ?? throw Failed(command, "the program was not found", advice);
        if (result.ExitCode != 0)
        {
            throw Failed(
                command,
                $"it ended with exit code {result.ExitCode}{(result.Complaint.Length > 0 ? ": " + result.Complaint : "")}",
                advice
            );
        }

        return string.IsNullOrWhiteSpace(result.Output)
            ? throw Failed(command, "it printed no token", advice)
            : IdentityToken.Parse(result.Output.Trim());
    }

    private static SigningException Failed(TokenCommand command, string what, string advice) =>
        new(SigningFailure.TokenSourceFailed, "", $"No identity token could be had from {command.Program}: {what}", advice);
}

namespace PySign.Sigstore.Identity;

/// <summary>A program that prints an identity token. It is started as it is, never through a shell.</summary>
public sealed record TokenCommand
{
    /// <summary>The program: a path, or a name to look for on PATH.</summary>
    public required string Program { get; init; }

    /// <summary>Its arguments. In each, <c>{audience}</c> stands for the audience. Never a secret: the whole machine can read
    /// them.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Variables that the program may see although their names look like secrets; a star at the end stands for the rest of a
    /// name.</summary>
    public IReadOnlyList<string> PassedVariables { get; init; } = [];

    internal TokenCommand For(string audience) =>
        this with
        {
            Arguments = [.. Arguments.Select(argument => argument.Replace("{audience}", audience, StringComparison.Ordinal))],
        };
}

/// <summary>How a <see cref="TokenCommand"/> ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to standard output, unchanged: the token, a secret.</param>
/// <param name="Complaint">What it wrote to standard error, without secrets, for messages.</param>
public sealed record TokenCommandResult(int ExitCode, string Output, string Complaint)
{
    /// <summary>The exit code; never the output.</summary>
    public override string ToString() => $"exit code {ExitCode}";
}

/// <summary>
/// Starts a <see cref="TokenCommand"/> and waits for its end. This library starts no program itself: whoever uses it has rules of its own
/// for that.
/// </summary>
/// <param name="command">The program.</param>
/// <param name="cancellationToken">Ends the program.</param>
/// <returns>How it ended, or null when there is no such program.</returns>
public delegate Task<TokenCommandResult?> TokenCommandRunner(TokenCommand command, CancellationToken cancellationToken);

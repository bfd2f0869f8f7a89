namespace PySign.Sigstore.Identity;

/// <summary>Where <see cref="IdentityTokenSource"/> looks for a token.</summary>
public sealed record TokenSourceOptions
{
    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>A token that the caller has; null or blank for none.</summary>
    public string? Token { get; init; }

    /// <summary>The variable that holds the token. It must be set.</summary>
    public string? Variable { get; init; }

    /// <summary>The file that holds the token. It must be there.</summary>
    public string? File { get; init; }

    /// <summary>The program that prints the token. It needs <see cref="Run"/>.</summary>
    public TokenCommand? Command { get; init; }

    /// <summary>Starts programs; null leaves out every source that needs one.</summary>
    public TokenCommandRunner? Run { get; init; }

    /// <summary>Logs a person in when nothing else has a token; null for never.</summary>
    public IIdentityTokenProvider? Login { get; init; }

    /// <summary>Sends requests; null for real connections.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The clock for retries.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Identity;

/// <summary>Asks providers in order; the first that has a token decides.</summary>
/// <param name="providers">The places to look in.</param>
/// <param name="environment">Reads an environment variable, to say what is missing where.</param>
public sealed class IdentityTokenSource(IReadOnlyList<IIdentityTokenProvider> providers, Func<string, string?> environment)
{
    /// <summary>The usual order without programs: the given token, <c>SIGSTORE_ID_TOKEN</c>, GitHub's endpoint, a token file.</summary>
    /// <param name="jwt">A token that the caller has; null or blank for none.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="handler">Sends requests; null for real connections.</param>
    /// <param name="time">The clock for retries.</param>
    public static IdentityTokenSource Default(
        string? jwt,
        Func<string, string?> environment,
        HttpMessageHandler? handler = null,
        TimeProvider? time = null
    ) =>
        Default(
            new TokenSourceOptions
            {
                Environment = environment,
                Token = jwt,
                Handler = handler,
                Time = time ?? TimeProvider.System,
            }
        );

    /// <summary>
    /// The usual order. What the caller named comes first and must deliver: the token, a variable, a file, a program. Then what the
    /// surroundings have: <c>{AUDIENCE}_ID_TOKEN</c> and <c>SIGSTORE_ID_TOKEN</c>, the file in <c>SIGSTORE_ID_TOKEN_FILE</c>, GitHub,
    /// Buildkite, CircleCI, Google Cloud, cosign's token file; last a person.
    /// </summary>
    /// <param name="options">Where to look.</param>
    /// <exception cref="ArgumentException">A command is named, but nothing to start it with.</exception>
    public static IdentityTokenSource Default(TokenSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var providers = Named(options);
        AddFound(providers, options);
        if (options.Login is { } login)
        {
            providers.Add(login);
        }

        return new IdentityTokenSource(providers, options.Environment);
    }

    /// <summary>What somebody said.</summary>
    private static List<IIdentityTokenProvider> Named(TokenSourceOptions options)
    {
        List<IIdentityTokenProvider> providers = [new ExplicitTokenProvider(options.Token)];
        if (options.Variable is { Length: > 0 } variable)
        {
            providers.Add(new VariableTokenProvider(variable, options.Environment));
        }

        if (options.File is { Length: > 0 } file)
        {
            providers.Add(new FileTokenProvider(file));
        }

        if (options.Command is { } command)
        {
            providers.Add(
                new CommandTokenProvider(
                    command,
                    options.Run ?? throw new ArgumentException("A token command needs something that starts it.", nameof(options))
                )
            );
        }

        return providers;
    }

    /// <summary>What variables say, and what the CI service gives.</summary>
    private static void AddFound(List<IIdentityTokenProvider> providers, TokenSourceOptions options)
    {
        var environment = options.Environment;
        providers.Add(new EnvironmentTokenProvider(environment));
        if (environment("SIGSTORE_ID_TOKEN_FILE") is { Length: > 0 } named)
        {
            providers.Add(new FileTokenProvider(named));
        }

        providers.Add(new GitHubTokenProvider(environment, options.Handler, options.Time));
        if (options.Run is { } run)
        {
            providers.AddRange([
                new BuildkiteTokenProvider(environment, run),
                new CircleCiTokenProvider(environment, run),
                new GoogleCloudTokenProvider(environment, run),
            ]);
        }

        if (!CiSurroundings.GivesIdentities(CiSurroundings.Detect(environment)))
        {
            providers.Add(new FileTokenProvider(FileTokenProvider.WellKnownPath, required: false));
        }
    }

    /// <summary>Gets a token.</summary>
    /// <param name="audience">The audience that it must be for.</param>
    /// <param name="cancellationToken">Stops waiting for an issuer.</param>
    /// <exception cref="SigningException">No provider has one, or the first that has one has one that cannot be read.</exception>
    public async Task<IdentityToken> GetAsync(string audience, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(audience);
        foreach (var provider in providers)
        {
            if (await provider.GetAsync(audience, cancellationToken).ConfigureAwait(false) is { } token)
            {
                return token;
            }
        }

        throw MissingToken.In(
            environment,
            audience,
            $"There is no identity token; looked in: {string.Join("; ", providers.Select(static p => p.Name))}"
        );
    }
}

/// <summary>A place where an identity token may come from.</summary>
public interface IIdentityTokenProvider
{
    /// <summary>What to call the place in messages.</summary>
    string Name { get; }

    /// <summary>Gets a token.</summary>
    /// <param name="audience">The audience that it must be for.</param>
    /// <param name="cancellationToken">Stops waiting for an issuer.</param>
    /// <returns>The token, or null when this place has none.</returns>
    /// <exception cref="SigningException">The place should have one, but it cannot be obtained or read.</exception>
    Task<IdentityToken?> GetAsync(string audience, CancellationToken cancellationToken);
}

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

using System.Text.Json;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Identity;

/// <summary>A program that the caller names and that prints a token, as Azure Pipelines, Jenkins and others can be made to.</summary>
/// <param name="command">The program.</param>
/// <param name="run">Starts it.</param>
internal sealed class CommandTokenProvider(TokenCommand command, TokenCommandRunner run) : IIdentityTokenProvider
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

/// <summary>A Buildkite job's token, which its agent requests: <c>buildkite-agent oidc request-token --audience …</c>.</summary>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="run">Starts the agent.</param>
internal sealed class BuildkiteTokenProvider(Func<string, string?> environment, TokenCommandRunner run) : IIdentityTokenProvider
{
    /// <inheritdoc/>
    public string Name => "Buildkite's agent";

    /// <inheritdoc/>
    public async Task<IdentityToken?> GetAsync(string audience, CancellationToken cancellationToken) =>
        string.IsNullOrEmpty(environment("BUILDKITE"))
            ? null
            : await CommandTokenProvider
                .RunAsync(
                    run,
                    new TokenCommand
                    {
                        Program = "buildkite-agent",
                        Arguments = ["oidc", "request-token", "--audience", audience],
                        PassedVariables = ["BUILDKITE_*"], // The agent's own access to its job, BUILDKITE_AGENT_ACCESS_TOKEN.
                    },
                    "The step needs buildkite-agent on its PATH; in a container, mount it and pass BUILDKITE_AGENT_ACCESS_TOKEN and "
                        + "BUILDKITE_JOB_ID.",
                    cancellationToken
                )
                .ConfigureAwait(false);
}

/// <summary>
/// A CircleCI job's token. The one in <c>CIRCLE_OIDC_TOKEN_V2</c> always has the organization's id as its audience; a token for another
/// audience is minted by the job's own program: <c>circleci run oidc get</c>. With <c>--root-issuer</c> it names the issuer that all
/// organizations share.
/// </summary>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="run">Starts the program.</param>
internal sealed class CircleCiTokenProvider(Func<string, string?> environment, TokenCommandRunner run) : IIdentityTokenProvider
{
    /// <inheritdoc/>
    public string Name => "CircleCI's circleci program";

    /// <inheritdoc/>
    public async Task<IdentityToken?> GetAsync(string audience, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(environment("CIRCLECI")))
        {
            return null;
        }

        if (environment("CIRCLE_OIDC_TOKEN_V2")?.Trim() is { Length: > 0 } ready && IsFor(audience, ready))
        {
            return IdentityToken.Parse(ready);
        }

        return await CommandTokenProvider
            .RunAsync(
                run,
                new TokenCommand
                {
                    Program = "circleci",
                    Arguments =
                    [
                        "run",
                        "oidc",
                        "get",
                        "--claims",
                        JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { ["aud"] = audience }),
                        "--root-issuer",
                    ],
                    PassedVariables = ["CIRCLE*"],
                },
                "CircleCI's own images have the circleci program; CIRCLE_OIDC_TOKEN_V2 cannot be used in its place, its audience is the "
                    + "organization's id.",
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    // Before it is looked at closer: what else may be wrong with a token that is not wanted is nobody's concern.
    private static bool IsFor(string audience, string jwt) =>
        JsonWebTokenReader.ReadClaims(jwt).TryGetProperty("aud", out var claim)
        && (claim.ValueKind == JsonValueKind.Array ? [.. claim.EnumerateArray()] : new[] { claim }).Any(item =>
            item.ValueKind == JsonValueKind.String && item.ValueEquals(audience)
        );
}

/// <summary>
/// A Google service account's token, from <c>gcloud auth print-identity-token</c>: of the machine's own account, or of the one in
/// <c>GOOGLE_SERVICE_ACCOUNT_NAME</c>. The metadata server is not asked directly: it speaks plain HTTP on an address that is not this
/// machine's own, so whoever answers there on another network would be believed. Google's program knows how to tell.
/// </summary>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="run">Starts the program.</param>
internal sealed class GoogleCloudTokenProvider(Func<string, string?> environment, TokenCommandRunner run) : IIdentityTokenProvider
{
    private const string AccountVariable = "GOOGLE_SERVICE_ACCOUNT_NAME";

    /// <inheritdoc/>
    public string Name => "Google Cloud (gcloud)";

    /// <summary>The file in which Linux says what machine this is.</summary>
    internal string ProductNameFile { get; init; } = "/sys/class/dmi/id/product_name";

    /// <inheritdoc/>
    public async Task<IdentityToken?> GetAsync(string audience, CancellationToken cancellationToken)
    {
        var account = environment(AccountVariable)?.Trim();
        if (string.IsNullOrEmpty(account) && (CiSurroundings.GivesIdentities(CiSurroundings.Detect(environment)) || !IsGoogleMachine()))
        {
            return null;
        }

        // Fulcio names e-mail addresses: without these two a token has none.
        string[] whose = string.IsNullOrEmpty(account)
            ? ["--token-format=full"]
            : ["--impersonate-service-account=" + account, "--include-email"];
        return await CommandTokenProvider
            .RunAsync(
                run,
                new TokenCommand
                {
                    Program = "gcloud",
                    Arguments = ["auth", "print-identity-token", "--audiences=" + audience, .. whose],
                    PassedVariables = ["GOOGLE_*", "CLOUDSDK_*"],
                },
                "Install Google's gcloud on this machine; the machine's account needs the role Service Account Token Creator for "
                    + $"{AccountVariable}.",
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private bool IsGoogleMachine()
    {
        try
        {
            return File.ReadAllText(ProductNameFile).Trim() is "Google" or "Google Compute Engine";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

namespace PySign.Sigstore.Identity;

/// <summary>A Buildkite job's token, which its agent requests: <c>buildkite-agent oidc request-token --audience …</c>.</summary>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="run">Starts the agent.</param>
public sealed class BuildkiteTokenProvider(Func<string, string?> environment, TokenCommandRunner run) : IIdentityTokenProvider
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

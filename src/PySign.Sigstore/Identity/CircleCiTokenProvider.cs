using System.Text.Json;

namespace PySign.Sigstore.Identity;

/// <summary>
/// A CircleCI job's token. The one in <c>CIRCLE_OIDC_TOKEN_V2</c> always has the organization's id as its audience; a token for another
/// audience is minted by the job's own program: <c>circleci run oidc get</c>. With <c>--root-issuer</c> it names the issuer that all
/// organizations share.
/// </summary>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="run">Starts the program.</param>
public sealed class CircleCiTokenProvider(Func<string, string?> environment, TokenCommandRunner run) : IIdentityTokenProvider
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

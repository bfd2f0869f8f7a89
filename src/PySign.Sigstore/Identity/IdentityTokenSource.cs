using PySign.Sigstore.Signing;

namespace PySign.Sigstore.Identity;

/// <summary>Asks providers in order; the first that has a token decides.</summary>
/// <param name="providers">The places to look in.</param>
/// <param name="environment">Reads an environment variable, to say what is missing where.</param>
public sealed class IdentityTokenSource(IReadOnlyList<IIdentityTokenProvider> providers, Func<string, string?> environment)
{
    /// <summary>The usual order: the given token, <c>SIGSTORE_ID_TOKEN</c>, GitHub's endpoint.</summary>
    /// <param name="jwt">A token that the caller has; null or blank for none.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="handler">Sends requests; null for real connections.</param>
    /// <param name="time">The clock for retries.</param>
    public static IdentityTokenSource Default(string? jwt, Func<string, string?> environment, HttpMessageHandler? handler = null, TimeProvider? time = null) =>
        new([new ExplicitTokenProvider(jwt), new EnvironmentTokenProvider(environment), new GitHubTokenProvider(environment, handler, time)], environment);

    /// <summary>Gets a token.</summary>
    /// <param name="audience">The audience that it must be for.</param>
    /// <param name="cancellationToken">Stops waiting for an issuer.</param>
    /// <exception cref="SigningException">No provider has one, or the first that has one has one that cannot be read.</exception>
    public async Task<IdentityToken> GetAsync(string audience, CancellationToken cancellationToken = default)
    {
        foreach (var provider in providers)
        {
            if (await provider.GetAsync(audience, cancellationToken).ConfigureAwait(false) is { } token)
            {
                return token;
            }
        }

        throw new SigningException(
            SigningFailure.TokenMissing, "", $"There is no identity token; looked in: {string.Join("; ", providers.Select(static p => p.Name))}", Advice(audience));
    }

    private string Advice(string audience)
    {
        if (!string.IsNullOrEmpty(environment("GITHUB_ACTIONS")))
        {
            return "Add to the workflow's job: permissions: { id-token: write, contents: read }. Pull requests from forks never get a token.";
        }

        return !string.IsNullOrEmpty(environment("GITLAB_CI"))
            ? $"Add to the job in .gitlab-ci.yml: id_tokens: {{ SIGSTORE_ID_TOKEN: {{ aud: {audience} }} }}."
            : "Run in GitLab CI (id_tokens) or GitHub Actions (permissions: id-token: write), or give a token in SIGSTORE_ID_TOKEN.";
    }
}

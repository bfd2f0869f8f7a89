using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Identity;

/// <summary>A token in a variable that the caller names, as Jenkins binds its credentials.</summary>
/// <param name="variable">The variable's name.</param>
/// <param name="environment">Reads an environment variable.</param>
public sealed class VariableTokenProvider(string variable, Func<string, string?> environment) : IIdentityTokenProvider
{
    /// <inheritdoc/>
    public string Name => "environment variable " + variable;

    /// <inheritdoc/>
    public Task<IdentityToken?> GetAsync(string audience, CancellationToken cancellationToken) =>
        environment(variable) is { } jwt && !string.IsNullOrWhiteSpace(jwt)
            ? Task.FromResult<IdentityToken?>(IdentityToken.Parse(jwt.Trim()))
            : throw new SigningException(
                SigningFailure.TokenSourceFailed,
                "",
                $"The environment variable {variable}, which is named as the source of the identity token, is not set",
                "Set it in this very step, or name another source."
            );
}

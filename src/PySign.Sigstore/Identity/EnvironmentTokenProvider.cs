namespace PySign.Sigstore.Identity;

/// <summary>
/// A token in an environment variable, as GitLab's <c>id_tokens</c> put it there: <c>SIGSTORE_ID_TOKEN</c>, and for another audience first
/// the variable named after it, such as <c>PYPI_ID_TOKEN</c>.
/// </summary>
/// <param name="environment">Reads an environment variable.</param>
public sealed class EnvironmentTokenProvider(Func<string, string?> environment) : IIdentityTokenProvider
{
    private const string Sigstore = "SIGSTORE_ID_TOKEN";

    /// <inheritdoc/>
    public string Name => "environment variable " + Sigstore;

    /// <inheritdoc/>
    public Task<IdentityToken?> GetAsync(string audience, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(audience);
        var jwt = new[] { VariableFor(audience), Sigstore }
            .Select(environment)
            .FirstOrDefault(static value => !string.IsNullOrWhiteSpace(value));
        return Task.FromResult(jwt is null ? null : IdentityToken.Parse(jwt.Trim()));
    }

    /// <summary>The convention of Python's <c>id</c>: upper case, and everything else than letters, digits and underscores becomes an
    /// underscore.</summary>
    public static string VariableFor(string audience)
    {
        var name = string.Concat(
            audience.ToUpperInvariant().Select(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) ? c : '_')
        );
        return (char.IsAsciiDigit(name[0]) ? "_" + name[1..] : name) + "_ID_TOKEN";
    }
}

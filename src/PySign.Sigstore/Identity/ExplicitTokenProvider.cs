namespace PySign.Sigstore.Identity;

/// <summary>A token that the caller has.</summary>
/// <param name="jwt">The token; null or blank for none.</param>
public sealed class ExplicitTokenProvider(string? jwt) : IIdentityTokenProvider
{
    /// <inheritdoc/>
    public string Name => "the given token";

    /// <inheritdoc/>
    public Task<IdentityToken?> GetAsync(string audience, CancellationToken cancellationToken) =>
        Task.FromResult(string.IsNullOrWhiteSpace(jwt) ? null : IdentityToken.Parse(jwt.Trim()));
}

using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Identity;

/// <summary>A place where an identity token may come from.</summary>
public interface IIdentityTokenProvider
{
    /// <summary>What to call the place in messages.</summary>
    string Name { get; }

    /// <summary>Gets a token.</summary>
    /// <param name="audience">The audience that it must be for.</param>
    /// <param name="cancellationToken">Stops waiting for an issuer.</param>
    /// <returns>The token, or null when this place has none.</returns>
    /// <exception cref="SigningException">The place should have one, but it cannot be had or read.</exception>
    Task<IdentityToken?> GetAsync(string audience, CancellationToken cancellationToken);
}

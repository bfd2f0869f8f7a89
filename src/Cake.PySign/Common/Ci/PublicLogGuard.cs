using Cake.PySign.Common.Logging;
using PySign.Sigstore.Identity;

namespace Cake.PySign.Common.Ci;

/// <summary>
/// Stops what cannot be taken back: a certificate in the public log that names an unreviewed ref or a private project. The token's claims
/// decide, for its issuer signed them; variables, which anybody in the job can set, can only make it stricter. Unknown counts as no.
/// </summary>
internal sealed class PublicLogGuard(Func<string, string?> variable, SafeLog log)
{
    /// <exception cref="PySignException">It needs an explicit yes that was not given.</exception>
    public void Check(IdentityToken token, bool allowUnprotectedRef, bool allowPrivateProject)
    {
        var source = TokenSourceFacts.Of(token, variable);
        Require(
            source.RefConcern,
            allowUnprotectedRef,
            PySignFailure.UnprotectedRef,
            token,
            "AllowUnprotectedRef",
            "allow-unprotected-ref",
            "PYSIGN_ALLOW_UNPROTECTED_REF"
        );
        Require(
            source.ProjectConcern,
            allowPrivateProject,
            PySignFailure.PrivateProject,
            token,
            "AllowPrivateProject",
            "allow-private-project",
            "PYSIGN_ALLOW_PRIVATE_PROJECT"
        );
    }

    private void Require(
        string? concern,
        bool allowed,
        PySignFailure reason,
        IdentityToken token,
        string property,
        string argument,
        string parameter
    )
    {
        if (concern is null)
        {
            return;
        }

        if (!allowed)
        {
            throw new PySignException(
                reason,
                $"Nothing was signed: {concern}. The public log would show {token.ExpectedIdentity} to everybody, for ever.",
                (
                    reason == PySignFailure.UnprotectedRef
                        ? "Release from a protected branch or tag"
                        : "Sign with a private Sigstore instance or with a key, or make the project public"
                ) + $"; if this is meant, say so: {property} = true in the settings, --{argument}=true or {parameter}=true for the recipe."
            );
        }

        log.Warning($"{property}: {concern}; {token.ExpectedIdentity} becomes public all the same.");
    }
}

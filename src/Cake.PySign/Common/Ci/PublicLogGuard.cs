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
        foreach (var concern in All(token, allowUnprotectedRef, allowPrivateProject))
        {
            if (!concern.Allowed)
            {
                throw Refusal(concern, token);
            }

            log.Warning($"{concern.Property}: {concern.What}; {token.ExpectedIdentity} becomes public all the same.");
        }
    }

    /// <summary>Everything that needs a yes that was not given.</summary>
    public IEnumerable<PySignException> Concerns(IdentityToken token, bool allowUnprotectedRef, bool allowPrivateProject) =>
        All(token, allowUnprotectedRef, allowPrivateProject).Where(concern => !concern.Allowed).Select(concern => Refusal(concern, token));

    private IEnumerable<Concern> All(IdentityToken token, bool allowUnprotectedRef, bool allowPrivateProject)
    {
        var source = TokenSourceFacts.Of(token, variable);
        if (source.RefConcern is { } reference)
        {
            yield return new Concern(
                reference,
                allowUnprotectedRef,
                PySignFailure.UnprotectedRef,
                "AllowUnprotectedRef",
                "allow-unprotected-ref",
                "PYSIGN_ALLOW_UNPROTECTED_REF"
            );
        }

        if (source.ProjectConcern is { } project)
        {
            yield return new Concern(
                project,
                allowPrivateProject,
                PySignFailure.PrivateProject,
                "AllowPrivateProject",
                "allow-private-project",
                "PYSIGN_ALLOW_PRIVATE_PROJECT"
            );
        }
    }

    private static PySignException Refusal(Concern concern, IdentityToken token) =>
        new(
            concern.Reason,
            $"Nothing was signed: {concern.What}. The public log would show {token.ExpectedIdentity} to everybody, permanently.",
            (
                concern.Reason == PySignFailure.UnprotectedRef
                    ? "Release from a protected branch or tag"
                    : "Sign with a private Sigstore instance or with a key, or make the project public"
            )
                + $"; if this is meant, say so: {concern.Property} = true in the settings, --{concern.Argument}=true or "
                + $"{concern.Parameter}=true for the recipe."
        );

    private sealed record Concern(string What, bool Allowed, PySignFailure Reason, string Property, string Argument, string Parameter);
}

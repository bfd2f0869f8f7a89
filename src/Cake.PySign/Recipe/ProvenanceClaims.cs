using Cake.PySign.Common.Provenance;
using Cake.PySign.Consume;
using Cake.PySign.Sign;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace Cake.PySign.Recipe;

/// <summary>
/// What the provenance of a release will say, held to the certificate that signs it and to the users' policy before the first entry in a
/// log: what a verifier would refuse is never signed.
/// </summary>
internal static class ProvenanceClaims
{
    private const string Never = "switch provenance off (--provenance=never, PYSIGN_PROVENANCE)";

    private const string Advice =
        "Let the operator of Fulcio compare its configuration of this issuer with docs/private-sigstore.md, \"GitLab as issuer\"; or "
        + Never
        + ".";

    /// <summary>The claims; null where none can be vouched for, which a warning explains.</summary>
    /// <exception cref="PySignException">There must be provenance (<see cref="PySignChoice.Always"/>, or the users' policy), and there
    /// can be none; or it would name another commit than was built. Nothing was signed.</exception>
    public static async Task<BuildClaims?> ForAsync(
        Release release,
        Ledger ledger,
        SigningSession session,
        CancellationToken cancellationToken
    )
    {
        if (!ProvenanceFiles.Wants(release))
        {
            return null;
        }

        var rule = ConsumerVerificationStage.UsersPolicy(release)?.Provenance;
        var isRequired = release.Options.Provenance == PySignChoice.Always || rule is not null;
        if (
            session.Claims is not { } claims
            || await session.CertificateAsync(cancellationToken).ConfigureAwait(false) is not { } certificate
        )
        {
            return isRequired ? throw NoBuilder(session.Name) : Without(release);
        }

        RequireSameCommit(release, ledger, claims);
        try
        {
            var (certified, said) = ProvenanceVerifier.Of(claims, certificate);
            RequirePolicy(rule, said, ledger);
            return certified;
        }
        catch (ProvenanceException e)
        {
            return isRequired ? throw Refused(e) : Without(release, e);
        }
    }

    private static void RequirePolicy(ProvenanceRule? rule, VerifiedProvenance said, Ledger ledger)
    {
        try
        {
            rule?.Require(said, ProjectName.Parse(ledger.Name), PythonVersion.Parse(ledger.Version));
        }
        catch (ProvenanceException e)
        {
            throw new PySignException(
                PySignFailure.ProvenanceMismatch,
                $"The users' policy would refuse the provenance of this release: expected {e.Expected}, found {e.Found}.",
                "Correct [provenance] in the policy, or sign in the job that it names. Nothing was signed."
            );
        }
    }

    /// <summary>The token says for what the job runs; a variable or an earlier job that says otherwise is not overruled but
    /// stopped.</summary>
    private static void RequireSameCommit(Release release, Ledger ledger, BuildClaims claims)
    {
        foreach (var (who, commit) in new[] { ("the ledger", ledger.Source?.Commit), ("the job", release.Options.BuiltFrom?.Commit) })
        {
            if (commit is not null && commit != claims.Commit)
            {
                throw new PySignException(
                    PySignFailure.ProvenanceMismatch,
                    $"The identity token is for commit {claims.Commit}, and {who} says {commit}: provenance would name another commit than "
                        + "the one that was built.",
                    $"Build and sign in one pipeline of one commit, or {Never}."
                );
            }
        }
    }

    private static BuildClaims? Without(Release release)
    {
        release.Log.Information("No provenance: the identity is not a job's of GitHub or GitLab, which would say commit and workflow.");
        return null;
    }

    private static BuildClaims? Without(Release release, ProvenanceException e)
    {
        release.Log.Warning($"No provenance is made: {Difference(e)} {Advice}");
        return null;
    }

    private static PySignException Refused(ProvenanceException e) =>
        new(PySignFailure.ProvenanceMismatch, Difference(e), $"{Advice} Nothing was signed.");

    private static string Difference(ProvenanceException e) =>
        $"whoever verifies would refuse it by its {ProvenanceException.NameOf(e.Part)}. The job's identity token says {e.Found}; expected "
        + $"is {e.Expected}.";

    private static PySignException NoBuilder(string name) =>
        new(
            PySignFailure.InvalidSettings,
            $"Provenance was asked for, and {name} is not a job of GitHub or GitLab, whose token says commit and workflow.",
            "Sign in such a job, or leave --provenance (PYSIGN_PROVENANCE) and [provenance] of the policy out. Nothing was signed."
        );
}

using Cake.PySign.Sign;

namespace Cake.PySign.Recipe.Preflight;

/// <summary>
/// The part of the preflight that no run of Sign goes without, whatever task was asked for: names and metadata for the index, and what the
/// certificate says. It comes before the first entry in a log.
/// </summary>
internal static class SigningGuard
{
    public static async Task RequireAsync(Release release, Ledger ledger, SigningSession session, CancellationToken cancellationToken)
    {
        var report = new PreflightReport();
        foreach (var problem in DistributionRules.Problems(release, ledger))
        {
            report.Add(problem);
        }

        if (session.Token is { } token)
        {
            foreach (var problem in IdentityRules.Problems(token, release, ledger))
            {
                report.Add(problem);
            }
        }

        if (report.IsReady && await PolicyProblemAsync(release, ledger, session, cancellationToken).ConfigureAwait(false) is { } refused)
        {
            report.Add(refused);
        }

        if (!report.IsReady)
        {
            report.Publish(release);
            report.Require();
        }
    }

    /// <summary>A policy may ask more of a certificate than a name, and then there must be one to ask.</summary>
    private static async Task<PreflightProblem?> PolicyProblemAsync(
        Release release,
        Ledger ledger,
        SigningSession session,
        CancellationToken cancellationToken
    ) =>
        session.Token is not null
        && ConsumerVerificationStage.UsersPolicy(release) is { } policy
        && policy.Signers.Any(signer => signer.Extensions.Count > 0)
        && await session.CertificateAsync(cancellationToken).ConfigureAwait(false) is { } certificate
            ? IdentityRules.OfPolicy(certificate, policy, ledger)
            : null;
}

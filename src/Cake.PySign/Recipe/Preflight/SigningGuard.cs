using Cake.PySign.Sign;

namespace Cake.PySign.Recipe.Preflight;

/// <summary>
/// The part of the preflight that no run of Sign goes without, whatever task was asked for: names and metadata for the index, and the
/// certificate's name. It comes before the first entry in a log.
/// </summary>
internal static class SigningGuard
{
    public static void Require(Release release, Ledger ledger, SigningSession session)
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

        if (!report.IsReady)
        {
            report.Publish(release);
            report.Require();
        }
    }
}

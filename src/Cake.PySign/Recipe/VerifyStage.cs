namespace Cake.PySign.Recipe;

/// <summary>Verifies every distribution against its bundle, the required identity and issuer.</summary>
internal static class VerifyStage
{
    public static async Task RunAsync(Release release, CancellationToken cancellationToken)
    {
        if (release.Options.DryRun && DryRun.HasNoSignatures(release))
        {
            return;
        }

        var ledger = release.Dist.ReadSigned();
        await release.VerifyAsync(ledger, cancellationToken, brief: false).ConfigureAwait(false);
        release.Dist.Store.Write(ledger.Verified(ReleaseStage.Verify, release.Identity, release.Issuer, release.Time.GetUtcNow()));
    }
}

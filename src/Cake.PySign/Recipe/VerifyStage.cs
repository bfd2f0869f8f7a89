namespace Cake.PySign.Recipe;

/// <summary>Verifies every distribution against its bundle, the required identity and issuer.</summary>
internal static class VerifyStage
{
    public static async Task RunAsync(Release release, CancellationToken cancellation)
    {
        if (release.Options.DryRun && DryRun.HasNoSignatures(release))
        {
            return;
        }

        var ledger = release.Dist.ReadSigned();
        await release.VerifyAsync(ledger, cancellation).ConfigureAwait(false);
        release.Dist.Store.Write(ledger.Verified(nameof(ReleaseStage.Verify), release.Identity, release.Issuer, release.Time.GetUtcNow()));
    }
}

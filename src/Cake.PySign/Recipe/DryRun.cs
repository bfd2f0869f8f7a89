namespace Cake.PySign.Recipe;

/// <summary>What a dry run leaves out: everything that others would see.</summary>
internal static class DryRun
{
    /// <summary>Whether a stage has nothing to show because nothing was signed: signing writes into a public log permanently, and a dry run
    /// does not.</summary>
    public static bool HasNoSignatures(Release release)
    {
        var ledger = release.Dist.ReadChecked();
        var none = ledger.Statement is null || ledger.Files.Any(file => file.Signature is null);
        if (none)
        {
            release.Log.Information("Dry run: not everything is signed; the plan is made from what was built.");
        }

        return none;
    }

    /// <summary>Whether a stage is left out in a dry run.</summary>
    public static bool Skips(Release release, string what)
    {
        if (release.Options.DryRun)
        {
            release.Log.Information($"Dry run: {what}.");
        }

        return release.Options.DryRun;
    }
}

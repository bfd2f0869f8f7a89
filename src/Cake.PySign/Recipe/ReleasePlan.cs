using Cake.PySign.Consume;
using Cake.PySign.Publish;
using Cake.PySign.Verify;

namespace Cake.PySign.Recipe;

/// <summary>
/// What either publishing stage would do, at both registries: each is read before anything is sent, so that a release that cannot be
/// finished is not begun.
/// </summary>
internal sealed record ReleasePlan(
    UploadPlan Signatures,
    GenericUploadSettings SignatureSettings,
    TwinePlan Packages,
    TwineUploadSettings PackageSettings
)
{
    public static async Task<ReleasePlan> MakeAsync(Release release, Ledger ledger, CancellationToken cancellationToken)
    {
        var options = release.Options;
        var generic = new GenericUploadSettings
        {
            Store = release.Store(ledger),
            Network = options.Network,
            DryRun = options.DryRun,
            Draft = release.Together?.MoreFollow == true,
        };
        var index = PackagesOf(release);
        var signatures = await release
            .Generic.PlanAsync(ledger.SignatureFiles.Select(part => release.Dist.File(part.Name)), generic, cancellationToken)
            .ConfigureAwait(false);
        var packages = await release
            .Index.PlanAsync(ledger.Files.Select(file => release.Dist.File(file.Name)), index, cancellationToken)
            .ConfigureAwait(false);
        return new ReleasePlan(signatures, generic, packages, index);
    }

    /// <summary>How the distributions are published.</summary>
    public static TwineUploadSettings PackagesOf(Release release)
    {
        var options = release.Options;
        return new TwineUploadSettings
        {
            RepositoryUrl =
                options.RepositoryUrl
                ?? throw Release.Missing(
                    "PYSIGN_REPOSITORY_URL",
                    "where twine uploads, such as https://gitlab.com/api/v4/projects/42/packages/pypi"
                ),
            Index = release.UsesTrustedPublishing ? new IndexSettings { Url = options.Index.Url } : options.Index,
            TrustedPublishing = release.UsesTrustedPublishing ? PySignChoice.Always : PySignChoice.Never,
            UploadAttestations = release.Attests && release.UsesTrustedPublishing,
            AttestationVerification = new PyPiVerifyAttestationsSettings
            {
                Publisher = options.Publisher,
                Trust = options.Trust,
                Network = options.Network,
            },
            Python = options.Python,
            DryRun = options.DryRun,
            Network = options.Network,
        };
    }

    public void Print(Release release)
    {
        Signatures.Print(release.Log, release.Options.DryRun);
        Packages.Print(release.Log, release.Options.DryRun);
        if (release.Options.DryRun)
        {
            release.Log.Information("Dry run: nothing is sent.");
        }
    }

    /// <exception cref="PySignException">A name is taken by other bytes, at either registry, or the index has more of this version than the
    /// release.</exception>
    /// <param name="policy">What consumers are told to accept; null for the recipe's own rules.</param>
    public void RefuseDifferent(ReleasePolicy? policy)
    {
        UploadPlan.RefuseDifferent(Signatures, Packages.Uploads);
        Packages.RefuseStrangers(lookalikes: policy?.Lookalikes == true);
    }
}

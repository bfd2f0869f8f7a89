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
    /// <summary>The plan of files whose signatures hold, printed, and found possible.</summary>
    /// <exception cref="PySignException">A signature does not hold, a name is taken by other bytes at either registry, or the index has
    /// more of this version than the release.</exception>
    public static async Task<ReleasePlan> MakeAsync(Release release, Ledger ledger, CancellationToken cancellationToken)
    {
        await release.VerifyAsync(ledger, cancellationToken).ConfigureAwait(false);
        var plan = await ReadAsync(release, ledger, cancellationToken).ConfigureAwait(false);
        plan.Print(release);
        UploadPlan.RefuseDifferent(plan.Signatures, plan.Packages.Uploads);
        plan.Packages.RefuseStrangers(lookalikes: ConsumerVerificationStage.UsersPolicy(release)?.Lookalikes == true);
        return plan;
    }

    private static async Task<ReleasePlan> ReadAsync(Release release, Ledger ledger, CancellationToken cancellationToken)
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
                Trust = release.Trust,
                Network = options.Network,
            },
            Python = options.Python,
            DryRun = options.DryRun,
            Network = options.Network,
        };
    }

    private void Print(Release release)
    {
        Signatures.Print(release.Log, release.Options.DryRun);
        Packages.Print(release.Log, release.Options.DryRun);
        if (release.Options.DryRun)
        {
            release.Log.Information("Dry run: nothing is sent.");
        }
    }
}

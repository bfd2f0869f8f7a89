using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Processes;
using Cake.PySign.Common.Stores;
using Cake.PySign.Publish;

namespace Cake.PySign.Recipe;

/// <summary>
/// What a GitHub release holds in addition to the signatures: <c>SHA256SUMS</c>, the page for people without Cake, and the distributions
/// where that is asked for. They go into the same draft, so that the release is published whole.
/// </summary>
internal sealed class ReleaseAssets : IDisposable
{
    public const string Sums = "SHA256SUMS";

    private readonly NeutralFolder _folder = new();

    private ReleaseAssets(UploadPlan signatures) => Plan = signatures;

    /// <summary>The plan of the signatures, with the other files behind them.</summary>
    public UploadPlan Plan { get; private set; }

    public void Dispose() => _folder.Dispose();

    /// <summary>Adds them to a plan, where signatures go to a GitHub release.</summary>
    /// <exception cref="PySignException">The release has a distribution of other bytes.</exception>
    public static async Task<ReleaseAssets> AddAsync(Release release, Ledger ledger, ReleasePlan plan, CancellationToken cancellationToken)
    {
        var assets = new ReleaseAssets(plan.Signatures);
        if (plan.SignatureSettings.Store.Kind != StoreKind.GitHubRelease)
        {
            return assets;
        }

        try
        {
            await assets.AddAsync(release, ledger, plan.SignatureSettings, cancellationToken).ConfigureAwait(false);
            return assets;
        }
        catch
        {
            assets.Dispose();
            throw;
        }
    }

    private async Task AddAsync(Release release, Ledger ledger, GenericUploadSettings settings, CancellationToken cancellationToken)
    {
        List<FilePath> distributions = release.Options.AttachDistributions
            ? [.. ledger.Files.Select(file => release.Dist.File(file.Name))]
            : [];
        FilePath[] written = [Written(release, ledger, Sums), Written(release, ledger, VerificationNotes.FileName)];
        AtomicFile.Write(written[0], SumsOf(ledger));
        AtomicFile.Write(written[1], Notes(release, ledger, settings));
        var more = await release.Generic.PlanAsync([.. distributions, .. written], settings, cancellationToken).ConfigureAwait(false);
        more.Print(release.Log);
        var packages = more with { Uploads = [.. more.Uploads.Take(distributions.Count)] };
        UploadPlan.RefuseDifferent(packages);

        // Nobody trusts these two: what an earlier run, or an earlier version of this recipe, wrote there stays.
        var own = more.Uploads.Skip(distributions.Count).ToList();
        foreach (var other in own.Where(upload => upload.State == PlannedState.Different))
        {
            release.Log.Warning($"The release has another {other.FileName} already; it stays.");
        }

        Plan = Plan with
        {
            Uploads = [.. Plan.Uploads, .. packages.Uploads, .. own.Where(upload => upload.State != PlannedState.Different)],
        };
    }

    /// <summary>In the release of one project a file has its usual name; where a tag is several projects' each has a file of its own,
    /// released together or not.</summary>
    private FilePath Written(Release release, Ledger ledger, string name)
    {
        var path = new FilePath(name);
        var own = $"{path.GetFilenameWithoutExtension()}-{ledger.NormalizedName}{path.GetExtension()}";
        return _folder.Path.CombineWithFilePath(release.SharesTag ? own : name);
    }

    private static string SumsOf(Ledger ledger) =>
        string.Concat(
            ledger
                .Files.Select(file => (file.Name, file.Sha256))
                .Concat(ledger.SignatureFiles.Select(part => (part.Name, part.Sha256)))
                .OrderBy(file => file.Name, StringComparer.Ordinal)
                .Select(file => $"{file.Sha256}  {file.Name}\n")
        );

    // Written before anything is public: where the release itself will serve its files is known, where an index will is not.
    private static string Notes(Release release, Ledger ledger, GenericUploadSettings settings)
    {
        using var store = release
            .Connections.For(release.Options.Network, release.Context.Environment)
            .Store(settings.Store, release.Log, uploads: true);
        var names = ledger.SignatureFiles.Select(part => part.Name);
        var served = release.Options.AttachDistributions ? names.Concat(ledger.Files.Select(file => file.Name)) : names;
        return VerificationNotes.Of(
            new PublishedFacts
            {
                Ledger = ledger,
                Identity = release.Identity,
                Issuer = release.Issuer,
                Index = release.Options.Index.Url ?? ConsumerVerificationStage.IndexOf(release.Options),
                Store = settings.Store,
                Instance = SigningInstance.Of(release),
                Addresses = served.ToDictionary(name => name, store.Url, StringComparer.Ordinal),
            }
        );
    }
}

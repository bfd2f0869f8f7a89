using System.Collections.Concurrent;
using Cake.PySign.Common;
using Cake.PySign.Common.Stores;
using Cake.PySign.Publish;

namespace Cake.PySign.Recipe.Preflight;

/// <summary>Both plans with the real credentials, from the digests of Build and without a write: what is there already, and what is in the
/// way.</summary>
internal static class DestinationCheck
{
    private const int Parallelism = 16;

    public static async Task SignaturesAsync(PreflightContext check, CancellationToken cancellationToken)
    {
        var (release, ledger) = (check.Release, check.Ledger);
        if (ledger.Statement is not null && ledger.Files.All(file => file.Signature is not null))
        {
            var plan = await release.Generic.PlanAsync(Paths(check), Settings(check), cancellationToken).ConfigureAwait(false);
            plan.Print(release.Log);
            UploadPlan.RefuseDifferent(plan);
            return;
        }

        if (release.UsesKey || release.Options is { CertificateIdentity: not null, CertificateOidcIssuer: not null })
        {
            var judge = await EarlierSignatures.JudgeAsync(release, cancellationToken).ConfigureAwait(false);
            var found = await new EarlierInStore(release, judge).FindAsync(ledger, cancellationToken).ConfigureAwait(false);
            found.RefuseConflicts();
            release.Log.Information(
                $"Plan for {found.Root}: {ledger.Files.Count + 1} signatures to make and upload, {found.Count} there already"
                    + (found.Count > 0 ? ", which hold and are kept" : "")
            );
        }
        else
        {
            await NamesAsync(check, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Where it is not known who signs, what is there cannot be judged.</summary>
    private static async Task NamesAsync(PreflightContext check, CancellationToken cancellationToken)
    {
        var (release, ledger) = (check.Release, check.Ledger);
        using var store = release
            .Connections.For(check.Options.Network, release.Context.Environment)
            .Store(release.Store(ledger), release.Log, uploads: true);
        string[] names = [.. ledger.Files.Select(file => file.Name + SignatureNames.Bundle), EarlierInFolder.StatementName(ledger)];
        foreach (var name in names)
        {
            store.RequireFile(name);
        }

        var there = new ConcurrentBag<string>();
        await Parallel
            .ForEachAsync(
                names,
                new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
                async (name, token) =>
                {
                    if (await store.FingerprintAsync(name, token).ConfigureAwait(false) is not null)
                    {
                        there.Add(name);
                    }
                }
            )
            .ConfigureAwait(false);
        release.Log.Information($"Plan for {store.Root}: {names.Length} signatures to make and upload, {there.Count} there already");
        if (there.IsEmpty)
        {
            await store.RequireOpenAsync(names, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            check.Add(
                ReleaseStage.PublishSignatures,
                PreflightReason.SignedBefore,
                there.Order(StringComparer.Ordinal).First(),
                $"{there.Count} signatures of this version are at {store.Root} already, and not in '{release.Dist.Path}': new ones would "
                    + "be other files under the same names.",
                "Set CERTIFICATE_IDENTITY and CERTIFICATE_OIDC_ISSUER, so that what is there can be verified and kept; or go on with the "
                    + "folder dist/ of the run that signed them."
            );
        }
    }

    public static async Task PackagesAsync(PreflightContext check, CancellationToken cancellationToken)
    {
        var release = check.Release;
        var settings = ReleasePlan.PackagesOf(release);

        // Attestations are made when the release is signed.
        settings.UploadAttestations = false;
        settings.DryRun = true;
        var plan = await release
            .Index.PlanAsync(check.Ledger.Files.Select(file => release.Dist.File(file.Name)), settings, cancellationToken)
            .ConfigureAwait(false);
        plan.Print(release.Log);
        Collect(check, () => UploadPlan.RefuseDifferent(plan.Uploads));
        Collect(check, () => plan.RefuseStrangers(ConsumerVerificationStage.UsersPolicy(release)?.Lookalikes == true));
        try
        {
            plan.Target.RequireCredentials();
        }
        catch (PySignException e)
        {
            check.AddOrUnknown(ReleaseStage.Publish, e, "whether the job that publishes has user name and password: this one has not");
        }

        if (plan.Uploads.Missing.Any())
        {
            check.Report.Unknown(
                "whether a file name was used by a file that was deleted, and whether the credential may upload: an index says so on "
                    + "upload only"
            );
        }
    }

    private static void Collect(PreflightContext check, Action refuse)
    {
        try
        {
            refuse();
        }
        catch (PySignException e)
        {
            check.Add(ReleaseStage.Publish, e, check.Ledger.Version);
        }
    }

    private static IEnumerable<Cake.Core.IO.FilePath> Paths(PreflightContext check) =>
        check.Ledger.SignatureFiles.Select(part => check.Release.Dist.File(part.Name));

    private static GenericUploadSettings Settings(PreflightContext check) =>
        new()
        {
            Store = check.Release.Store(check.Ledger),
            Network = check.Options.Network,
            DryRun = true,
        };
}

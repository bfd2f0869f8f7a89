using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Network;
using Cake.PySign.Verify;

namespace Cake.PySign.Publish;

/// <summary>
/// Compares with the index, lets twine upload what is missing, and reads it back. A rerun after a half upload goes on where it stopped:
/// the same bytes are success, other bytes under the same name stop before anything is sent.
/// </summary>
internal sealed class TwineUploader(Services services)
{
    private static readonly TimeSpan _pollInterval = TimeSpan.FromSeconds(2);

    public static TwineUploader For(ICakeContext context) => new(Services.For(context));

    public async Task<IReadOnlyList<UploadReceipt>> UploadAsync(
        IEnumerable<FilePath> files,
        TwineUploadSettings settings,
        CancellationToken cancellationToken
    )
    {
        if (!settings.DryRun)
        {
            TwineTarget.From(settings, services.Environment).RequireCredentials();
        }

        using var copies = new PrivateCopies(services.Digests);
        var paths = FileList.Require(files, services.Environment, "publish");
        foreach (var path in settings.DryRun ? [] : paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            copies.Take(path);
        }

        var plan = await PlanAsync(paths, settings, cancellationToken).ConfigureAwait(false);
        plan.Print(services.Log, settings.DryRun);
        UploadPlan.RefuseDifferent(plan.Uploads);
        if (settings.DryRun)
        {
            services.Log.Information("Dry run: nothing was published.");
            return [.. plan.Uploads.Receipts];
        }

        return await CarryOutAsync(plan, settings, copies, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads what the index serves under the name of every distribution.</summary>
    public async Task<TwinePlan> PlanAsync(IEnumerable<FilePath> files, TwineUploadSettings settings, CancellationToken cancellationToken)
    {
        var target = TwineTarget.From(settings, services.Environment);
        services.Log.Redactor.Add(target.Password);
        var local = FileList
            .Require(files, services.Environment, "publish")
            .Select(file => LocalDistribution.Open(file, services.Digests))
            .ToList();
        Duplicates.Refuse(local.Select(file => file.Path), static path => path.GetFilename().FullPath, "Publish one of them.");

        var attestations = settings.UploadAttestations ? UploadAttestations.Beside(local) : null;
        using var connection = Connect(target, settings);
        var there = await new PublishedFiles(connection, target.Index, services.Time)
            .ReadAsync(local, cancellationToken)
            .ConfigureAwait(false);
        var uploads = local.Select(file => new PlannedUpload
        {
            Path = file.Path,
            Sha256 = file.Sha256,
            Size = file.Size,
            There = there.Served.GetValueOrDefault(file),
        });
        return new TwinePlan(
            new UploadPlan(target.Repository, [.. uploads]),
            local,
            target,
            attestations,
            there.Foreign,
            there.AlsoInstallable
        );
    }

    /// <summary>Publishes what is missing. The plan holds no file that is different.</summary>
    public async Task<IReadOnlyList<UploadReceipt>> CarryOutAsync(
        TwinePlan plan,
        TwineUploadSettings settings,
        PrivateCopies copies,
        CancellationToken cancellationToken
    )
    {
        plan.Target.RequireCredentials();
        using var connection = Connect(plan.Target, settings);
        var remote = new PublishedFiles(connection, plan.Target.Index, services.Time);
        var desk = new ReceiptDesk(services.Log, settings.Received, new UploadProgress(plan.Uploads, services.Time));
        foreach (var receipt in plan.Uploads.Receipts)
        {
            desk.Hand(receipt);
        }

        if (plan.Missing().Count > 0)
        {
            await SendAsync(plan, settings, copies, remote, desk, cancellationToken).ConfigureAwait(false);
        }

        if (plan.Attestations is { } attestations)
        {
            var (integrity, user, password) = plan.Target.IntegrityOf(settings.AttestationVerification.Integrity);
            using var index = services
                .Connections.For(settings.Network, services.Environment)
                .Basic(integrity, user, password, allowStorage: false, services.Log);
            await attestations
                .RequireServedAsync(new IntegrityApi(index, integrity), services.Time, settings.ReadBackTimeout, cancellationToken)
                .ConfigureAwait(false);
        }

        return desk.Of(plan.Uploads);
    }

    /// <summary>Runs twine until nothing is missing, or for a reason that no further run would change.</summary>
    private async Task SendAsync(
        TwinePlan plan,
        TwineUploadSettings settings,
        PrivateCopies copies,
        PublishedFiles remote,
        ReceiptDesk desk,
        CancellationToken cancellationToken
    )
    {
        var python = await services.FindPythonAsync(settings.Python, "twine", cancellationToken).ConfigureAwait(false);
        TwineVersion.Require(python, plan.Attestations is not null);
        var permission = new UploadPermission(services.Reaching(settings.Network));
        var target = await permission.GetAsync(plan, settings, cancellationToken).ConfigureAwait(false);
        var retries = new Retries(services.Time);
        for (var missing = plan.Missing(); missing.Count > 0; )
        {
            var failure = await new TwineRun(services, python, target, plan.Attestations, remote, desk)
                .RunAsync(missing, copies, settings, cancellationToken)
                .ConfigureAwait(false);
            if (failure is null)
            {
                missing = await ReadBackAsync(missing, remote, desk, settings.ReadBackTimeout, cancellationToken).ConfigureAwait(false);
            }
            else if (!permission.RanOut(failure, target))
            {
                missing = await AfterFailureAsync(failure, missing, remote, desk, retries, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                missing = await StillMissingAsync(failure, missing, remote, desk, cancellationToken).ConfigureAwait(false);
                target =
                    missing.Count == 0
                        ? target
                        : await permission.RenewAsync(failure, target, missing, plan.Local.Count, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private RegistryConnection Connect(TwineTarget target, TwineUploadSettings settings) =>
        services
            .Connections.For(settings.Network, services.Environment)
            .Basic(
                target.Index,
                target.IndexCredentials.UserName,
                target.IndexCredentials.Password,
                settings.Network.StorageRedirects.Decide(true),
                services.Log
            );

    /// <summary>twine repeats a request whose answer was lost and then meets its own file: what the registry serves decides.</summary>
    private async Task<List<LocalDistribution>> AfterFailureAsync(
        PySignException failure,
        List<LocalDistribution> missing,
        PublishedFiles remote,
        ReceiptDesk desk,
        Retries retries,
        CancellationToken cancellationToken
    )
    {
        if (failure.Reason == PySignFailure.Unauthorized)
        {
            throw failure;
        }

        var rest = await StillMissingAsync(failure, missing, remote, desk, cancellationToken).ConfigureAwait(false);
        if (rest.Count == 0)
        {
            services.Log.Warning("twine reported a failure, but the registry serves exactly these files");
            return rest;
        }

        services.Log.Warning($"twine: {failure.Message.Split('\n')[0].Trim()} {rest.Count} of {missing.Count} files are not there yet.");
        if (rest.Count < missing.Count)
        {
            retries.Restart();
        }

        return await retries.NextAsync(failure, cancellationToken).ConfigureAwait(false) ? rest : throw failure;
    }

    /// <summary>What the index does not serve; a receipt is handed out for what it does.</summary>
    private static async Task<List<LocalDistribution>> StillMissingAsync(
        PySignException failure,
        List<LocalDistribution> missing,
        PublishedFiles remote,
        ReceiptDesk desk,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyDictionary<LocalDistribution, RegistryDownload> there;
        try
        {
            there = await remote.FindAsync(missing, cancellationToken).ConfigureAwait(false);
        }
        catch (PySignException e)
        {
            // That a name is taken means nothing before it is known by what.
            throw failure.Reason == PySignFailure.Conflict ? e : failure;
        }

        TwineReadBack.HandOut(there, desk);
        return [.. missing.Where(file => !there.ContainsKey(file))];
    }

    private async Task<List<LocalDistribution>> ReadBackAsync(
        List<LocalDistribution> uploaded,
        PublishedFiles remote,
        ReceiptDesk desk,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        var started = services.Time.GetTimestamp();
        while (true)
        {
            var there = await remote.FindAsync(uploaded, cancellationToken).ConfigureAwait(false);
            TwineReadBack.HandOut(there, desk);
            uploaded = [.. uploaded.Where(file => !there.ContainsKey(file))];
            if (uploaded.Count == 0)
            {
                return uploaded;
            }

            if (services.Time.GetElapsedTime(started) >= patience)
            {
                throw new PySignException(
                    PySignFailure.DigestMismatch,
                    $"twine reported success, but after {patience:g} the index at {remote.Index} does not list: "
                        + string.Join(", ", uploaded.Select(file => file.FileName)),
                    "Check that Index.Url belongs to RepositoryUrl; run again when the registry has caught up."
                );
            }

            // PyPI's index is behind a cache; GitLab's shows a file at once.
            await Task.Delay(_pollInterval, services.Time, cancellationToken).ConfigureAwait(false);
        }
    }
}

using System.Collections.Concurrent;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Stores;
using PySign.Formats;

namespace Cake.PySign.Publish;

/// <summary>
/// Look, compare, send, read back. Generic registries may take a second file of the same name and serve the newest, so that a later run
/// could shadow a signature: other bytes under the same name stop everything before the first upload.
/// </summary>
internal sealed class GenericUploader(Services services)
{
    public async Task<IReadOnlyList<UploadReceipt>> UploadAsync(
        IEnumerable<FilePath> files,
        GenericUploadSettings settings,
        CancellationToken cancellationToken
    )
    {
        var plan = await PlanAsync(files, settings, cancellationToken).ConfigureAwait(false);
        plan.Print(services.Log, settings.DryRun);
        UploadPlan.RefuseDifferent(plan);
        if (settings.DryRun)
        {
            services.Log.Information("Dry run: nothing was uploaded.");
            return [.. plan.Receipts];
        }

        return await CarryOutAsync(plan, settings, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads what the registry serves under the name of every file.</summary>
    public async Task<UploadPlan> PlanAsync(
        IEnumerable<FilePath> files,
        GenericUploadSettings settings,
        CancellationToken cancellationToken
    )
    {
        var paths = FileList.Require(files, services.Environment, "upload");
        using var registry = Open(settings);
        if (string.IsNullOrEmpty(settings.Store.Token) && !settings.DryRun)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "An upload needs a token, also in a public project.",
                "Set Store.Token and Store.TokenKind."
            );
        }

        RequireDistinctNames(paths, registry);
        var uploads = await ReadAsync(registry, paths, settings, cancellationToken).ConfigureAwait(false);
        if (uploads.Any(upload => upload.State == PlannedState.Different))
        {
            // Listed once for all, and after the last was read: what is served must be found in the list, or nobody sent it.
            var kept = await registry.KeptAsync(cancellationToken).ConfigureAwait(false);
            uploads =
            [
                .. uploads.Select(upload =>
                    upload.State == PlannedState.Different
                        ? upload with
                        {
                            CameFirst = CameFirst(kept[registry.Stored(upload.FileName)], upload.Sha256, upload.There!.Sha256),
                        }
                        : upload
                ),
            ];
        }

        var plan = new UploadPlan(registry.Root, uploads);
        await registry.RequireOpenAsync([.. plan.Missing.Select(upload => upload.FileName)], cancellationToken).ConfigureAwait(false);
        return plan;
    }

    private async Task<List<PlannedUpload>> ReadAsync(
        GenericRegistry registry,
        IReadOnlyList<FilePath> paths,
        GenericUploadSettings settings,
        CancellationToken cancellationToken
    )
    {
        var planned = new ConcurrentDictionary<FilePath, PlannedUpload>();
        await Parallel
            .ForEachAsync(
                paths,
                RegistryConnections.Parallel(settings.Network, cancellationToken),
                async (path, token) =>
                {
                    var there = await registry.FingerprintAsync(path.GetFilename().FullPath, token).ConfigureAwait(false);
                    planned[path] = new PlannedUpload
                    {
                        Path = path,
                        Sha256 = services.Digests.Of(path),
                        Size = new FileInfo(path.FullPath).Length,
                        There = there,
                    };
                }
            )
            .ConfigureAwait(false);
        return [.. paths.Select(path => planned[path])];
    }

    /// <summary>Sends what is missing. The plan holds no file that is different.</summary>
    public async Task<IReadOnlyList<UploadReceipt>> CarryOutAsync(
        UploadPlan plan,
        GenericUploadSettings settings,
        CancellationToken cancellationToken
    )
    {
        using var registry = Open(settings);
        var desk = new ReceiptDesk(services.Log, settings.Received, new UploadProgress(plan, services.Time));
        foreach (var receipt in plan.Receipts)
        {
            desk.Hand(receipt);
        }

        var open = InOrder(plan);
        if (open.Count > 0)
        {
            await registry.PrepareUploadAsync(cancellationToken).ConfigureAwait(false);

            // Of two runs of one version, both begin with the same file: whose came first goes on, the other stops before it has sent
            // another.
            desk.Hand(await SendAsync(registry, open[0], claims: true, cancellationToken).ConfigureAwait(false));
        }

        foreach (var together in open.Skip(1).GroupBy(IsBundle))
        {
            await Parallel
                .ForEachAsync(
                    together,
                    RegistryConnections.Parallel(settings.Network, cancellationToken),
                    async (upload, token) => desk.Hand(await SendAsync(registry, upload, claims: false, token).ConfigureAwait(false))
                )
                .ConfigureAwait(false);
        }

        await registry
            .CompleteUploadAsync(
                plan.Uploads.ToDictionary(upload => upload.FileName, upload => upload.Sha256, StringComparer.Ordinal),
                cancellationToken
            )
            .ConfigureAwait(false);
        return desk.Of(plan);
    }

    /// <summary>What is to be sent: bundles before what can be made from them, so that whoever loses everything else finds in them what was
    /// signed.</summary>
    private static List<PlannedUpload> InOrder(UploadPlan plan) =>
        [
            .. plan
                .Missing.Concat(plan.Shadowed)
                .OrderBy(upload => !IsBundle(upload))
                .ThenBy(upload => upload.FileName, StringComparer.Ordinal),
        ];

    private static bool IsBundle(PlannedUpload upload) => upload.FileName.EndsWith(SignatureNames.Bundle, StringComparison.Ordinal);

    public GenericRegistry Open(GenericUploadSettings settings) =>
        services
            .Connections.For(settings.Network, services.Environment)
            .Store(settings.Store, services.Log, uploads: true, draft: settings.Draft);

    private static void RequireDistinctNames(IReadOnlyList<FilePath> paths, GenericRegistry registry)
    {
        foreach (var path in paths)
        {
            registry.RequireFile(path.GetFilename().FullPath);
        }

        Duplicates.Refuse(
            paths,
            path => registry.Stored(path.GetFilename().FullPath),
            "A registry keeps one file under a name; upload one of them."
        );
    }

    /// <summary>Whether ours was the first file of the name and what is served is one that came later, and not something that nobody
    /// sent.</summary>
    private static bool CameFirst(IEnumerable<Sha256Digest> kept, Sha256Digest ours, Sha256Digest served) =>
        kept.FirstOrDefault() == ours && kept.Contains(served);

    /// <summary>Sends once, looks, and sends again only what is not there: a repeated request could store the file twice.</summary>
    private async Task<UploadReceipt> SendAsync(
        GenericRegistry registry,
        PlannedUpload upload,
        bool claims,
        CancellationToken cancellationToken
    )
    {
        if (await ArrivedMeanwhileAsync(registry, upload, cancellationToken).ConfigureAwait(false) is { } receipt)
        {
            return receipt;
        }

        var retries = new Retries(services.Connections.Time);
        while (true)
        {
            var failure = await TrySendAsync(registry, upload, cancellationToken).ConfigureAwait(false);
            if (await registry.FingerprintAsync(upload.FileName, cancellationToken).ConfigureAwait(false) is { } back)
            {
                await RequireFirstAsync(registry, upload, back, claims, cancellationToken).ConfigureAwait(false);
                if (back.Sha256 == upload.Sha256)
                {
                    return upload.Receipt(back, UploadState.Uploaded);
                }

                services.Log.Warning(
                    $"{upload.FileName}: another run's file lies over this one, which came first (here {upload.Sha256}, there "
                        + $"{back.Sha256}); sending it again."
                );
            }

            if (!await retries.NextAsync(failure, cancellationToken).ConfigureAwait(false))
            {
                throw failure
                    ?? new PySignException(
                        PySignFailure.DigestMismatch,
                        $"{upload.FileName} was uploaded, but {registry.Url(upload.FileName)} does not serve it.",
                        "Run again; if this stays, ask the registry's administrator."
                    );
            }
        }
    }

    /// <summary>Where an upload replaces what is there, what another run sent since the plan was made must not be replaced.</summary>
    private static async Task<UploadReceipt?> ArrivedMeanwhileAsync(
        GenericRegistry registry,
        PlannedUpload upload,
        CancellationToken cancellationToken
    )
    {
        if (
            !registry.Overwrites
            || await registry.FingerprintAsync(upload.FileName, cancellationToken).ConfigureAwait(false) is not { } meanwhile
        )
        {
            return null;
        }

        if (meanwhile.Sha256 != upload.Sha256)
        {
            throw UploadPlan.Conflict("another run publishes the same version", [(upload.FileName, upload.Sha256, meanwhile.Sha256)]);
        }

        return upload.Receipt(meanwhile, UploadState.AlreadyThere);
    }

    /// <returns>The failure after which the file may still be there: its answer was lost, or, where duplicates are off, it met its own file
    /// or that of another run.</returns>
    private async Task<PySignException?> TrySendAsync(GenericRegistry registry, PlannedUpload upload, CancellationToken cancellationToken)
    {
        try
        {
            await registry.UploadAsync(upload, upload.Size, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (PySignException e) when (e.Reason == PySignFailure.Conflict || Retries.MayPass(e))
        {
            services.Log.Information($"{upload.FileName}: {e.Message.Split('\n')[0].Trim()}; looking whether it arrived");
            return e;
        }
    }

    /// <summary>Refuses to go on where another run's file of the name came first; whose did is only asked where it decides.</summary>
    private static async Task RequireFirstAsync(
        GenericRegistry registry,
        PlannedUpload upload,
        RegistryDownload back,
        bool claims,
        CancellationToken cancellationToken
    )
    {
        var same = back.Sha256 == upload.Sha256;
        if (same && !claims)
        {
            return;
        }

        List<Sha256Digest> kept =
        [
            .. (await registry.KeptAsync(cancellationToken).ConfigureAwait(false))[registry.Stored(upload.FileName)],
        ];
        var isOurs = same ? kept is not [var first, ..] || first == upload.Sha256 : CameFirst(kept, upload.Sha256, back.Sha256);
        if (!isOurs)
        {
            throw UploadPlan.Conflict(
                "another run publishes the same version, or somebody replaced its files",
                [(upload.FileName, upload.Sha256, same ? kept[0] : back.Sha256)]
            );
        }
    }
}

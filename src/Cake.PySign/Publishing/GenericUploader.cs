using System.Collections.Concurrent;
using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Processes;

namespace Cake.PySign.Publishing;

/// <summary>
/// Look, compare, send, read back. Generic registries take a second file of the same name and serve the newest, so that a later run could shadow
/// a signature: other bytes under the same name stop everything before the first upload.
/// </summary>
internal sealed class GenericUploader(ICakeEnvironment environment, SafeLog log, RegistryConnections connections)
{
    public async Task<IReadOnlyList<UploadReceipt>> UploadAsync(IEnumerable<FilePath> files, GenericUploadSettings settings, CancellationToken cancellationToken)
    {
        var paths = FileList.Require(files, environment, "upload");
        using var registry = connections.Generic(settings, log);
        if (string.IsNullOrEmpty(settings.Token))
        {
            throw new PySignException(PySignFailure.InvalidSettings, "An upload needs a token, also in a public project.", "Set Token and TokenKind.");
        }

        RequireDistinctNames(paths);
        var local = paths.ToDictionary(path => path, FileDigest.Of);
        var there = await CompareAsync(registry, local, settings, cancellationToken).ConfigureAwait(false);
        var receipts = new ConcurrentDictionary<FilePath, UploadReceipt>();
        await Parallel.ForEachAsync(
            paths,
            Options(settings, cancellationToken),
            async (path, token) => receipts[path] = there.TryGetValue(path, out var existing)
                ? Receipt(path, existing, UploadState.AlreadyThere)
                : await SendAsync(registry, path, local[path], token).ConfigureAwait(false)).ConfigureAwait(false);
        return [.. paths.Select(path => receipts[path])];
    }

    internal static ParallelOptions Options(GenericRegistrySettings settings, CancellationToken cancellationToken) => new()
    {
        MaxDegreeOfParallelism = settings.MaxParallel > 0
            ? settings.MaxParallel
            : throw new PySignException(PySignFailure.InvalidSettings, $"MaxParallel is {settings.MaxParallel}; it must be 1 or more."),
        CancellationToken = cancellationToken,
    };

    private static void RequireDistinctNames(IReadOnlyList<FilePath> paths)
    {
        foreach (var path in paths)
        {
            GenericNames.RequireFile(path.GetFilename().FullPath);
        }

        if (paths.GroupBy(path => path.GetFilename().FullPath, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"Two files are called {twice.Key}: {string.Join(" and ", twice.Select(path => path.FullPath))}.",
                "A registry keeps one file under a name; upload one of them.");
        }
    }

    private static async Task<ConcurrentDictionary<FilePath, RegistryDownload>> CompareAsync(
        GenericRegistry registry,
        Dictionary<FilePath, string> local,
        GenericUploadSettings settings,
        CancellationToken cancellationToken)
    {
        var same = new ConcurrentDictionary<FilePath, RegistryDownload>();
        var other = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            local,
            Options(settings, cancellationToken),
            async (pair, token) =>
            {
                if (await registry.FingerprintAsync(pair.Key.GetFilename().FullPath, token).ConfigureAwait(false) is { } existing)
                {
                    if (existing.Sha256 == pair.Value)
                    {
                        same[pair.Key] = existing;
                    }
                    else
                    {
                        other.Add($"    {pair.Key.GetFilename()}: here {pair.Value}, there {existing.Sha256}");
                    }
                }
            }).ConfigureAwait(false);
        return other.IsEmpty
            ? same
            : throw new PySignException(
                PySignFailure.Conflict,
                $"The registry holds other bytes under the same names; nothing was uploaded:{Environment.NewLine}"
                    + string.Join(Environment.NewLine, other.Order(StringComparer.Ordinal)),
                "A released file is never replaced: publish a new version, or delete the old files in the registry if they were never public.");
    }

    private async Task<UploadReceipt> SendAsync(GenericRegistry registry, FilePath path, string sha256, CancellationToken cancellationToken)
    {
        var name = path.GetFilename().FullPath;
        try
        {
            await registry.UploadAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (PySignException e) when (e.Reason == PySignFailure.Conflict)
        {
            // Where duplicates are off, a repeated request after a lost answer, or a second pipeline, meets its own file.
            log.Verbose($"{name} was there already; comparing");
        }

        var back = await registry.FingerprintAsync(name, cancellationToken).ConfigureAwait(false)
            ?? throw new PySignException(
                PySignFailure.DigestMismatch,
                $"{name} was uploaded, but {registry.Url(name)} does not serve it.",
                "Run again; if this stays, ask the registry's administrator.");
        if (back.Sha256 != sha256)
        {
            throw new PySignException(
                PySignFailure.DigestMismatch,
                $"{name} was uploaded, but the registry serves other bytes: expected sha256 {sha256}, found {back.Sha256}.",
                "Another run may have uploaded at the same time, or the file changed meanwhile. Do not use this release.");
        }

        return Receipt(path, back, UploadState.Uploaded);
    }

    private UploadReceipt Receipt(FilePath path, RegistryDownload there, UploadState state)
    {
        log.Information($"{(state == UploadState.Uploaded ? "Uploaded" : "Already there")}: {there.Url}  sha256 {there.Sha256}");
        return new UploadReceipt(path, there.Url, there.Sha256, there.Size, state);
    }
}

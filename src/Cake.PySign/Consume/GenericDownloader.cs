using System.Collections.Concurrent;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Stores;

namespace Cake.PySign.Consume;

/// <summary>Fetches files of a generic package. Each is written whole or not at all, and hashed as it arrives.</summary>
internal sealed class GenericDownloader(Services services)
{
    public async Task<IReadOnlyList<DownloadedFile>> DownloadAsync(
        IEnumerable<string> fileNames,
        GenericDownloadSettings settings,
        CancellationToken cancellationToken
    )
    {
        using var registry = services.Connections.For(settings.Network, services.Environment).Store(settings.Store, services.Log);
        var names = Require(fileNames, registry);
        var folder =
            settings.OutputDirectory?.MakeAbsolute(services.Environment)
            ?? throw new PySignException(PySignFailure.InvalidSettings, "OutputDirectory is not set.");
        OutputPath.Make(folder);
        var done = new ConcurrentDictionary<string, DownloadedFile>(StringComparer.Ordinal);
        await Parallel
            .ForEachAsync(
                names,
                RegistryConnections.Parallel(settings.Network, cancellationToken),
                async (name, token) => done[name] = await FetchAsync(registry, name, folder, token).ConfigureAwait(false)
            )
            .ConfigureAwait(false);
        return [.. names.Select(name => done[name])];
    }

    private static List<string> Require(IEnumerable<string> fileNames, GenericRegistry registry)
    {
        var names = fileNames.ToList();
        if (names.Count == 0)
        {
            throw new PySignException(PySignFailure.NothingToDo, "The list of files to download is empty.");
        }

        foreach (var name in names)
        {
            registry.RequireFile(name);
        }

        return Duplicates.Of(names, static name => name) is { } twice
            ? throw new PySignException(PySignFailure.InvalidSettings, $"{twice.Key} is in the list of files to download twice.")
            : names;
    }

    private async Task<DownloadedFile> FetchAsync(
        GenericRegistry registry,
        string name,
        DirectoryPath folder,
        CancellationToken cancellationToken
    )
    {
        using var arriving = new ArrivingFile(folder.CombineWithFilePath(name));
        var download =
            await registry.DownloadAsync(name, arriving.Open, cancellationToken).ConfigureAwait(false)
            ?? throw new PySignException(
                PySignFailure.NotFound,
                $"{registry.Url(name)} is not there.",
                "Check package name and version; a private project also answers so to a token that may not read it."
            );
        arriving.Keep(download.Sha256);
        services.Log.Information($"Downloaded {name}  sha256 {download.Sha256}");
        return new DownloadedFile
        {
            Path = arriving.Target,
            Sha256 = download.Sha256,
            Url = download.Url,
            Size = download.Size,
        };
    }
}

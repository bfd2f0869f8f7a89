using PySign.Http;
using PySign.Sigstore.Tuf;

namespace PySign.Sigstore.TufConformance;

/// <summary>Runs one command over the same updater that the library uses.</summary>
internal static class Client
{
    public static async Task RunAsync(CommandLine line)
    {
        var metadata = line["--metadata-dir"];
        var bootstrap = Path.Combine(metadata, "bootstrap", "root.json");
        if (line.TrustedRoot is { } trustedRoot)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(bootstrap)!);
            File.Copy(trustedRoot, bootstrap, overwrite: true);
            File.Copy(trustedRoot, Path.Combine(metadata, "root.json"), overwrite: true);
            return;
        }

        using var client = new ServiceClient();
        var fetcher = new TufFetcher(client, TufLimits.Default);
        var url = new Uri(line["--metadata-url"]);
        var isDownload = line.Command == "download";
        var addresses = new TufAddresses(url, isDownload ? new Uri(line["--target-base-url"]) : url);
        var cache = new TufCache(metadata, isDownload ? line["--target-dir"] : null, Console.Error.WriteLine);
        var updater = new Updater(await File.ReadAllBytesAsync(bootstrap), addresses, fetcher, cache, DateTimeOffset.UtcNow);
        await updater.RefreshAsync(CancellationToken.None);
        if (isDownload)
        {
            var target = await updater.FindTargetAsync(line["--target-name"], CancellationToken.None);
            await updater.DownloadTargetAsync(target, CancellationToken.None);
        }
    }
}

// What the library carries of Sigstore's public instance, renewed by the library's own TUF client along the chain of roots.
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

string[] trustTargets = ["trusted_root.json", "signing_config.v0.2.json"];

(long Version, DateTimeOffset Expires) ReadTufRoot(FilePath root)
{
    using var json = JsonDocument.Parse(System.IO.File.ReadAllBytes(root.FullPath));
    var signed = json.RootElement.GetProperty("signed");
    return (signed.GetProperty("version").GetInt64(), signed.GetProperty("expires").GetDateTimeOffset());
}

// A warning and never a failure: what was released works on, and the calendar must not break a build.
void WarnOfOldTrust(FilePath root, DateTimeOffset today)
{
    var (version, expires) = ReadTufRoot(root);
    var days = (int)Math.Floor((expires - today).TotalDays);
    if (days < 60)
    {
        Warning("The embedded TUF root (version {0}) {1} on {2:yyyy-MM-dd}. Renew it with --target=Refresh-Trust before this package is released.", version, days < 0 ? "expired" : "expires", expires);
    }
    else
    {
        Information("The embedded TUF root (version {0}) is good until {1:yyyy-MM-dd}, {2} days.", version, expires, days);
    }
}

void RefreshTrust(FilePath client, string mirror, FilePath start, DirectoryPath embedded, DirectoryPath work, DateTimeOffset today)
{
    CleanDirectory(work);
    var metadata = work.Combine("metadata");
    var targets = work.Combine("targets");
    void Ask(params string[] words)
    {
        var arguments = new ProcessArgumentBuilder().AppendQuoted(client.FullPath).Append("--metadata-dir").AppendQuoted(metadata.FullPath);
        foreach (var word in words)
        {
            arguments.AppendQuoted(word);
        }

        Run("dotnet", arguments);
    }

    var from = ReadTufRoot(start).Version;
    Ask("init", start.FullPath);
    foreach (var target in trustTargets)
    {
        Ask("--metadata-url", mirror, "--target-name", target, "--target-base-url", mirror.TrimEnd('/') + "/targets", "--target-dir", targets.FullPath, "download");
    }

    // Only now, when everything is there and believed, is anything replaced.
    var files = new[] { metadata.CombineWithFilePath("root.json") }.Concat(trustTargets.Select(target => targets.CombineWithFilePath(target))).ToList();
    var (version, expires) = ReadTufRoot(files[0]);
    EnsureDirectoryExists(embedded);
    CopyFiles(files, embedded);
    var rows = files.Select(file => $"| `{file.GetFilename()}` | {(file == files[0]
        ? string.Create(CultureInfo.InvariantCulture, $"TUF root metadata of {mirror}, version {version}, expires {expires:yyyy-MM-dd}: where a TUF client starts")
        : $"the target `{file.GetFilename()}` of that repository")} | `{Convert.ToHexStringLower(SHA256.HashData(System.IO.File.ReadAllBytes(file.FullPath)))}` |");
    System.IO.File.WriteAllText(embedded.CombineWithFilePath("ORIGIN.md").FullPath, string.Join('\n', [
        "# Origin of these files", "",
        string.Create(CultureInfo.InvariantCulture, $"Fetched from {mirror} by `--target=Refresh-Trust` on {today:yyyy-MM-dd}, believed along the chain of roots from version {from} to {version}."), "",
        "| file | what | sha256 |", "|---|---|---|", .. rows, ""]));
    Information("{0}: root version {1} (before: {2}), expires {3:yyyy-MM-dd}.", embedded, version, from, expires);
}

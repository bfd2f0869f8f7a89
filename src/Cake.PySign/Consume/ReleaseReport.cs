using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using PySign.Packaging.Names;

namespace Cake.PySign.Consume;

/// <summary>Writes down a verified release: for people, for programs, for pip.</summary>
internal static class ReleaseReport
{
    private static readonly JsonSerializerOptions _format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        NewLine = "\n",
    };

    public static string Table(VerifiedRelease release)
    {
        var width = release.Files.Max(file => Name(file).Length);
        var text = new StringBuilder($"{release.Name} {release.Version} from {release.IndexUrl}: {release.Files.Count} files verified");
        foreach (var file in release.Files)
        {
            text.AppendLine().Append($"  {Name(file).PadRight(width)}  sha256 {file.Sha256}");
        }

        text.AppendLine()
            .Append(
                release.Statement is { } statement
                    ? $"  {statement.PackageUrl} is these files and no others, says {statement.Bundle.GetFilename()}"
                    : "  whether a file is hidden is not known: the policy asks for no statement"
            );
        foreach (var signer in release.Files.GroupBy(file => (file.Identity, file.Issuer, file.Commit)))
        {
            text.AppendLine().Append($"  signed by {signer.Key.Identity} ({signer.Key.Issuer})");
            if (signer.Key.Commit is { } commit)
            {
                text.Append($" at {commit}");
            }
        }

        return text.ToString();
    }

    public static string Json(VerifiedRelease release) =>
        JsonSerializer.Serialize(
            new
            {
                Schema = 1,
                release.Name,
                release.Version,
                Index = release.IndexUrl.AbsoluteUri,
                Files = release.Files.Select(file => new
                {
                    Name = Name(file),
                    Kind = file.Kind.ToString().ToLowerInvariant(),
                    Url = file.Url.AbsoluteUri,
                    file.Sha256,
                    file.Size,
                    Bundle = file.Bundle.GetFilename().FullPath,
                    file.Identity,
                    file.Issuer,
                    file.SourceRepository,
                    file.Ref,
                    file.Commit,
                    LogEntries = file.LogEntries.Select(Entry),
                }),
                Statement = release.Statement is { } statement
                    ? new
                    {
                        Bundle = statement.Bundle.GetFilename().FullPath,
                        statement.PackageUrl,
                        statement.Identity,
                        statement.Issuer,
                        LogEntries = statement.LogEntries.Select(Entry),
                    }
                    : null,
            },
            _format
        ) + "\n";

    public static string Requirements(VerifiedRelease release) =>
        $"{ProjectName.Parse(release.Name).Normalized}=={release.Version}"
        + string.Concat(
            release
                .Files.Select(file => file.Sha256)
                .Distinct()
                .OrderBy(sha256 => sha256.Hex, StringComparer.Ordinal)
                .Select(sha256 => $" \\\n    --hash=sha256:{sha256}")
        )
        + "\n";

    private static object Entry(SignedLogEntry entry) =>
        new
        {
            entry.Log,
            entry.Index,
            entry.IntegratedTime,
        };

    private static string Name(VerifiedReleaseFile file) => file.Path.GetFilename().FullPath;
}

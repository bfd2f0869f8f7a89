using System.Text.Json;
using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Formats;

namespace Cake.PySign.Recipe.Preflight;

/// <summary>
/// That a preflight found nothing in the way of these very files, for the job that signs and for the report. It lies beside the record of
/// the tests and is handed on like it; without it the report says that there is none.
/// </summary>
/// <param name="Files">File name and SHA-256 of what it was about.</param>
/// <param name="Preflight">What it looked at.</param>
internal sealed record PreflightRecord(IReadOnlyDictionary<string, Sha256Digest> Files, LedgerPreflight Preflight)
{
    public const string FileName = "pysign-preflight.json";

    private const int MaxBytes = 1 << 20;

    private static readonly string[] _checked =
    [
        "names, archives and metadata by the rules of the index",
        "free space, folders and clocks of this machine",
        "who will sign, and whether the certificate names what users require",
        "what the signature store has of this version, and whether it takes more",
        "what the package index has of this version, and whether it takes more",
        "the publisher that the index knows, where the job publishes as itself",
        "the twine that uploads",
    ];

    private static readonly JsonSerializerOptions _format = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        WriteIndented = true,
    };

    public static void Write(Release release, PreflightReport report)
    {
        var path = PathOf(release);
        var record = new PreflightRecord(
            FilesOf(release.Dist.ReadChecked()),
            new LedgerPreflight(release.Time.GetUtcNow(), _checked, report.NotKnown)
        );
        AtomicFile.Write(path, JsonSerializer.Serialize(record, _format) + "\n");
    }

    /// <summary>The ledger with the preflight's record, where there is one about the same files. It decides nothing: whoever signs looks
    /// again at what signing needs.</summary>
    public static Ledger Into(Release release, Ledger ledger)
    {
        var file = new FileInfo(PathOf(release).FullPath);
        if (ledger.Preflight is not null || !file.Exists || file.Length > MaxBytes)
        {
            return ledger;
        }

        try
        {
            var record = JsonSerializer.Deserialize<PreflightRecord>(File.ReadAllBytes(file.FullName), _format);
            return record is not null && record.Files.Count == ledger.Files.Count && FilesOf(ledger).All(record.Files.Contains)
                ? ledger with
                {
                    Preflight = record.Preflight,
                }
                : ledger;
        }
        catch (JsonException)
        {
            release.Log.Warning($"'{file.FullName}' is not a record of PySign-Preflight; the report will have none.");
            return ledger;
        }
    }

    private static FilePath PathOf(Release release) =>
        release.Options.Test.ReportFile.MakeAbsolute(release.Context.Environment).GetDirectory().CombineWithFilePath(FileName);

    private static Dictionary<string, Sha256Digest> FilesOf(Ledger ledger) =>
        ledger.Files.ToDictionary(file => file.Name, file => file.Sha256, StringComparer.Ordinal);
}

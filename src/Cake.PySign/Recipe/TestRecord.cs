using System.Text.Json;
using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Formats;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Recipe;

/// <summary>
/// What the test job says to the job that signs: the result, and the digests of the wheels that it is about. The distributions themselves
/// come from the build job: whatever a test leaves running could exchange those beside it.
/// </summary>
/// <param name="Name">The project, normalized.</param>
/// <param name="Version">Its version.</param>
/// <param name="Wheels">File name and SHA-256 of what was tested, or was there when nothing could be.</param>
/// <param name="Tests">The result.</param>
internal sealed record TestRecord(string Name, string Version, IReadOnlyDictionary<string, Sha256Digest> Wheels, LedgerTests Tests)
{
    public const string FileName = "pysign-tests.json";

    private const int MaxBytes = 1 << 20;

    private static readonly JsonSerializerOptions _format = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        WriteIndented = true,
    };

    public static void Write(Release release, Ledger ledger)
    {
        var path = PathOf(release);
        OwnFile.Require(path, "--test-report (PYSIGN_TEST_REPORT)", "\"wheels\"");
        AtomicFile.Write(
            path,
            JsonSerializer.Serialize(new TestRecord(ledger.NormalizedName, ledger.Version, WheelsOf(ledger), ledger.Tests!), _format)
        );
    }

    /// <summary>The ledger with the test job's result, where it came without one.</summary>
    /// <exception cref="PySignException">The record is about other bytes than these.</exception>
    public static Ledger Into(Release release, Ledger ledger)
    {
        var file = new FileInfo(PathOf(release).FullPath);
        if (ledger.Tests is not null || !file.Exists)
        {
            return ledger;
        }

        var record = Read(file);
        var ours = WheelsOf(ledger);
        var same =
            (record.Name, record.Version) == (ledger.NormalizedName, ledger.Version)
            && record.Wheels.Count == ours.Count
            && ours.All(wheel => record.Wheels.TryGetValue(wheel.Key, out var sha256) && sha256 == wheel.Value);
        if (!same)
        {
            throw new PySignException(
                PySignFailure.DigestMismatch,
                $"'{file.FullName}' is about other files than these. Tested: {List(record.Wheels)}; here: {List(ours)}.",
                "What was tested is what is signed: hand on the build job's dist/ to both jobs, or run the tests again."
            );
        }

        // It comes from where tests run: a ledger that no stage reads again must not be found after everything is signed.
        var tested = ledger with
        {
            Tests = record.Tests,
        };
        return LedgerRules.Problem(tested) is null ? tested : throw Invalid(file, null);
    }

    private static TestRecord Read(FileInfo file)
    {
        try
        {
            if (file.Length <= MaxBytes && JsonSerializer.Deserialize<TestRecord>(File.ReadAllBytes(file.FullName), _format) is { } record)
            {
                return record;
            }
        }
        catch (JsonException e)
        {
            throw Invalid(file, e);
        }

        throw Invalid(file, null);
    }

    private static PySignException Invalid(FileInfo file, Exception? cause) =>
        new(
            PySignFailure.InvalidSettings,
            $"'{file.FullName}' is not a record of PySign-Test.",
            "Run PySign-Test with the same version of Cake.PySign.",
            cause
        );

    private static FilePath PathOf(Release release) =>
        release.Options.Test.ReportFile.MakeAbsolute(release.Context.Environment).GetDirectory().CombineWithFilePath(FileName);

    private static Dictionary<string, Sha256Digest> WheelsOf(Ledger ledger) =>
        ledger
            .Files.Where(file => file.Kind == DistributionKind.Wheel)
            .ToDictionary(file => file.Name, file => file.Sha256, StringComparer.Ordinal);

    private static string List(IReadOnlyDictionary<string, Sha256Digest> wheels) =>
        string.Join(", ", wheels.OrderBy(wheel => wheel.Key, StringComparer.Ordinal).Select(wheel => $"{wheel.Key} {wheel.Value}"));
}

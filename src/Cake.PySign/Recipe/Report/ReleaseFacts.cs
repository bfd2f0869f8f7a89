using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cake.PySign.Common.Reports;
using PySign.Formats;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Recipe.Report;

/// <summary>
/// What a release's report says, in whatever form: taken from the ledger alone, so that the same ledger gives the same bytes. The JSON form
/// is described by <c>docs/schemas/release.schema.json</c>.
/// </summary>
internal sealed record ReleaseFacts
{
    public int Schema { get; } = CurrentSchema;

    public required string Name { get; init; }

    public required string Version { get; init; }

    public required bool Complete { get; init; }

    public ReleaseSource? Source { get; init; }

    public ReleaseSigner? Signer { get; init; }

    public required IReadOnlyList<ChainStep> Chain { get; init; }

    public required IReadOnlyList<ReportedFile> Files { get; init; }

    public ReportedPart? Statement { get; init; }

    public LedgerChecks? Checks { get; init; }

    public LedgerTests? Tests { get; init; }

    public LedgerPreflight? Preflight { get; init; }

    public required IReadOnlyList<LedgerVerification> Verifications { get; init; }

    public IReadOnlyDictionary<string, string>? Tools { get; init; }

    public const int CurrentSchema = 1;

    private static readonly JsonSerializerOptions _format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <param name="ledger">The release's memory, which anybody may have edited who could write to the folder.</param>
    /// <param name="addresses">Where files are; a receipt only says that one is there. Null leads nowhere.</param>
    public static ReleaseFacts Of(Ledger ledger, ReportAddresses? addresses = null)
    {
        addresses ??= ReportAddresses.None;
        var signature = ledger.Files.Select(file => file.Signature).FirstOrDefault(one => one is not null);
        var signer = signature is null ? null : new ReleaseSigner(signature.Identity, signature.Issuer);
        var files = ledger.Files.Select(file => File(file, addresses)).ToList();
        var statement = ledger.Statement is { } stated ? Part(stated.File, stated.Receipts, addresses) : null;
        var chain = ReleaseChain.Of(ledger, addresses);
        return new ReleaseFacts
        {
            Name = ledger.Name,
            Version = ledger.Version,
            Complete = chain.All(step => step.Done || step.LeftOut),
            Source = ledger.Source,
            Signer = signer,
            Chain = chain,
            Files = files,
            Statement = statement,
            Checks = ledger.Checks,
            Tests = ledger.Tests,
            Preflight = ledger.Preflight,
            Verifications = ledger.Verifications,
            Tools = ledger.Tools,
        };
    }

    /// <summary>The one sentence that says how far the release is.</summary>
    [JsonIgnore]
    public string Verdict
    {
        get
        {
            var leftOut = Chain.Where(step => step.LeftOut && !step.Done).Select(step => step.Title).ToList();
            if (!Complete)
            {
                return "Not complete: a step marked ○ is not done.";
            }

            return leftOut.Count == 0
                ? "Complete: every step is done."
                : $"Complete; left out, and marked –: {string.Join(", ", leftOut)}.";
        }
    }

    public string ToJson() => Visible(JsonSerializer.Serialize(this, _format)) + "\n";

    /// <summary>Characters that are not seen, or turn the direction of what is, in JSON's own form: whoever reads the file in a terminal
    /// sees them.</summary>
    private static string Visible(string json)
    {
        var visible = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            var length = char.IsHighSurrogate(json[i]) && i + 1 < json.Length ? 2 : 1;
            var isSeen =
                json[i] == '\n'
                || CharUnicodeInfo.GetUnicodeCategory(json, i)
                    is not (
                        UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
                        or UnicodeCategory.PrivateUse
                    );
            foreach (var c in json.AsSpan(i, length))
            {
                visible.Append(isSeen ? $"{c}" : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"));
            }

            i += length - 1;
        }

        return visible.ToString();
    }

    private static ReportedFile File(LedgerFile file, ReportAddresses addresses)
    {
        var published = file.ReceiptsOf(LedgerDestination.Publish).LastOrDefault();
        return new ReportedFile
        {
            Name = file.Name,
            Kind = file.Kind,
            Size = file.Size,
            Sha256 = file.Sha256,
            SignatureFiles = [.. (file.Signature?.Files ?? []).Select(part => Part(part, file.Receipts, addresses))],
            LogEntries = file.Signature?.Logs ?? [],
            Provenance = file.Signature?.Files.Any(ProvenanceFiles.Is) == true,
            RepositoryAttestations = addresses.OfAttestations(
                file.Receipts.LastOrDefault(receipt => receipt.Stage == LedgerDestination.RepositoryAttestations)?.Url
            ),
            Url = published is null ? null : addresses.OfPackage,
            PublishedAt = published?.At,
            Origin = file.Origin,
        };
    }

    private static ReportedPart Part(LedgerSignatureFile part, IReadOnlyList<LedgerReceipt> receipts, ReportAddresses addresses) =>
        new(
            part.Name,
            part.Sha256,
            receipts.Any(receipt => receipt.File == part.Name && receipt.Stage == LedgerDestination.PublishSignatures)
                ? addresses.OfSignature(part.Name)
                : null
        );
}

/// <summary>Who signed.</summary>
internal sealed record ReleaseSigner(string Identity, string Issuer);

/// <summary>A distribution as the report has it.</summary>
internal sealed record ReportedFile
{
    public required string Name { get; init; }

    [JsonConverter(typeof(KindByName))]
    public required DistributionKind Kind { get; init; }

    public required long Size { get; init; }

    public required Sha256Digest Sha256 { get; init; }

    public required IReadOnlyList<ReportedPart> SignatureFiles { get; init; }

    public required IReadOnlyList<LedgerLog> LogEntries { get; init; }

    public required bool Provenance { get; init; }

    public string? RepositoryAttestations { get; init; }

    public string? Url { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    public LedgerOrigin? Origin { get; init; }
}

/// <summary>A file that carries a signature, and where it is.</summary>
internal sealed record ReportedPart(string Name, Sha256Digest Sha256, string? Url);

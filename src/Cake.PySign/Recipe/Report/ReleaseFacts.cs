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
internal sealed record ReleaseFacts(
    int Schema,
    string Name,
    string Version,
    bool Complete,
    LedgerSource? Source,
    ReleaseSigner? Signer,
    IReadOnlyList<ChainStep> Chain,
    IReadOnlyList<ReportedFile> Files,
    ReportedPart? Statement,
    LedgerChecks? Checks,
    LedgerTests? Tests,
    LedgerPreflight? Preflight,
    IReadOnlyList<LedgerVerification> Verifications,
    IReadOnlyDictionary<string, string>? Tools
)
{
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
        return new ReleaseFacts(
            CurrentSchema,
            ledger.Name,
            ledger.Version,
            chain.All(step => step.Done || step.LeftOut),
            ledger.Source,
            signer,
            chain,
            files,
            statement,
            ledger.Checks,
            ledger.Tests,
            ledger.Preflight,
            ledger.Verifications,
            ledger.Tools
        );
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

    public string ToJson() => JsonSerializer.Serialize(this, _format) + "\n";

    private static ReportedFile File(LedgerFile file, ReportAddresses addresses)
    {
        var published = file.ReceiptsOf(LedgerDestination.Publish).LastOrDefault();
        return new ReportedFile(
            file.Name,
            file.Kind,
            file.Size,
            file.Sha256,
            [.. (file.Signature?.Files ?? []).Select(part => Part(part, file.Receipts, addresses))],
            file.Signature?.Logs ?? [],
            file.Signature?.Files.Any(ProvenanceFiles.Is) == true,
            addresses.OfAttestations(file.Receipts.LastOrDefault(receipt => receipt.Stage == Recipe.RepositoryAttestations.Stage)?.Url),
            published is null ? null : addresses.OfPackage,
            published?.At,
            file.Origin
        );
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
internal sealed record ReportedFile(
    string Name,
    [property: JsonConverter(typeof(KindByName))] DistributionKind Kind,
    long Size,
    Sha256Digest Sha256,
    IReadOnlyList<ReportedPart> SignatureFiles,
    IReadOnlyList<LedgerLog> LogEntries,
    bool Provenance,
    string? RepositoryAttestations,
    string? Url,
    DateTimeOffset? PublishedAt,
    LedgerOrigin? Origin
);

/// <summary>A file that carries a signature, and where it is.</summary>
internal sealed record ReportedPart(string Name, Sha256Digest Sha256, string? Url);

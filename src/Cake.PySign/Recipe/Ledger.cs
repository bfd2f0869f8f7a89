using System.Text.Json;
using System.Text.Json.Serialization;
using PySign.Formats;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Recipe;

/// <summary>
/// What the stages of one release tell each other: which files there are, who signed them, where they went. It is a memory, never
/// a proof: each stage compares the bytes on disk with it, and the proof is always the signature.
/// </summary>
internal sealed record Ledger
{
    /// <summary>The version of this layout.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The version of the layout; readers refuse any other than their own.</summary>
    public required int Schema { get; init; }

    /// <summary>The project's name as its metadata has it.</summary>
    public required string Name { get; init; }

    /// <summary>The name as indexes compare it (PEP 503).</summary>
    public required string NormalizedName { get; init; }

    /// <summary>The version as the metadata has it.</summary>
    public required string Version { get; init; }

    /// <summary>The commit and ref it was built from, where the CI service says them.</summary>
    public ReleaseSource? Source { get; init; }

    /// <summary>With what it was built: name to version of Python, the build front end, the back end and its requirements.</summary>
    public IReadOnlyDictionary<string, string>? Tools { get; init; }

    /// <summary>The distributions, ordered by name.</summary>
    public required IReadOnlyList<LedgerFile> Files { get; init; }

    /// <summary>The signed statement that the release is <see cref="Files"/> and nothing else; null before that.</summary>
    public LedgerStatement? Statement { get; init; }

    /// <summary>What the project's own tests said of the wheel; null before that.</summary>
    public LedgerTests? Tests { get; init; }

    /// <summary>The checks that <see cref="Files"/> passed where they were built or imported; null before
    /// that.</summary>
    public LedgerChecks? Checks { get; init; }

    /// <summary>What the preflight looked at and found in order; null before that.</summary>
    public LedgerPreflight? Preflight { get; init; }

    /// <summary>Who verified all of <see cref="Files"/>, in the order in which it happened.</summary>
    public IReadOnlyList<LedgerVerification> Verifications { get; init; } = [];

    internal LedgerFile this[string name] => Files.Single(file => file.Name == name);

    internal Ledger With(LedgerFile changed) => this with { Files = [.. Files.Select(file => file.Name == changed.Name ? changed : file)] };

    /// <summary>Every file that carries a signature, with its digest: those of each distribution, and the statement about all of
    /// them.</summary>
    internal IEnumerable<LedgerSignatureFile> SignatureFiles =>
        Files.SelectMany(file => file.Signature?.Files ?? []).Concat(Statement is { } statement ? [statement.File] : []);

    internal Ledger Verified(ReleaseStage by, string identity, string issuer, DateTimeOffset at) =>
        this with
        {
            Verifications = [.. Verifications.Where(known => known.By != by), new LedgerVerification(by, identity, issuer, at)],
        };
}

/// <summary>One distribution.</summary>
/// <param name="Name">The file's name, without a folder.</param>
/// <param name="Kind">A wheel or an sdist.</param>
/// <param name="Sha256">Its SHA-256.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Receipts">What was published of it and read back.</param>
/// <param name="Signature">Who signed it; null before that.</param>
internal sealed record LedgerFile(
    string Name,
    [property: JsonConverter(typeof(KindByName))] DistributionKind Kind,
    Sha256Digest Sha256,
    long Size,
    IReadOnlyList<LedgerReceipt> Receipts,
    LedgerSignature? Signature = null
)
{
    /// <summary>Where it was built, if not by the stage before: what was imported, and is kept by a new build.</summary>
    public LedgerOrigin? Origin { get; init; }

    internal IEnumerable<LedgerReceipt> ReceiptsOf(LedgerDestination stage) => Receipts.Where(receipt => receipt.Stage == stage);

    internal LedgerFile Received(LedgerDestination stage, IReadOnlyList<LedgerReceipt> receipts) =>
        this with
        {
            Receipts = LedgerReceipt.Merge(Receipts, stage, receipts),
        };
}

/// <summary>Where an imported distribution was built, as far as anybody said. A memory like all of the ledger; what a build job says of
/// itself is its own word.</summary>
/// <param name="Folder">The artifact's folder; empty for the folder that was searched.</param>
internal sealed record LedgerOrigin(string Folder)
{
    /// <summary>The job.</summary>
    public string? Job { get; init; }

    /// <summary>The machine.</summary>
    public string? Runner { get; init; }

    /// <summary>The commit.</summary>
    public string? Commit { get; init; }

    /// <summary>The run or pipeline.</summary>
    public string? Run { get; init; }

    /// <summary>True where the job named the digest through the CI service's own channel, and it was this one.</summary>
    public bool? HandedOn { get; init; }

    /// <summary>What its builder attested beside it; it was not verified.</summary>
    public LedgerSignatureFile? Attestation { get; init; }
}

/// <summary>The signed statement about which files a release consists of.</summary>
/// <param name="File">The bundle that holds it.</param>
/// <param name="Identity">The certificate's subject alternative name.</param>
/// <param name="Issuer">The identity provider.</param>
/// <param name="Logs">Where it was logged.</param>
/// <param name="Receipts">That it was published and read back.</param>
internal sealed record LedgerStatement(
    LedgerSignatureFile File,
    string Identity,
    string Issuer,
    IReadOnlyList<LedgerLog> Logs,
    IReadOnlyList<LedgerReceipt> Receipts
)
{
    internal LedgerStatement Received(LedgerDestination stage, IReadOnlyList<LedgerReceipt> receipts) =>
        this with
        {
            Receipts = LedgerReceipt.Merge(Receipts, stage, receipts),
        };
}

/// <summary>A distribution's signature.</summary>
/// <param name="Identity">The certificate's subject alternative name.</param>
/// <param name="Issuer">The identity provider.</param>
/// <param name="Files">The signature's files beside the distribution, the bundle first.</param>
/// <param name="Logs">Where it was logged.</param>
internal sealed record LedgerSignature(
    string Identity,
    string Issuer,
    IReadOnlyList<LedgerSignatureFile> Files,
    IReadOnlyList<LedgerLog> Logs
);

/// <summary>A file that carries a signature: bundle, detached signature or certificate.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Sha256">Its SHA-256.</param>
internal sealed record LedgerSignatureFile(string Name, Sha256Digest Sha256);

/// <summary>An entry of a transparency log.</summary>
/// <param name="Log">The log, as the trusted root names it.</param>
/// <param name="Index">The entry's index in the log.</param>
/// <param name="IntegratedTime">When a Rekor v1 log took it; null for Rekor v2.</param>
internal sealed record LedgerLog(string Log, long Index, DateTimeOffset? IntegratedTime = null);

/// <summary>A file that was published, read back and found equal.</summary>
/// <param name="Stage">What was published to.</param>
/// <param name="File">The file's name.</param>
/// <param name="Url">Where it is.</param>
/// <param name="Sha256">The digest of what was read back.</param>
/// <param name="At">When.</param>
internal sealed record LedgerReceipt(LedgerDestination Stage, string File, string Url, Sha256Digest Sha256, DateTimeOffset At)
{
    /// <summary>New receipts beside the known ones, each instead of an earlier one of the same file by the same stage.</summary>
    internal static IReadOnlyList<LedgerReceipt> Merge(
        IReadOnlyList<LedgerReceipt> known,
        LedgerDestination stage,
        IReadOnlyList<LedgerReceipt> more
    ) => [.. known.Where(one => one.Stage != stage || more.All(receipt => receipt.File != one.File)), .. more];
}

/// <summary>Where a file was published to.</summary>
[JsonConverter(typeof(ByName<LedgerDestination>))]
internal enum LedgerDestination
{
    /// <summary>The signature store, by <c>PySign-PublishSignatures</c>.</summary>
    PublishSignatures,

    /// <summary>The index, by <c>PySign-Publish</c>.</summary>
    Publish,

    /// <summary>The attestations of the repository, by <c>PySign-PublishSignatures</c>.</summary>
    RepositoryAttestations,
}

/// <summary>What came of the project's own tests. Tests that fail leave no record, and the release stops.</summary>
[JsonConverter(typeof(ByName<LedgerTestResult>))]
internal enum LedgerTestResult
{
    /// <summary>All passed.</summary>
    [JsonStringEnumMemberName("passed")]
    Passed,

    /// <summary>None ran; the reason is said.</summary>
    [JsonStringEnumMemberName("not run")]
    NotRun,
}

/// <summary>The project's own tests.</summary>
/// <param name="Result">What came of them.</param>
/// <param name="Runs">The interpreters they ran on.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why they did not run.</param>
internal sealed record LedgerTests(LedgerTestResult Result, IReadOnlyList<LedgerTestRun> Runs, DateTimeOffset At, string? Reason = null);

/// <summary>The tests on one interpreter.</summary>
/// <param name="Implementation">Such as <c>CPython</c>.</param>
/// <param name="Version">The interpreter's version.</param>
/// <param name="Framework">What ran them.</param>
/// <param name="Wheel">The wheel that was installed.</param>
/// <param name="Tests">How many test cases there are, skipped ones included.</param>
/// <param name="Skipped">How many of them were skipped.</param>
internal sealed record LedgerTestRun(string Implementation, string Version, string Framework, string Wheel, int Tests, int Skipped);

/// <summary>The checks of the distributions, each by its name.</summary>
/// <param name="Passed">Those that were made.</param>
/// <param name="Waived">Those that were left out on purpose.</param>
internal sealed record LedgerChecks(IReadOnlyList<string> Passed, IReadOnlyList<string> Waived);

/// <summary>A preflight that found nothing in the way.</summary>
/// <param name="At">When.</param>
/// <param name="Checked">What was looked at.</param>
/// <param name="NotKnown">What only a later job could know.</param>
internal sealed record LedgerPreflight(DateTimeOffset At, IReadOnlyList<string> Checked, IReadOnlyList<string> NotKnown);

/// <summary>A verification of every distribution of the release.</summary>
/// <param name="By">The stage that verified.</param>
/// <param name="Identity">The identity that was required.</param>
/// <param name="Issuer">The issuer that was required.</param>
/// <param name="At">When.</param>
internal sealed record LedgerVerification(
    [property: JsonConverter(typeof(ByName<ReleaseStage>))] ReleaseStage By,
    string Identity,
    string Issuer,
    DateTimeOffset At
);

/// <summary>A file holds the names of values, never their numbers.</summary>
internal sealed class ByName<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary><c>wheel</c> and <c>sdist</c>.</summary>
internal sealed class KindByName() : JsonStringEnumConverter<DistributionKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

using System.Globalization;
using Cake.PySign.Common.Reports;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Recipe.Report;

/// <summary>The chain of a release, from the commit to who verified it: each step with what proves it.</summary>
internal static class ReleaseChain
{
    public static IReadOnlyList<ChainStep> Of(Ledger ledger, ReportAddresses addresses)
    {
        var files = ledger.Files;
        var signed = files.Count(file => file.Signature is not null);
        var logs = files.SelectMany(file => file.Signature?.Logs ?? []).ToList();
        var allSigned = signed == files.Count;
        var provenance = files.Count(file => file.Signature?.Files.Any(ProvenanceFiles.Is) == true);
        var published = files.Count(file => file.ReceiptsOf(LedgerDestination.Publish).Any());
        var stored = files.Count(file => file.ReceiptsOf(LedgerDestination.PublishSignatures).Any());
        return
        [
            new ChainStep("Source", Source(ledger), ledger.Source?.Commit is not null),
            new ChainStep("Build", Build(files), true),
            new ChainStep("Tests", Tests(ledger.Tests), ledger.Tests?.Result == LedgerTestResult.Passed, ledger.Tests is not null),
            new ChainStep("Preflight", Preflight(ledger.Preflight), ledger.Preflight is not null, allSigned),
            new ChainStep("Signature", Of(signed, files.Count, Signer(files)), signed == files.Count),
            new ChainStep("Transparency log", Entries(logs, allSigned), allSigned && logs.Count > 0, allSigned),
            new ChainStep("Provenance", Provenance(provenance, files, allSigned), provenance == files.Count, allSigned && provenance == 0),
            new ChainStep("Statement", Statement(ledger), ledger.Statement is not null),
            new ChainStep("Signature store", Of(stored, files.Count, Place(stored, addresses.StoreHost)), stored == files.Count),
            new ChainStep("Package index", Of(published, files.Count, Place(published, addresses.IndexHost)), published == files.Count),
            new ChainStep("Independent consumer", Verified(ledger), IsVerified(ledger)),
        ];
    }

    private static string Source(Ledger ledger) =>
        ledger.Source is { Commit: { } commit } source ? $"{source.Ref ?? "commit"} {commit}" : "no commit is known";

    private static string Build(IReadOnlyList<LedgerFile> files)
    {
        var imported = files.Count(file => file.Origin is not null);
        var wheels = files.Count(file => file.Kind == DistributionKind.Wheel);
        return $"{Count(wheels, "wheel")}, {Count(files.Count - wheels, "sdist")}{(imported > 0 ? $"; {imported} from other jobs" : "")}";
    }

    private static string Tests(LedgerTests? tests) =>
        tests switch
        {
            null => "not run yet",
            { Result: LedgerTestResult.Passed } => $"{tests.Runs.Sum(run => run.Tests)} passed on {Count(tests.Runs.Count, "interpreter")}",
            _ => $"not run: {tests.Reason}",
        };

    private static string Preflight(LedgerPreflight? preflight) =>
        preflight is null ? "no record of one" : $"nothing in the way: {Count(preflight.Checked.Count, "thing")} looked at";

    private static string Provenance(int some, IReadOnlyList<LedgerFile> files, bool allSigned)
    {
        if (some > 0 || !allSigned)
        {
            var stored = files.Any(file => file.Receipts.Any(receipt => receipt.Stage == RepositoryAttestations.Stage));
            return Of(some, files.Count, $"files say how they were built{(stored ? "; also in the repository's attestations" : "")}");
        }

        return files.All(file => file.Signature!.Identity.Length == 0) ? "none: a key says nothing about commit and workflow" : "left out";
    }

    private static string Signer(IReadOnlyList<LedgerFile> files) =>
        files.Select(file => file.Signature?.Identity).FirstOrDefault(identity => identity is { Length: > 0 })
        ?? (files.All(file => file.Signature is not null) ? "a key" : "not signed yet");

    private static string Entries(List<LedgerLog> logs, bool allSigned)
    {
        if (logs.Count == 0)
        {
            return allSigned ? "left out: the signatures are in no log" : "no entry";
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Count(logs.Count, "entry", "entries")}, {logs.Min(log => log.Index)} to {logs.Max(log => log.Index)}, "
                + $"{Hosts(logs.Select(log => log.Log))}"
        );
    }

    private static string Statement(Ledger ledger) =>
        ledger.Statement is null ? "not made yet" : $"signed: these {ledger.Files.Count} files and no others";

    private static string Verified(Ledger ledger) => IsVerified(ledger) ? "downloaded and verified everything" : "has not verified it yet";

    private static bool IsVerified(Ledger ledger) => ledger.Verifications.Any(one => one.By == ReleaseStage.ConsumerVerification);

    // A receipt says that a file is there. Where that is, the parameters say: a receipt's address may have been edited.
    private static string Place(int some, string? host) => some == 0 ? "not yet" : host ?? "done";

    private static string Hosts(IEnumerable<string> addresses) =>
        string.Join(
            ", ",
            addresses
                .Select(address => Uri.TryCreate(address, UriKind.Absolute, out var uri) ? uri.Authority : address)
                .Distinct(StringComparer.Ordinal)
        );

    private static string Of(int some, int all, string text) => some == all ? text : $"{some} of {all}: {text}";

    private static string Count(int count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? one + "s")}");
}

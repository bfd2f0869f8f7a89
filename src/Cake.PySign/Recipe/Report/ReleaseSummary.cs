using System.Globalization;
using Cake.PySign.Common.Reports;

namespace Cake.PySign.Recipe.Report;

/// <summary>What stands at the end of a release's log: once, and short.</summary>
internal static class ReleaseSummary
{
    public static IEnumerable<string> Lines(Release release, StageClock clock)
    {
        var width = TextTable.Width(release.Context.Environment);
        var ledger = release.Dist.Store.Read();
        var addresses = ReportAddresses.Of(release, ledger);
        var facts = ReleaseFacts.Of(ledger, addresses);
        var size = ReleasePage.Size(ledger.Files.Sum(file => file.Size));
        List<IReadOnlyList<string>> rows =
        [
            ["release", $"{ledger.Name} {ledger.Version}: {ledger.Files.Count} files, {size}. {facts.Verdict}"],
            .. clock.Stages.Count == 0
                ? []
                : (IReadOnlyList<IReadOnlyList<string>>)
                    [
                        ["time", Times(clock)],
                    ],
            .. Facts(ledger, facts, addresses),
            [
                "report",
                release.Options.ReportDirectory.MakeAbsolute(release.Context.Environment).CombineWithFilePath("index.html").FullPath,
            ],
        ];
        if (release.Dist.File(VerificationNotes.FileName) is var notes && File.Exists(notes.FullPath))
        {
            rows = [.. rows, ["to verify", notes.FullPath]];
        }

        return TextTable.Lines(rows, width);
    }

    private static string Times(StageClock clock) =>
        string.Join(", ", clock.Stages.Select(one => $"{one.Stage} {Seconds(one.Elapsed)}")) + $"; together {Seconds(clock.Total)}";

    private static IEnumerable<IReadOnlyList<string>> Facts(Ledger ledger, ReleaseFacts facts, ReportAddresses addresses)
    {
        if (facts.Signer is { } signer)
        {
            yield return ["signed by", signer.Identity.Length > 0 ? $"{signer.Identity} ({signer.Issuer})" : "a key"];
        }

        foreach (
            var (name, stage, host) in new[]
            {
                ("signatures", LedgerDestination.PublishSignatures, addresses.StoreHost),
                ("packages", LedgerDestination.Publish, addresses.IndexHost),
            }
        )
        {
            var count = ledger.Files.Sum(file => file.ReceiptsOf(stage).Count());
            if (count > 0)
            {
                yield return [name, host is null ? $"{count} files" : $"{count} files at {host}"];
            }
        }

        if (ledger.Verifications.Count > 0)
        {
            yield return ["verified by", string.Join(", ", ledger.Verifications.Select(one => one.By))];
        }
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}

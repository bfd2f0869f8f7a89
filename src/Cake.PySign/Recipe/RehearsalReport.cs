using System.Globalization;

namespace Cake.PySign.Recipe;

/// <summary>What a release left, file by file, as a table for a person.</summary>
internal static class RehearsalReport
{
    public static IEnumerable<string> Lines(Ledger ledger, TimeSpan elapsed)
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{ledger.Name} {ledger.Version}, rehearsed in {elapsed.TotalSeconds:0.0} s"
        );
        string[] header = ["file", "sha256", "identity", "log index", "published at", "verified by"];
        var rows = ledger
            .Files.Select(file =>
                new[]
                {
                    file.Name,
                    file.Sha256,
                    file.Signature?.Identity ?? "-",
                    string.Join(", ", file.Signature?.Logs.Select(log => log.Index.ToString(CultureInfo.InvariantCulture)) ?? []),
                    file.ReceiptsOf(ReleaseStage.Publish).SingleOrDefault()?.Url ?? "-",
                    string.Join(", ", ledger.Verifications.Select(verification => verification.By)),
                }
            )
            .Prepend(header)
            .ToList();
        var widths = Enumerable.Range(0, header.Length).Select(column => rows.Max(row => row[column].Length)).ToList();
        foreach (var row in rows)
        {
            yield return string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
        }

        if (ledger.Statement is { } statement)
        {
            var logs = string.Join(", ", statement.Logs.Select(log => log.Index.ToString(CultureInfo.InvariantCulture)));
            yield return $"{statement.File.Name}: these {ledger.Files.Count} files and no others, signed by {statement.Identity}, log "
                + $"index {logs}";
        }

        foreach (
            var receipt in ledger
                .Files.SelectMany(file => file.ReceiptsOf(ReleaseStage.PublishSignatures))
                .Concat(ledger.Statement?.Receipts ?? [])
        )
        {
            yield return $"signature  {receipt.Url}";
        }
    }
}

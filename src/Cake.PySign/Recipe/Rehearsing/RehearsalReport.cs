using System.Globalization;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>What a release left, file by file, as a table for a person.</summary>
internal static class RehearsalReport
{
    private const int Columns = 100;

    /// <summary>How the stages went.</summary>
    public static IEnumerable<string> Stages(PlayedClock clock) =>
        clock
            .Stages.Select(stage =>
                string.Create(CultureInfo.InvariantCulture, $"  {stage.Task, -28}{stage.Elapsed.TotalSeconds, 7:0.0} s   {stage.Outcome}")
            )
            .SelectMany(line => Fitted(line.TrimEnd()));

    /// <summary>The whole table.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<Ledger> ledgers, PlayedClock clock)
    {
        var names = string.Join(", ", ledgers.Select(ledger => $"{ledger.Name} {ledger.Version}"));
        var head = string.Create(CultureInfo.InvariantCulture, $"{names}, rehearsed in {clock.Total.TotalSeconds:0.0} s");
        return Fitted(head).Concat(Stages(clock)).Concat(ledgers.SelectMany(Files).SelectMany(Fitted));
    }

    private static IEnumerable<string> Files(Ledger ledger)
    {
        foreach (var file in ledger.Files)
        {
            yield return file.Name;
            yield return $"  sha256     {file.Sha256}";
            yield return $"  log index  {Indexes(file.Signature?.Logs)}";
            yield return $"  published  {file.ReceiptsOf(LedgerDestination.Publish).FirstOrDefault()?.Url ?? "-"}";
        }

        if (ledger.Statement is { } statement)
        {
            yield return statement.File.Name;
            yield return $"  says that the release is these {ledger.Files.Count} files and no others";
            yield return $"  log index  {Indexes(statement.Logs)}";
        }

        var signers = ledger.Files.Select(file => file.Signature?.Identity).OfType<string>().Where(name => name.Length > 0);
        foreach (
            var signer in signers.Append(ledger.Statement?.Identity ?? "").Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)
        )
        {
            yield return $"signed by    {signer}";
        }

        yield return $"verified by  {string.Join(", ", ledger.Verifications.Select(verification => verification.By))}";

        // Four for each file, beside each other.
        var signatures = ledger
            .Files.SelectMany(file => file.ReceiptsOf(LedgerDestination.PublishSignatures))
            .Concat(ledger.Statement?.Receipts ?? [])
            .Select(receipt => receipt.Url[..(receipt.Url.LastIndexOf('/') + 1)])
            .GroupBy(folder => folder, StringComparer.Ordinal);
        foreach (var folder in signatures)
        {
            yield return $"signatures   {folder.Count()} files in {folder.Key}";
        }
    }

    private static string Indexes(IReadOnlyList<LedgerLog>? logs) =>
        string.Join(", ", logs?.Select(log => log.Index.ToString(CultureInfo.InvariantCulture)) ?? ["-"]);

    /// <summary>An address that is longer than a line goes on in the next.</summary>
    private static IEnumerable<string> Fitted(string line)
    {
        const string Indent = "             ";
        yield return line.Length <= Columns ? line : line[..Columns];
        for (var at = Columns; at < line.Length; at += Columns - Indent.Length)
        {
            yield return Indent + line[at..Math.Min(line.Length, at + Columns - Indent.Length)];
        }
    }
}

using System.Text.RegularExpressions;
using Cake.PySign.Common;
using Cake.PySign.Common.Statements;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;

namespace Cake.PySign.Recipe;

/// <summary>What a ledger must be, beyond its JSON shape, before a stage acts on it.</summary>
internal static partial class LedgerRules
{
    // Sums of what a ledger of its greatest length can hold stay far from the end of their types.
    private const long MaxFileBytes = 1L << 42;
    private const int MaxTests = 10_000_000;

    private static readonly string[] _suffixes =
    [
        SignatureNames.Signature,
        SignatureNames.Certificate,
        SignatureNames.PublishAttestation,
        SignatureNames.BuildAttestation,
        SignatureNames.Provenance,
    ];

    /// <summary>What is wrong, or null.</summary>
    public static string? Problem(Ledger? ledger)
    {
        if (ledger is null)
        {
            return "it is empty";
        }

        if (ledger.Schema != Ledger.CurrentSchema)
        {
            return $"it has schema {ledger.Schema}, this version of Cake.PySign knows {Ledger.CurrentSchema}";
        }

        return HoldsNull(ledger) ? "it has an empty element in a list" : Number(ledger) ?? Relation(ledger) ?? FileName(ledger);
    }

    /// <summary>What no release has so many of, or none.</summary>
    private static string? Number(Ledger ledger)
    {
        if (ledger.Files.FirstOrDefault(file => file.Size is < 0 or > MaxFileBytes) is { } sized)
        {
            return $"the size of '{sized.Name}' is {sized.Size}, which no file has";
        }

        if (ledger.Tests?.Runs.FirstOrDefault(IsMiscounted) is { } run)
        {
            return $"it counts {run.Tests} tests of which {run.Skipped} were skipped";
        }

        return ledger.Files.Count == 0 ? "it names no distribution" : null;
    }

    /// <summary>What does not belong to this project and these files.</summary>
    private static string? Relation(Ledger ledger)
    {
        if (ProjectName.Parse(ledger.Name).Normalized != ledger.NormalizedName)
        {
            return $"'{ledger.NormalizedName}' is not the normalized form of '{ledger.Name}'";
        }

        if (ledger.Files.FirstOrDefault(file => file.Signature is { } signature && !IsOf(file, signature)) is { } other)
        {
            return $"'{other.Name}' has a signature whose files are not its own: its bundle, and after it any of "
                + $"{string.Join(", ", _suffixes)} of the same name";
        }

        if (ledger.Statement is { } statement && !ledger.Files.Any(file => IsAbout(file, statement)))
        {
            return $"'{statement.File.Name}' is not the name of the statement about this release";
        }

        return null;
    }

    private static string? FileName(Ledger ledger)
    {
        var names = ledger.Files.Select(file => file.Name).Concat(ledger.SignatureFiles.Select(part => part.Name)).ToList();
        return names.FirstOrDefault(name => !IsPlain(name)) is { } odd ? $"'{odd}' is not a plain file name"
            : Duplicates.Of(names, name => name) is { } twice ? $"'{twice.Key}' is named twice"
            : null;
    }

    private static bool IsMiscounted(LedgerTestRun run) => run.Tests is < 0 or > MaxTests || run.Skipped < 0 || run.Skipped > run.Tests;

    private static bool IsPlain(string name) => PlainName().IsMatch(name) && PortableName.IsPortable(name);

    // A signature without its bundle would let a distribution be published with nothing beside it that an independent consumer can verify.
    private static bool IsOf(LedgerFile file, LedgerSignature signature) =>
        signature.Files.Count > 0
        && signature.Files[0].Name == file.Name + SignatureNames.Bundle
        && signature
            .Files.Skip(1)
            .All(part =>
                part.Name.StartsWith(file.Name, StringComparison.Ordinal)
                && _suffixes.Contains(part.Name[file.Name.Length..], StringComparer.Ordinal)
            );

    private static bool IsAbout(LedgerFile file, LedgerStatement statement) =>
        DistributionFileName.TryParse(file.Name, out var name) && ReleaseStatement.FileName(name.Name, name.Version) == statement.File.Name;

    // Nullable annotations are checked for members and not for what lies in lists.
    private static bool HoldsNull(Ledger ledger) =>
        ledger.Verifications.Any(one => one is null)
        || (ledger.Tests is { } tests && tests.Runs.Any(run => run is null))
        || (
            ledger.Statement is { } statement
            && (statement.Logs.Any(log => log is null) || statement.Receipts.Any(receipt => receipt is null))
        )
        || (ledger.Checks is { } checks && checks.Passed.Concat(checks.Waived).Any(name => name is null))
        || (ledger.Preflight is { } preflight && preflight.Checked.Concat(preflight.NotKnown).Any(text => text is null))
        || ledger.Tools?.Values.Any(version => version is null) == true
        || ledger.Files.Any(file =>
            file is null
            || file.Receipts.Any(receipt => receipt is null)
            || (file.Signature is { } signature && (signature.Files.Any(part => part is null) || signature.Logs.Any(log => log is null)))
        );

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._+!-]*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex PlainName();
}

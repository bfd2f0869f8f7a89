using System.Globalization;
using System.Text;
using PySign.Http;

namespace Cake.PySign.Recipe.Report;

/// <summary>The report as Markdown, for release notes and for the summary of a job.</summary>
internal static class ReleaseMarkdown
{
    // A summary of more than a megabyte is dropped whole by GitHub; release notes have shorter limits.
    private const int MaxRows = 200;

    public static string Of(ReleaseFacts facts)
    {
        var text = new StringBuilder();
        text.Append($"# {Text($"{facts.Name} {facts.Version}")}\n\n");
        text.Append(facts.Verdict).Append("\n\n");
        Table(text, ["", "step", "what"], facts.Chain.Select(step => new[] { $"{step.Mark}", Text(step.Title), Text(step.Text) }));
        Signer(text, facts);
        Files(text, facts);
        Checks(text, facts);
        Tests(text, facts);
        Verifications(text, facts);
        Tools(text, facts);
        return text.ToString();
    }

    private static void Signer(StringBuilder text, ReleaseFacts facts)
    {
        if (facts.Signer is { } signer)
        {
            var who = signer.Identity.Length > 0 ? $"{Code(signer.Identity)}, for which {Code(signer.Issuer)} vouched" : "a key";
            text.Append($"\nSigned by {who}.\n\n");
            text.Append("```sh\n").AppendJoin('\n', ReleaseCommands.Of(facts)).Append("\n```\n");
        }
    }

    private static void Files(StringBuilder text, ReleaseFacts facts)
    {
        text.Append("\n## Files\n\n");
        Table(
            text,
            ["file", "SHA-256", "signature", "log entry", "from"],
            facts
                .Files.Take(MaxRows)
                .Select(file =>
                    new[]
                    {
                        $"{Linked(file.Name, file.Url)}, {ReleasePage.Size(file.Size)}",
                        Code(file.Sha256),
                        string.Join(", ", file.SignatureFiles.Select(part => Linked(part.Name, part.Url)).Concat(Attested(file))),
                        Text(string.Join(", ", file.LogEntries.Select(ReleasePage.Entry))),
                        Text(From(file.Origin)),
                    }
                )
        );
        if (facts.Files.Count > MaxRows)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nand {facts.Files.Count - MaxRows} more: see `release.json`.\n");
        }

        if (facts.Statement is { } statement)
        {
            text.Append(
                $"\nWhich files there are is signed too: {Linked(statement.Name, statement.Url)}, SHA-256 {Code(statement.Sha256)}\n"
            );
        }
    }

    private static void Verifications(StringBuilder text, ReleaseFacts facts)
    {
        if (facts.Verifications.Count > 0)
        {
            text.Append("\n## Who verified\n\n");
            Table(
                text,
                ["stage", "required identity", "required issuer", "when"],
                facts.Verifications.Select(one =>
                    new[]
                    {
                        $"{one.By}",
                        one.Identity.Length > 0 ? Code(one.Identity) : "a key",
                        Code(one.Issuer),
                        one.At.ToString("u", CultureInfo.InvariantCulture),
                    }
                )
            );
        }
    }

    private static void Tools(StringBuilder text, ReleaseFacts facts)
    {
        if (facts.Tools is { Count: > 0 } tools)
        {
            var list = tools.OrderBy(tool => tool.Key, StringComparer.Ordinal).Select(tool => $"{tool.Key} {tool.Value}");
            text.Append($"\nBuilt with {Text(string.Join(", ", list))}.\n");
        }
    }

    private static void Tests(StringBuilder text, ReleaseFacts facts)
    {
        if (facts.Tests is { Runs.Count: > 0 } tests)
        {
            text.Append("\n## Tests\n\n");
            Table(
                text,
                ["interpreter", "framework", "wheel", "tests", "skipped"],
                tests.Runs.Select(run =>
                    new[]
                    {
                        Text($"{run.Implementation} {run.Version}"),
                        Text(run.Framework),
                        Code(run.Wheel),
                        $"{run.Tests}",
                        $"{run.Skipped}",
                    }
                )
            );
        }
    }

    private static IEnumerable<string> Attested(ReportedFile file) =>
        file.RepositoryAttestations is { } address ? [Linked("in the repository's attestations", address)] : [];

    private static void Checks(StringBuilder text, ReleaseFacts facts)
    {
        if (facts is { Checks: null, Preflight: null })
        {
            return;
        }

        text.Append("\n## Checks before signing\n\n");
        foreach (
            var (what, list) in new[]
            {
                ("Passed by the files", facts.Checks?.Passed),
                ("Waived", facts.Checks?.Waived),
                ("Preflight, nothing in the way", facts.Preflight?.Checked),
                ("Preflight, not known there", facts.Preflight?.NotKnown),
            }
        )
        {
            if (list is { Count: > 0 })
            {
                text.Append($"- {what}: {Text(string.Join("; ", list))}\n");
            }
        }
    }

    internal static string From(LedgerOrigin? origin) =>
        origin is null
            ? "this job"
            : string.Join(
                ", ",
                new[] { origin.Job ?? origin.Folder, origin.Runner, origin.HandedOn == true ? "digest handed on" : null }.Where(part =>
                    part is { Length: > 0 }
                )
            );

    private static void Table(StringBuilder text, string[] head, IEnumerable<string[]> rows)
    {
        text.Append("| ").AppendJoin(" | ", head).Append(" |\n|").Append(string.Concat(head.Select(_ => " --- |"))).Append('\n');
        foreach (var row in rows)
        {
            text.Append("| ").AppendJoin(" | ", row).Append(" |\n");
        }
    }

    private static string Linked(string name, string? url) =>
        url is not null && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"
            ? $"[{Text(name)}](<{uri!.AbsoluteUri.Replace(">", "%3E", StringComparison.Ordinal)}>)"
            : Code(name);

    private static string Text(string text)
    {
        // The colon and the full stop: GitHub makes a link of https:// and www. wherever they stand.
        var clean = new StringBuilder();
        var line = ForeignText.Line(text);
        for (var i = 0; i < line.Length; i++)
        {
            var isAddress = line.AsSpan(i).StartsWith("://") || (i > 0 && line[i] == '.' && line[i - 1] is 'w' or 'W');
            if (isAddress || "\\`*_[]<>|#!&~$".Contains(line[i], StringComparison.Ordinal))
            {
                clean.Append('\\');
            }

            clean.Append(line[i]);
        }

        return clean.ToString();
    }

    // A bar ends a cell even in code; nothing that is shown so has a back tick. Of nothing there is no code.
    private static string Code(string text) =>
        text.Length == 0 ? "" : $"`{ForeignText.Line(text).Replace('`', '\'').Replace("|", "\\|", StringComparison.Ordinal)}`";
}

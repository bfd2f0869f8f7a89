using System.Globalization;
using System.Text;
using Cake.PySign.Tests.Rig;
using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.CrossChecks;

/// <summary>
/// Four verifiers before the same inputs, side by side. Every input that they disagree about is listed with the reason; a disagreement
/// that is not listed, or one that is listed and gone, fails.
/// </summary>
public sealed class CrossCheckTests(ITestOutputHelper log)
{
    private static readonly string[] _peers = ["cosign 2", "cosign 3", "npm"];

    [Fact]
    public async Task Ours_cosign_2_cosign_3_and_npm_differ_only_where_it_is_explained()
    {
        _ = Corpora.Require("sigstore-conformance");
        _ = (Peer.Cosign2, Peer.Cosign3, NpmSigstore.Require());
        using var folder = new TemporaryFolder();
        CrossCheckInput[] inputs = [.. CrossCheckInputs.Official(), .. CrossCheckInputs.Forged(folder.Path)];
        VerificationCase[] questions = [.. inputs.Select(static input => input.Question)];
        Verdict[] ours = [.. questions.Select(Verifiers.Ours)];
        Verdict[][] theirs = [await Verifiers.Cosign2(questions), await Verifiers.Cosign3(questions), await Verifiers.Npm(questions)];

        var table = new StringBuilder("| input | must | ours | " + string.Join(" | ", _peers) + " |\n|---|---|---|---|---|---|\n");
        var problems = new List<string>();
        for (var row = 0; row < inputs.Length; row++)
        {
            var (name, mustPass) = (questions[row].Name, inputs[row].MustPass);
            table.Append(
                CultureInfo.InvariantCulture,
                $"| {name} | {(mustPass ? "pass" : "fail")} | {Cell(ours[row])} | "
                    + $"{string.Join(" | ", theirs.Select(column => Cell(column[row])))} |\n"
            );
            if (ours[row].Accepted != mustPass)
            {
                problems.Add($"{name}: we {(mustPass ? "refuse what must pass" : "accept what must fail")}: {ours[row].Said}");
            }

            var differing = _peers.Where((_, peer) => theirs[peer][row].Accepted != ours[row].Accepted).ToArray();
            var explained = KnownDisagreements.Of(name, _peers);
            if (!differing.SequenceEqual(explained, StringComparer.Ordinal))
            {
                problems.Add(
                    $"{name}: ours {Cell(ours[row])}; different: [{string.Join(", ", differing)}], explained: "
                        + $"[{string.Join(", ", explained)}]"
                );
            }
        }

        table.Append("\nWhy they differ:\n\n");
        foreach (var (why, peers, names) in KnownDisagreements.All)
        {
            table.Append(CultureInfo.InvariantCulture, $"- {string.Join(", ", peers)} ({string.Join("; ", names)}): {why}\n");
        }

        await TestReports.Write("cross-checks.md", table.ToString());
        log.WriteLine(table.ToString());
        Assert.Equal(70, inputs.Count(static input => input.Question.TrustedRoot.Contains("corpora", StringComparison.Ordinal)));
        problems.AddRange(
            KnownDisagreements
                .Inputs.Except(questions.Select(static question => question.Name))
                .Select(static name => $"{name}: explained, but there is no such input")
        );
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    private static string Cell(Verdict verdict) =>
        verdict.Accepted ? "yes" : "no: " + (verdict.Said.Length > 90 ? verdict.Said[..90] + "…" : verdict.Said);
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using PySign.Formats;
using PySign.Interop.Tests.Peers;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Interop.Tests.CrossChecks;

/// <summary>
/// Bundles that real projects published, before five verifiers. Twelve by default; all of them, and the page that shows them, with
/// PYSIGN_REAL_BUNDLES=all.
/// </summary>
public sealed partial class RealBundleCrossCheckTests(ITestOutputHelper log)
{
    private static readonly string[] _peers = ["cosign 2", "cosign 3", "sigstore-go", "npm"];

    private static bool All => Environment.GetEnvironmentVariable("PYSIGN_REAL_BUNDLES") == "all";

    private static string Page => Path.Combine(RepositoryRoot.Path, "docs", "real-bundles.md");

    [Fact]
    public async Task Real_bundles_get_the_same_answer_from_everybody_except_where_it_is_explained()
    {
        var corpus = Corpora.Require("real-bundles");
        _ = (Peer.Cosign2, Peer.Cosign3, Peer.SigstoreGo, NpmSigstore.Require());
        var rows = Rows(corpus);
        var asked = await Ask(rows);
        List<string> problems = [];
        List<string> lines = [];
        SortedSet<int> used = [];
        foreach (var row in rows)
        {
            var ours = Verifiers.Ours(row.Question);
            var allowed = ours.Accepted || Allowed(row);
            if (ours.Accepted != row.MustPass || !allowed)
            {
                problems.Add($"{row.Name}: expected {row.Expected}, got {ours}");
            }

            List<string> cells = [ours.Accepted ? "yes" : $"with an option: {ours.Said}"];
            foreach (var peer in _peers)
            {
                var answer = asked[peer].GetValueOrDefault(row.Question);
                var note = RealBundleDisagreements.Of(row.Expected, row.Kind, peer, answer);
                if (answer is not null && (answer.Accepted != ours.Accepted) != (note is not null))
                {
                    problems.Add($"{row.Name}: ours {ours}, {peer} {answer}; explained: {note}");
                }

                cells.Add(Cell(answer) + (note is { } number ? $" ({number})" : ""));
                used.UnionWith(note is { } one ? [one] : []);
            }

            lines.Add($"| {row.Name} | {row.Kind} | {string.Join(" | ", cells)} |");
        }

        var text = Text(lines, used);
        log.WriteLine(text);
        Assert.True(problems.Count == 0, string.Join('\n', problems));
        if (All)
        {
            Assert.Equal(83, rows.Count);
            await Hold(text);
        }
    }

    private static async Task Hold(string text)
    {
        if (Environment.GetEnvironmentVariable("PYSIGN_ACCEPT_PAGES") == "1")
        {
            await File.WriteAllTextAsync(Page, text);
        }

        Assert.Equal(text, await File.ReadAllTextAsync(Page));
    }

    private static List<RealRow> Rows(string corpus)
    {
        var artifacts = new[] { Path.Combine(Corpora.Require("sigstore-conformance"), "a.txt") }
            .Concat(Directory.GetFiles(Corpora.Require("pypi-attestations"), "*.whl"))
            .ToDictionary(static path => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))), StringComparer.Ordinal);
        List<RealRow> rows =
        [
            .. File.ReadLines(Path.Combine(corpus, "INDEX.tsv")).Skip(1).Select(line => RealRow.Read(line.Split('\t'), corpus, artifacts)),
        ];
        return All
            ? rows
            : [.. rows.Where(static (row, index) => index % 10 == 0 || row.Expected is "root-in-bundle" or "no-log").Take(12)];
    }

    private static async Task<Dictionary<string, Dictionary<VerificationCase, Verdict>>> Ask(List<RealRow> rows)
    {
        // cosign and npm hash a signed file themselves; cosign 3 takes a digest for a statement, npm does not compare its subjects.
        VerificationCase[] all = [.. rows.Select(static row => row.Question)];
        VerificationCase[] some = [.. rows.Where(static row => row.IsAskable).Select(static row => row.Question)];
        VerificationCase[] few = [.. all.Where(static question => question.Sha256 is null)];
        return new Dictionary<string, Dictionary<VerificationCase, Verdict>>(StringComparer.Ordinal)
        {
            ["cosign 2"] = Zip(few, await Verifiers.Cosign2(few)),
            ["cosign 3"] = Zip(some, await Verifiers.Cosign3(some)),
            ["sigstore-go"] = Zip(all, await Verifiers.SigstoreGo(all)),
            ["npm"] = Zip(some, await Verifiers.Npm(some)),
        };
    }

    private static Dictionary<VerificationCase, Verdict> Zip(VerificationCase[] questions, Verdict[] verdicts) =>
        questions.Zip(verdicts).ToDictionary(static pair => pair.First, static pair => pair.Second);

    private static bool Allowed(RealRow row)
    {
        var options = new VerifierOptions { AcceptOldBundles = row.Expected == "root-in-bundle", RequireLog = row.Expected != "no-log" };
        var question = row.Question;
        return new SigstoreVerifier(TrustedRoot.Load(question.TrustedRoot), options)
                .Verify(
                    Bundle.Load(question.Bundle),
                    question.Sha256 is { } digest ? Artifact.FromSha256(Sha256Digest.Parse(digest)) : Artifact.FromFile(question.Artifact),
                    VerificationPolicy.Exact(question.Identity, question.Issuer)
                )
                .Identity == question.Identity;
    }

    private static string Cell(Verdict? answer) =>
        answer is null ? "needs the file"
        : answer.Accepted ? "yes"
        : "no";

    private static string Text(List<string> lines, SortedSet<int> used)
    {
        var text = new StringBuilder(
            """
            # Real bundles, five verifiers

            Bundles that public projects published, as this verifier, cosign 2.5.0, cosign 3.1.1, sigstore-go 1.3.0 and npm's
            @sigstore/verify 3.1.1 answer, each offline with the same trusted root, the same identity and the same issuer.
            `RealBundleCrossCheckTests` asks them again and holds this page; what is not explained below fails it. Each bundle that is
            accepted here is refused for another digest, identity and issuer (`RealBundleTests`). "needs the file": these clients hash
            the file themselves, and only its digest is at hand (cosign 3 takes a digest for statements; npm compares no subjects).

            | bundle | what | ours | cosign 2 | cosign 3 | sigstore-go | npm |
            | --- | --- | --- | --- | --- | --- | --- |

            """
        );
        foreach (var line in lines)
        {
            text.Append(line).Append('\n');
        }

        text.Append("\n## Where answers differ\n\n");
        foreach (var number in used)
        {
            text.Append(CultureInfo.InvariantCulture, $"{number}. {RealBundleDisagreements.All[number - 1]}\n");
        }

        return text.ToString();
    }

    private sealed partial record RealRow(string Name, string Kind, string Expected, VerificationCase Question)
    {
        [GeneratedRegex("0[.][0-9]", RegexOptions.NonBacktracking)]
        private static partial Regex Version();

        public bool MustPass => Expected is "accept" or "origin";

        public bool IsAskable => Question.PredicateType is not null || Question.Sha256 is null;

        public static RealRow Read(string[] fields, string corpus, Dictionary<string, string> artifacts)
        {
            var path = Path.Combine(corpus, fields[0]);
            var digest = fields[5]["sha256:".Length..];
            var artifact = artifacts.GetValueOrDefault(digest, "");
            var bundle = Bundle.Load(path);
            var kind = bundle.VerificationMaterial.LogEntries is [var entry, ..] ? $"{entry.Kind} {entry.KindVersion}" : "no entry";
            var source = fields[1].Split('/');
            return new RealRow(
                $"{source[0]}/{source[1]}: {string.Join('/', source.TakeLast(source.Length > 4 ? 2 : 1))}",
                $"{Version().Match(bundle.MediaType).Value}, {(bundle.DsseEnvelope is null ? "message" : "statement")}, {kind}",
                fields[6],
                new VerificationCase(fields[1], path, Path.Combine(corpus, "roots", fields[2] + ".json"), artifact, fields[3], fields[4])
                {
                    Sha256 = artifact.Length > 0 ? null : digest,
                }
            );
        }
    }
}

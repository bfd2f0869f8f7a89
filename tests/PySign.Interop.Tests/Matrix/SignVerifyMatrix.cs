using System.Text;
using PySign.Interop.Tests.Peers;
using PySign.Sigstore.Bundles;

namespace PySign.Interop.Tests.Matrix;

/// <summary>Signs every cell with one instance's services and puts each bundle, with two wrong questions about it, before every
/// verifier.</summary>
internal static class SignVerifyMatrix
{
    private static readonly string[] _verifierNames = ["ours", "cosign 2", "cosign 3", "sigstore-go", "npm"];

    public static IEnumerable<MatrixCell> AllCells() =>
        from signer in Signers.Names
        from statement in new[] { false, true }
        from version in new[] { 1, 2 }
        from timestamp in new[] { false, true }
        select new MatrixCell(signer, statement, version, timestamp);

    /// <returns>The matrix as a table, and what in it is not as expected.</returns>
    public static async Task<(string Table, IReadOnlyList<string> Problems)> Run(SigstoreInstance instance, IEnumerable<MatrixCell> cells)
    {
        var problems = new List<string>();
        var signed = new List<(MatrixCell Cell, VerificationCase[] Questions)>();
        var refused = new StringBuilder();
        foreach (var cell in cells)
        {
            var folder = Directory.CreateDirectory(Path.Combine(instance.Folder, Guid.NewGuid().ToString("N"))).FullName;
            var file = Path.Combine(folder, "demo-1.0.0-py3-none-any.whl");
            await File.WriteAllTextAsync(file, cell.Name);
            await File.WriteAllTextAsync(file + ".other", "another file");
            var verdict = await Signers.Sign(instance, cell, file, file + ".sigstore.json");
            if (MatrixExpectations.SigningRefusal(cell) is { } words)
            {
                refused.Append($"- {cell.Name}: cannot be signed, {Short(verdict.Said.Replace(file, "FILE", StringComparison.Ordinal))}\n");
                Check(
                    !verdict.Accepted && verdict.Said.Contains(words, StringComparison.OrdinalIgnoreCase),
                    $"{cell.Name}: expected a refusal with \"{words}\", got {verdict}"
                );
            }
            else if (!verdict.Accepted)
            {
                problems.Add($"{cell.Name}: not signed: {verdict.Said}");
            }
            else
            {
                CheckContent(cell, file + ".sigstore.json");
                var right = new VerificationCase(
                    cell.Name,
                    file + ".sigstore.json",
                    instance.TrustedRoot,
                    file,
                    instance.Identity,
                    instance.Issuer
                );
                signed.Add((cell, [right, right with { Artifact = file + ".other" }, right with { Identity = instance.Identity + "x" }]));
            }
        }

        VerificationCase[] questions = [.. signed.SelectMany(static item => item.Questions)];
        Verdict[][] verdicts =
        [
            [.. questions.Select(Verifiers.Ours)],
            await Verifiers.Cosign2(questions),
            await Verifiers.Cosign3(questions),
            await Verifiers.SigstoreGo(questions),
            await Verifiers.Npm(questions),
        ];
        var table = new StringBuilder($"| signed by, as | {string.Join(" | ", _verifierNames)} |\n|---|---|---|---|---|---|\n");
        for (var row = 0; row < signed.Count; row++)
        {
            var cell = signed[row].Cell;
            table.Append($"| {cell.Name} |");
            for (var column = 0; column < _verifierNames.Length; column++)
            {
                var verifier = _verifierNames[column];
                var (right, otherFile, otherIdentity) = (
                    verdicts[column][3 * row],
                    verdicts[column][3 * row + 1],
                    verdicts[column][3 * row + 2]
                );
                var words = MatrixExpectations.VerificationRefusal(cell, verifier);
                var comparesFile = words is not null || MatrixExpectations.ComparesSubjects(cell, verifier);
                Check(
                    words is null ? right.Accepted : !right.Accepted && right.Said.Contains(words, StringComparison.OrdinalIgnoreCase),
                    $"{cell.Name}, verified by {verifier}: expected {words ?? "yes"}, got {right}"
                );
                Check(otherFile.Accepted != comparesFile, $"{cell.Name}, another file, verified by {verifier}: {otherFile}");
                Check(!otherIdentity.Accepted, $"{cell.Name}, another identity, verified by {verifier}: {otherIdentity}");
                table.Append($" {(right.Accepted ? comparesFile ? "yes" : "yes, any file" : "no: " + Short(right.Said))} |");
            }

            table.Append('\n');
        }

        return ($"{table}\n{refused}", problems);

        void CheckContent(MatrixCell cell, string path)
        {
            var bundle = Bundle.Load(path);
            var (kind, version) = cell switch
            {
                { Intoto: true } => ("intoto", "0.0.2"),
                { Statement: true, RekorVersion: 1 } => ("dsse", "0.0.1"),
                { RekorVersion: 1 } => ("hashedrekord", "0.0.1"),
                _ => ("hashedrekord", "0.0.2"),
            };
            Check(
                bundle.DsseEnvelope is not null == cell.Statement
                    && bundle.VerificationMaterial.LogEntries is [var entry]
                    && entry.Kind == kind
                    && entry.KindVersion == version
                    && bundle.VerificationMaterial.Timestamps.Count == (cell.Timestamp ? 1 : 0),
                $"{cell.Name}: the bundle is something else"
            );
        }

        void Check(bool good, string problem)
        {
            if (!good)
            {
                problems.Add(problem);
            }
        }
    }

    private static string Short(string text) => text.Length > 110 ? text[..110] + "…" : text;
}

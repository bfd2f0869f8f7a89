using System.Text.Json;
using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Interop.Tests.Peers;

/// <summary>Our verifier and those that others wrote, all asked offline with a trusted root and nothing else.</summary>
internal static class Verifiers
{
    // Two at a time: the machines that run this have two cores, and every question is a process of its own.
    private static readonly ParallelOptions _twoAtOnce = new() { MaxDegreeOfParallelism = 2 };

    public static Verdict Ours(VerificationCase question)
    {
        try
        {
            var verifier = new SigstoreVerifier(TrustedRoot.Load(question.TrustedRoot));
            var bundle = Bundle.Load(question.Bundle);
            var artifact = question.Sha256 is { } digest
                ? Artifact.FromSha256(Sha256Digest.Parse(digest))
                : Artifact.FromFile(question.Artifact);
            _ = question.Key is { } key
                ? verifier.Verify(bundle, artifact, ManagedKey.ParsePem(File.ReadAllText(key)))
                : verifier.Verify(bundle, artifact, VerificationPolicy.Exact(question.Identity, question.Issuer));
            return Verdict.Yes;
        }
        catch (VerificationException refusal)
        {
            return Verdict.No(refusal.Reason.ToString());
        }
    }

    public static Task<Verdict[]> Cosign2(IReadOnlyList<VerificationCase> questions)
    {
        var cosign = Peer.Cosign2;
        return Each(questions, question => Cosign(cosign, ["--new-bundle-format"], question));
    }

    public static Task<Verdict[]> Cosign3(IReadOnlyList<VerificationCase> questions)
    {
        var cosign = Peer.Cosign3;
        return Each(questions, question => Cosign(cosign, [], question));
    }

    public static Task<Verdict[]> SigstoreGo(IReadOnlyList<VerificationCase> questions)
    {
        var program = Peer.SigstoreGo;
        return Each(
            questions,
            async question =>
                (
                    await program.Run([
                        .. question.Sha256 is { } digest ? new[] { "-artifact-digest", digest } : ["-artifact", question.Artifact],
                        "-expectedSAN",
                        question.Identity,
                        "-expectedIssuer",
                        question.Issuer,
                        "-trustedrootJSONpath",
                        question.TrustedRoot,
                        question.Bundle,
                    ])
                ).Verdict
        );
    }

    /// <summary>npm's sigstore: one process answers all questions.</summary>
    public static async Task<Verdict[]> Npm(IReadOnlyList<VerificationCase> questions)
    {
        var sigstore = NpmSigstore.Require();
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(
                file,
                questions.Select(question => JsonSerializer.Serialize(question)),
                TestContext.Current.CancellationToken
            );
            var result = await sigstore.Run("verify.mjs", [file]);
            result.MustSucceed();
            Verdict[] verdicts =
            [
                .. result
                    .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(static line =>
                    {
                        using var answer = JsonDocument.Parse(line);
                        return answer.RootElement.GetProperty("accepted").GetBoolean()
                            ? Verdict.Yes
                            : Verdict.No(answer.RootElement.GetProperty("said").GetString()!);
                    }),
            ];
            Assert.Equal(questions.Count, verdicts.Length);
            return verdicts;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<Verdict[]> Each(IReadOnlyList<VerificationCase> questions, Func<VerificationCase, Task<Verdict>> ask)
    {
        var verdicts = new Verdict[questions.Count];
        await Parallel.ForAsync(0, questions.Count, _twoAtOnce, async (index, _) => verdicts[index] = await ask(questions[index]));
        return verdicts;
    }

    private static async Task<Verdict> Cosign(Peer cosign, string[] format, VerificationCase question)
    {
        string[] command = question.PredicateType is { } type
            ? ["verify-blob-attestation", "--type", type.Length > 0 ? type : "custom"]
            : ["verify-blob"];
        string[] signer = question.Key is { } key
            ? ["--key", key]
            : ["--certificate-identity", question.Identity, "--certificate-oidc-issuer", question.Issuer];
        return (
            await cosign.Run([
                .. command,
                .. format,
                "--bundle",
                question.Bundle,
                "--trusted-root",
                question.TrustedRoot,
                .. signer,
                .. question.Sha256 is { } digest ? new[] { "--digest", digest, "--digestAlg", "sha256" } : [question.Artifact],
            ])
        ).Verdict;
    }
}

using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.Recipe;

/// <summary>A ledger as a release leaves it halfway, and the files that it speaks of.</summary>
internal static class SampleLedger
{
    public const string Wheel = "hello_pysign-1.0.0-py3-none-any.whl";
    public const string Sdist = "hello_pysign-1.0.0.tar.gz";

    public const string Statement = "hello_pysign-1.0.0.release.sigstore.json";

    private static readonly DateTimeOffset _time = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    public static Ledger Unsigned() =>
        new()
        {
            Schema = Ledger.CurrentSchema,
            Name = "Hello-PySign",
            NormalizedName = "hello-pysign",
            Version = "1.0.0",
            Files = [File(Wheel, DistributionKind.Wheel), File(Sdist, DistributionKind.Sdist)],
        };

    public static Ledger Signed()
    {
        var ledger = Unsigned();
        return ledger with
        {
            Source = new ReleaseSource("0123456789abcdef", "v1.0.0"),
            Files =
            [
                .. ledger.Files.Select(file =>
                    file with
                    {
                        Signature = new LedgerSignature(
                            "https://gitlab.example/acme/hello-pysign//.gitlab-ci.yml@refs/tags/v1.0.0",
                            "https://gitlab.example",
                            [Part(file.Name + ".sigstore.json"), Part(file.Name + ".sig"), Part(file.Name + ".crt")],
                            [new LedgerLog("https://rekor.example", 42, _time), new LedgerLog("https://rekor-v2.example", 43)]
                        ),
                        Receipts =
                        [
                            new LedgerReceipt(
                                LedgerDestination.Publish,
                                file.Name,
                                $"https://gitlab.example/files/{file.Name}",
                                file.Sha256,
                                _time
                            ),
                        ],
                    }
                ),
            ],
            Statement = new LedgerStatement(
                Part(Statement),
                "https://gitlab.example/acme/hello-pysign//.gitlab-ci.yml@refs/tags/v1.0.0",
                "https://gitlab.example",
                [new LedgerLog("https://rekor.example", 44, _time)],
                [
                    new LedgerReceipt(
                        LedgerDestination.PublishSignatures,
                        Statement,
                        $"https://gitlab.example/files/{Statement}",
                        Part(Statement).Sha256,
                        _time
                    ),
                ]
            ),
            Tests = new LedgerTests(LedgerTestResult.Passed, [new LedgerTestRun("CPython", "3.12.1", "unittest", Wheel, 2, 0)], _time),
            Verifications = [new LedgerVerification(ReleaseStage.Verify, "identity", "issuer", _time)],
        };
    }

    /// <summary>Writes every file that <paramref name="ledger"/> names, with the content that it says.</summary>
    public static void WriteFiles(TemporaryFolder folder, Ledger ledger)
    {
        foreach (var name in ledger.Files.Select(file => file.Name).Concat(ledger.SignatureFiles.Select(part => part.Name)))
        {
            folder.Write($"dist/{name}", Content(name));
        }
    }

    private static LedgerFile File(string name, DistributionKind kind) =>
        new(name, kind, SampleDistribution.Sha256(Content(name)), Content(name).Length, []);

    private static LedgerSignatureFile Part(string name) => new(name, SampleDistribution.Sha256(Content(name)));

    private static byte[] Content(string name) => System.Text.Encoding.UTF8.GetBytes("content of " + name);
}

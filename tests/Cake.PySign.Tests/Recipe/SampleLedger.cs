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

    public static Ledger Checked(Ledger ledger) =>
        ledger with
        {
            Checks = new LedgerChecks(["Content", "Record"], ["Secrets"]),
            Preflight = new LedgerPreflight(DateTimeOffset.UnixEpoch, ["what the index has"], ["whether the token may upload"]),
        };

    public static Ledger WithKey(Ledger ledger) =>
        ledger with
        {
            Files =
            [
                .. ledger.Files.Select(file =>
                    file with
                    {
                        Signature = new LedgerSignature("", "", [file.Signature!.Files[0]], file.Signature.Logs),
                    }
                ),
            ],
        };

    /// <summary>Published, tested and verified.</summary>
    public static Ledger Finished(Ledger ledger) =>
        ledger with
        {
            Tests = new LedgerTests(
                LedgerTestResult.Passed,
                [new LedgerTestRun("CPython", "3.13.1", "pytest", "a.whl", 3, 0)],
                DateTimeOffset.UnixEpoch
            ),
            Verifications = [new LedgerVerification(ReleaseStage.ConsumerVerification, "", "", DateTimeOffset.UnixEpoch)],
            Files =
            [
                .. ledger.Files.Select(file =>
                    file with
                    {
                        Receipts =
                        [
                            .. new[] { LedgerDestination.PublishSignatures, LedgerDestination.Publish }.Select(stage => new LedgerReceipt(
                                stage,
                                file.Name,
                                $"https://gitlab.example/files/{file.Name}",
                                file.Sha256,
                                DateTimeOffset.UnixEpoch
                            )),
                        ],
                    }
                ),
            ],
        };

    /// <summary>Sixty wheels: what a page has to show at most.</summary>
    public static Ledger Many()
    {
        var signed = Signed();
        var one = signed.Files[0];
        return signed with
        {
            Files =
            [
                .. Enumerable
                    .Range(0, 60)
                    .Select(i =>
                        one with
                        {
                            Name =
                                $"hello_pysign-1.0.0-cp3{8 + (i % 7)}-cp3{8 + (i % 7)}-manylinux_2_17_x86_64.manylinux2014_x86_64_{i}.whl",
                            Origin = new LedgerOrigin($"wheels-{i % 20}")
                            {
                                Job = $"wheels: [ubuntu-24.04, {i % 20}]",
                                Runner = "ubuntu-24.04",
                            },
                        }
                    ),
                signed.Files[1],
            ],
        };
    }

    /// <summary>Built elsewhere.</summary>
    public static Ledger Imported(Ledger ledger) =>
        ledger with
        {
            Files =
            [
                .. ledger.Files.Select(file =>
                    file with
                    {
                        Origin = new LedgerOrigin("wheels") { Job = "linux", HandedOn = true },
                    }
                ),
            ],
        };

    /// <summary>One file is signed and the other is not: a run that died.</summary>
    public static Ledger Partial(Ledger ledger) =>
        ledger with
        {
            Files = [ledger.Files[0], ledger.Files[1] with { Signature = null, Receipts = [] }],
            Statement = null,
        };

    /// <summary>Without the tests, and without a reason that anybody gave.</summary>
    public static Ledger Untested(Ledger ledger) =>
        ledger with
        {
            Tests = new LedgerTests(LedgerTestResult.NotRun, [], _time, "switched off (--tests=off)"),
        };

    /// <summary>Every text that somebody else wrote is this one.</summary>
    public static Ledger With(string text)
    {
        var ledger = Finished(Checked(Imported(Signed())));
        return ledger with
        {
            Name = text,
            Version = text,
            Source = new ReleaseSource(text, text),
            Tools = new Dictionary<string, string> { [text] = text },
            Checks = new LedgerChecks([text], [text]),
            Preflight = new LedgerPreflight(_time, [text], [text]),
            Tests = new LedgerTests(LedgerTestResult.Passed, [new LedgerTestRun(text, text, text, text, 2, 0)], _time, text),
            Verifications = [new LedgerVerification(ReleaseStage.ConsumerVerification, text, text, _time)],
            Statement = ledger.Statement! with { File = ledger.Statement.File with { Name = text } },
            Files =
            [
                .. ledger.Files.Select(file =>
                    file with
                    {
                        Name = text,
                        Origin = new LedgerOrigin(text)
                        {
                            Job = text,
                            Runner = text,
                            Commit = text,
                            Run = text,
                        },
                        Signature = new LedgerSignature(
                            text,
                            text,
                            [new LedgerSignatureFile(text, file.Sha256)],
                            [new LedgerLog(text, 7, _time)]
                        ),
                        Receipts =
                        [
                            .. new[]
                            {
                                LedgerDestination.Publish,
                                LedgerDestination.PublishSignatures,
                                LedgerDestination.RepositoryAttestations,
                            }.Select(stage => new LedgerReceipt(stage, text, text, file.Sha256, _time)),
                        ],
                    }
                ),
            ],
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

using Cake.Core;
using Cake.PySign.Common.Logging;
using Cake.PySign.Recipe;
using Cake.PySign.Recipe.Report;
using Cake.PySign.Test;
using Cake.PySign.Tests.Rig;
using PySign.Formats;
using PySign.Http;

namespace Cake.PySign.Tests.Recipe.Report;

public sealed class ReleaseReportTests : IDisposable
{
    private const string Hostile = "</code><script>alert(1)</script>\u202e\u001b[31m\" onload=\"x";

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void The_same_ledger_gives_the_same_bytes_in_every_form()
    {
        var (one, two) = (ReleaseFacts.Of(SampleLedger.Signed()), ReleaseFacts.Of(SampleLedger.Signed()));
        Assert.Equal(one.ToJson(), two.ToJson());
        Assert.Equal(ReleasePage.Of(one), ReleasePage.Of(two));
        Assert.Equal(ReleaseMarkdown.Of(one), ReleaseMarkdown.Of(two));
    }

    [Fact]
    public void Every_form_says_what_was_checked_and_what_was_waived()
    {
        var facts = ReleaseFacts.Of(SampleLedger.Checked(SampleLedger.Signed()));
        foreach (var form in new[] { ReleasePage.Of(facts), ReleaseMarkdown.Of(facts), facts.ToJson() })
        {
            foreach (var said in new[] { "Record", "Secrets", "what the index has", "whether the token may upload" })
            {
                Assert.Contains(said, form, StringComparison.Ordinal);
            }
        }

        Assert.Contains("waived", ReleasePage.Of(facts), StringComparison.Ordinal);
        Assert.DoesNotContain("Verdict", facts.ToJson(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_key_signed_release_is_complete_and_says_that_provenance_was_left_out()
    {
        var ledger = SampleLedger.Finished(SampleLedger.WithKey(SampleLedger.Signed()));
        var facts = ReleaseFacts.Of(ledger);
        Assert.True(facts.Complete, facts.Verdict);
        Assert.Contains("Provenance", facts.Verdict, StringComparison.Ordinal);
        Assert.True(facts.Chain.Single(step => step.Title == "Provenance") is { Done: false, LeftOut: true });
        Assert.Contains("a key says nothing about commit", ReleasePage.Of(facts), StringComparison.Ordinal);

        // Some files with and others without is not a choice: something is missing.
        var half = ledger.Files[0] with
        {
            Signature = ledger.Files[0].Signature! with
            {
                Files =
                [
                    .. ledger.Files[0].Signature!.Files,
                    new LedgerSignatureFile($"{ledger.Files[0].Name}.provenance.sigstore.json", Sha256Digest.Of([])),
                ],
            },
        };
        Assert.False(ReleaseFacts.Of(ledger.With(half)).Complete);
        Assert.False(ReleaseFacts.Of(ledger with { Verifications = [] }).Complete);
    }

    [Fact]
    public void What_others_wrote_stays_text_on_the_page_and_in_the_notes()
    {
        var facts = ReleaseFacts.Of(
            SampleLedger.Signed() with
            {
                Name = Hostile,
                Tools = new Dictionary<string, string> { [Hostile] = Hostile },
                Source = new ReleaseSource(Hostile, Hostile),
                Tests = new LedgerTests(LedgerTestResult.NotRun, [], DateTimeOffset.UnixEpoch, Hostile),
            }
        );
        var page = ReleasePage.Of(facts);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(" onload=\"", page, StringComparison.Ordinal);
        foreach (var text in new[] { page, ReleaseMarkdown.Of(facts) })
        {
            Assert.DoesNotContain('\u202e', text);
            Assert.DoesNotContain('\u001b', text);
        }

        Assert.DoesNotContain("<script", ReleaseMarkdown.Of(facts).Replace("\\<", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_are_computed_and_an_edited_receipt_leads_nowhere()
    {
        using var rig = new CakeRig();
        var options = ReleaseOptions.From(rig.Context);
        options.Store.Url = new Uri("https://gitlab.com/api/v4/projects/42/packages/generic");
        options.RepositoryUrl = new Uri("https://gitlab.com/api/v4/projects/42/packages/pypi");
        var finished = SampleLedger.Finished(SampleLedger.Signed());
        var edited = finished with
        {
            Files =
            [
                .. finished.Files.Select(file =>
                    file with
                    {
                        Receipts =
                        [
                            .. file
                                .Receipts.Concat(file.Signature!.Files.Select(part => file.Receipts[0] with { File = part.Name }))
                                .Append(file.Receipts[0] with { Stage = LedgerDestination.RepositoryAttestations })
                                .Select(receipt => receipt with { Url = "https://evil.example/" }),
                        ],
                    }
                ),
            ],
        };
        var facts = ReleaseFacts.Of(edited, ReportAddresses.Of(new Release(rig.Context, options, rig.Services()), edited));
        Assert.Equal("https://gitlab.com/api/v4/projects/42/packages/pypi/simple/hello-pysign/", facts.Files[0].Url);
        Assert.All(
            facts.Files.SelectMany(file => file.SignatureFiles),
            part => Assert.Equal($"https://gitlab.com/api/v4/projects/42/packages/generic/hello-pysign/1.0.0/{part.Name}", part.Url)
        );
        Assert.DoesNotContain("href=\"https://evil", ReleasePage.Of(facts), StringComparison.Ordinal);
        Assert.DoesNotContain("(https://evil", ReleaseMarkdown.Of(facts), StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", facts.ToJson(), StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", ReleasePage.Of(facts), StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", ReleaseMarkdown.Of(facts), StringComparison.Ordinal);
    }

    [Fact]
    public void A_javascript_address_in_the_ledger_is_no_link()
    {
        var signed = SampleLedger.Signed();
        var facts = ReleaseFacts.Of(
            signed with
            {
                Files =
                [
                    .. signed.Files.Select(file =>
                        file with
                        {
                            Receipts =
                            [
                                new LedgerReceipt(
                                    LedgerDestination.Publish,
                                    file.Name,
                                    "javascript:alert(1)",
                                    file.Sha256,
                                    DateTimeOffset.UnixEpoch
                                ),
                            ],
                        }
                    ),
                ],
            }
        );
        Assert.DoesNotContain("href=\"javascript", ReleasePage.Of(facts), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("(<javascript", ReleaseMarkdown.Of(facts), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_task_writes_all_forms_and_the_summary_and_replaces_only_its_own()
    {
        SampleLedger.WriteFiles(_rig.Folder, SampleLedger.Signed());
        new DistFolder(_rig.Folder.Folder("dist")).Store.Write(SampleLedger.Signed());
        _rig.Environment.Variables["GITHUB_STEP_SUMMARY"] = _rig.Folder.File("summary.md").FullPath;
        new TaskRun(_rig).Run("PySign-Report");
        new TaskRun(_rig).Run("PySign-Report");
        foreach (var name in new[] { "index.html", "release.json", "release.md" })
        {
            Assert.True(File.Exists(_rig.Folder.File($"artifacts/release/{name}").FullPath), name);
        }

        Assert.Contains("Hello-PySign 1.0.0", File.ReadAllText(_rig.Folder.File("summary.md").FullPath), StringComparison.Ordinal);
        _rig.Folder.Write("artifacts/release/index.html", "<h1>mine</h1>");
        var e = Assert.Throws<CakeException>(() => new TaskRun(_rig).Run("PySign-Report"));
        Assert.Equal(22, e.ExitCode);
        Assert.Equal("<h1>mine</h1>", File.ReadAllText(_rig.Folder.File("artifacts/release/index.html").FullPath));
    }

    [Fact]
    public void A_broken_project_file_is_annotated_at_its_line()
    {
        _rig.Environment.Variables["GITHUB_ACTIONS"] = "true";
        _rig.Environment.Variables["PYSIGN_PYTHON"] = SystemPython.Path;
        _rig.Folder.Write("packages/core/pyproject.toml", "[project]\nname = \"demo\"\nversion = 1.0.0\n");
        _rig.Environment.Variables["PYSIGN_PROJECT"] = "packages/core";
        Assert.Throws<CakeException>(() => new TaskRun(_rig).Run("PySign-Build"));
        Assert.Contains("::error file=packages/core/pyproject.toml,line=3,title=PySign-Build::", _rig.Log.Text, StringComparison.Ordinal);

        // The script may lie below the checkout; GitHub counts from the checkout on.
        _rig.Environment.Variables["GITHUB_WORKSPACE"] = Path.GetDirectoryName(_rig.Folder.Path);
        Assert.Throws<CakeException>(() => new TaskRun(_rig).Run("PySign-Build"));
        var below = Path.GetFileName(_rig.Folder.Path);
        Assert.Contains($"::error file={below}/packages/core/pyproject.toml,line=3,", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "tests/test_a,b.py", 7, "tests/test_a%2Cb.py,line=7")]
    [InlineData("packages/core", "tests/test_a.py", 7, "packages/core/tests/test_a.py,line=7")]
    [InlineData("packages/core", "tests/test_a.py", null, "packages/core/tests/test_a.py,line=1")]
    public void Tests_that_failed_are_annotated_at_their_lines_in_the_checkout(string? project, string file, int? line, string at)
    {
        _rig.Environment.Variables["GITHUB_ACTIONS"] = "true";
        var run = new PyTestRun
        {
            Interpreter = new PyTestInterpreter("CPython", "3.13.0", "/usr/bin/python3", "3.13"),
            WheelFileName = "a.whl",
            WheelSha256 = Sha256Digest.Of("a"u8),
            Outcome = PyTestOutcome.Failed,
            TestCount = 13,
            Failures =
            [
                .. Enumerable
                    .Range(0, 12)
                    .Select(i => new PyFailedTest($"tests.A.test_{i}", "1 != 2\n::error::forged") { SourceFile = file, Line = line }),
                new PyFailedTest("nowhere", "no file"),
            ],
        };
        var failed = new PyTestException(PySignFailure.TestsFailed, "they failed", new PyTestResult("a", "1", [run], [], "r.xml"))
        {
            Project = project is null ? null : _rig.Folder.Folder(project),
        };
        StageAnnotations.Write(
            new CiMarks(_rig.Context, TimeProvider.System),
            _rig.Context,
            ("PySign-Test", StageFailure.Of("PySign-Test", ReleaseStage.Test, failed).Message),
            failed,
            new SecretRedactor()
        );
        var errors = _rig.Log.Text.Split('\n').Where(one => one.Contains("::error ", StringComparison.Ordinal)).ToList();

        // GitHub shows ten of a step: nine tests, and the stage.
        Assert.Equal(10, errors.Count);
        Assert.All(errors.Take(9), one => Assert.Contains($"::error file={at},title=tests.A.test_", one, StringComparison.Ordinal));
        Assert.Contains("::error title=PySign-Test::PySign-Test: they failed", errors[9], StringComparison.Ordinal);
        Assert.DoesNotContain(_rig.Log.Text.Split('\n'), one => one.StartsWith("::error::forged", StringComparison.Ordinal));
    }

    [Fact]
    public void A_stage_is_a_group_on_GitHub_and_a_section_on_GitLab_and_its_failure_an_annotation()
    {
        _rig.Environment.Variables["GITHUB_ACTIONS"] = "true";
        Assert.Throws<CakeException>(() => new TaskRun(_rig).Run("PySign-Verify"));
        var lines = _rig.Log.Text.ReplaceLineEndings("\n").Split('\n');
        Assert.Contains(lines, line => line.EndsWith("::group::PySign-Verify", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("::endgroup::", StringComparison.Ordinal));
        Assert.Contains(
            lines,
            line => line.Contains("::error title=PySign-Verify::PySign-Verify: There is no ledger", StringComparison.Ordinal)
        );
        _rig.Environment.Variables.Remove("GITHUB_ACTIONS");
        _rig.Environment.Variables["GITLAB_CI"] = "true";
        Assert.Throws<CakeException>(() => new TaskRun(_rig).Run("PySign-Verify"));
        Assert.Matches(@"section_start:\d+:pysign_verify\r\u001b\[0KPySign-Verify", _rig.Log.Text);
        Assert.Matches(@"section_end:\d+:pysign_verify\r\u001b\[0K", _rig.Log.Text);
    }
}

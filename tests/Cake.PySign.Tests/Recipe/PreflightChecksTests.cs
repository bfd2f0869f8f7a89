using System.Net;
using System.Text;
using Cake.PySign.Common.Processes;
using Cake.PySign.Recipe;
using Cake.PySign.Recipe.Preflight;
using Cake.PySign.Tests.Rig;
using PySign.Sigstore.Trust;

namespace Cake.PySign.Tests.Recipe;

/// <summary>Each check of the preflight by itself: what it finds, and under which name.</summary>
public sealed class PreflightChecksTests : IDisposable
{
    private static readonly DateTimeOffset _now = new(2026, 9, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ReleaseJobs _jobs = ReleaseJobs.Elsewhere();
    private readonly CakeRig _rig = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public PreflightChecksTests()
    {
        _jobs.PlayBuild();
        _rig.Environment.WorkingDirectory = _jobs.Folder.Path;
        foreach (
            var (name, value) in new[]
            {
                ("CI", "true"),
                ("GITLAB_CI", "true"),
                ("CI_SERVER_URL", "https://gitlab.com"),
                ("CI_API_V4_URL", "https://gitlab.com/api/v4"),
                ("CI_PROJECT_ID", "7"),
                ("CI_PROJECT_PATH", "acme/hello"),
                ("CI_COMMIT_TAG", "v1"),
                ("CI_JOB_TOKEN", "canary-job-token"),
                ("PYSIGN_TRUST", "embedded"),
                ("SIGSTORE_ID_TOKEN", UnsignedTokens.GitLab()),
            }
        )
        {
            _rig.Environment.Variables[name] = value;
        }
    }

    public void Dispose()
    {
        _rig.Dispose();
        _jobs.Dispose();
    }

    [Fact]
    public async Task Nothing_is_found_of_an_identity_that_the_public_instance_takes()
    {
        var reasons = await ReasonsAsync();
        string[] ofIdentity =
        [
            nameof(PreflightReason.IssuerNotAccepted),
            nameof(PreflightReason.ClockSkew),
            nameof(PreflightReason.TrustOld),
            nameof(PreflightReason.NoSpace),
            nameof(PreflightReason.NotWritable),
            nameof(PySignFailure.UnprotectedRef),
            nameof(PySignFailure.PrivateProject),
        ];
        Assert.Empty(reasons.Intersect(ofIdentity));
    }

    [Theory]
    [InlineData("false", "public", nameof(PySignFailure.UnprotectedRef))]
    [InlineData("true", "private", nameof(PySignFailure.PrivateProject))]
    [InlineData("true", "internal", nameof(PySignFailure.PrivateProject))]
    public async Task A_name_that_does_not_belong_in_the_public_log_is_found(string isProtected, string visibility, string reason)
    {
        _rig.Environment.Variables["SIGSTORE_ID_TOKEN"] = UnsignedTokens.GitLab(isProtected, visibility);
        Assert.Contains(reason, await ReasonsAsync());
    }

    [Fact]
    public async Task An_issuer_that_the_authority_does_not_take_is_found()
    {
        var token = UnsignedTokens.GitLab();
        _rig.Environment.Variables["SIGSTORE_ID_TOKEN"] = token;
        Assert.Contains(nameof(PreflightReason.IssuerNotAccepted), await ReasonsAsync(issuers: "https://elsewhere.example"));
        Assert.DoesNotContain(nameof(PreflightReason.IssuerNotAccepted), await ReasonsAsync(issuers: "https://*.com"));
        Assert.Contains(nameof(PreflightReason.IssuerNotAccepted), await ReasonsAsync(issuers: "https://*"));
    }

    [Theory]
    [InlineData(30, false)]
    [InlineData(-30, false)]
    [InlineData(300, true)]
    [InlineData(-300, true)]
    public async Task A_clock_that_is_off_is_found(int seconds, bool found)
    {
        var reasons = await ReasonsAsync(theirs: _now.AddSeconds(seconds));
        Assert.Equal(found, reasons.Contains(nameof(PreflightReason.ClockSkew)));
    }

    [Fact]
    public async Task Trust_that_has_ended_is_found_and_trust_that_ends_soon_is_said()
    {
        var release = Release();
        foreach (var (days, old, said) in new[] { (-1, true, ""), (30, false, "in 30 days"), (300, false, "ends on") })
        {
            var report = new PreflightReport();
            TrustAge.Embedded(new PreflightContext(release, release.Dist.ReadChecked(), report, IsAlone: true), _now.AddDays(days), _now);
            Assert.Equal(old ? [nameof(PreflightReason.TrustOld)] : [], report.Problems.Select(problem => problem.Reason));
            Assert.Equal(!old, report.NotKnown.Any(what => what.Contains(said, StringComparison.Ordinal)));
        }

        // A whole preflight on a day on which the embedded root has ended.
        Assert.Contains(nameof(PreflightReason.TrustOld), await ReasonsAsync(now: _now.AddYears(20)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Trust_that_cannot_be_had_or_believed_is_a_problem_of_signing(bool hasRoot)
    {
        using var root = typeof(TrustedRoot).Assembly.GetManifestResourceStream("PySign.Sigstore.Trust.Embedded.root.json")!;
        using var text = new StreamReader(root);
        _rig.Environment.Variables.Remove("PYSIGN_TRUST");
        _rig.Environment.Variables["PYSIGN_TUF_MIRROR"] = "http://127.0.0.1:1/";
        _rig.Environment.Variables["PYSIGN_TUF_ROOT"] = _jobs
            .Folder.Write("root.json", hasRoot ? await text.ReadToEndAsync(Stop) : "{}")
            .FullPath;
        _rig.Environment.Variables["PYSIGN_TUF_CACHE"] = _jobs.Folder.Folder("tuf").FullPath;
        var reasons = (await ReportAsync()).Problems.Select(problem => $"{problem.Stage} {problem.Reason}");
        Assert.Contains("Sign TrustRefused", reasons);
    }

    [Theory]
    [InlineData(0, nameof(PreflightReason.NoSpace), false)]
    [InlineData(60, nameof(PreflightReason.NoSpace), true)]
    public void Space_that_is_missing_is_found(int shift, string reason, bool found)
    {
        var (release, report) = (Release(), new PreflightReport());
        var ledger = release.Dist.ReadChecked();
        ledger = ledger with { Files = [.. ledger.Files.Select(file => file with { Size = 1L << shift })] };
        MachineCheck.Check(new PreflightContext(release, ledger, report, IsAlone: true));
        Assert.Equal(found, report.Problems.Any(problem => problem.Reason == reason));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_found()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "NOT RUN: /proc, where nobody writes, is Linux's.");
        _rig.Environment.Variables["PYSIGN_CONSUMER"] = "/proc/consumer";
        var (release, report) = (Release(), new PreflightReport());
        MachineCheck.Check(new PreflightContext(release, release.Dist.ReadChecked(), report, IsAlone: true));
        var problem = Assert.Single(report.Problems, problem => problem.Reason == nameof(PreflightReason.NotWritable));
        Assert.Equal(("/proc", ReleaseStage.ConsumerVerification), (problem.Subject, problem.Stage));
    }

    [Theory]
    [InlineData("4.0.2", "1.0 1.1 1.2 2.0 2.1 2.2", "2.4", true)]
    [InlineData("6.2.0", "1.0 1.1 1.2 2.1 2.2 2.3 2.4", "2.4", false)]
    [InlineData("6.2.0", "1.0 1.1 1.2 2.1 2.2 2.3 2.4", "2.5", true)]
    public async Task A_twine_that_does_not_know_the_metadata_is_found(string twine, string known, string metadata, bool found)
    {
        var wheel = SampleDistribution.Wheel(metadataVersion: metadata);
        var ledger = _jobs.Dist.Store.Read();
        _jobs.Folder.Write($"dist/{ledger.Files[0].Name}", wheel);
        _jobs.Dist.Store.Write(
            ledger with
            {
                Files = [ledger.Files[0] with { Sha256 = SampleDistribution.Sha256(wheel), Size = wheel.Length }],
            }
        );
        File.Delete(_jobs.Dist.File(ledger.Files[1].Name).FullPath);
        _rig.Environment.Variables["PYSIGN_PYTHON"] = SystemPython.Path;
        var processes = new FakeChildProcessRunner(start =>
            FakeChildProcessRunner.Probe(start, twine) ?? FakeChildProcessRunner.Result(0, known)
        );
        Assert.Equal(found, (await ReasonsAsync(processes: processes)).Contains(nameof(PySignFailure.ToolTooOld)));
    }

    [Fact]
    public async Task A_policy_that_does_not_accept_who_signs_is_found()
    {
        _jobs.Folder.Write(
            "policy.toml",
            """
            schema = 1

            [[signers]]
            issuer = "https://gitlab.com"
            identity-pattern = "https://gitlab\\.com/acme/hello//\\.gitlab-ci\\.yml@refs/tags/v.*"
            """
        );
        _rig.Environment.Variables["PYSIGN_POLICY"] = "policy.toml";
        Assert.DoesNotContain(nameof(PreflightReason.SignerNotInPolicy), await ReasonsAsync());
        _jobs.Folder.Write(
            "policy.toml",
            """
            schema = 1

            [[signers]]
            issuer = "https://gitlab.com"
            identity = "https://gitlab.com/acme/hello//.gitlab-ci.yml@refs/heads/main"
            """
        );
        var problem = Assert.Single((await ReportAsync()).Problems, one => one.Reason == nameof(PreflightReason.SignerNotInPolicy));
        Assert.Equal(ReleaseStage.ConsumerVerification, problem.Stage);
        _rig.Environment.Variables["PYSIGN_POLICY"] = "absent.toml";
        Assert.Contains(nameof(PySignFailure.MissingFile), await ReasonsAsync());
    }

    private Release Release(HttpMessageHandler? handler = null, TimeProvider? time = null, IChildProcessRunner? processes = null) =>
        new(_rig.Context, ReleaseOptions.From(_rig.Context), _rig.Services(handler, time, processes));

    private async Task<IReadOnlyList<string>> ReasonsAsync(
        string issuers = "https://gitlab.com",
        DateTimeOffset? theirs = null,
        DateTimeOffset? now = null,
        IChildProcessRunner? processes = null
    ) => [.. (await ReportAsync(issuers, theirs, now, processes)).Problems.Select(problem => problem.Reason)];

    private Task<PreflightReport> ReportAsync(
        string issuers = "https://gitlab.com",
        DateTimeOffset? theirs = null,
        DateTimeOffset? now = null,
        IChildProcessRunner? processes = null
    )
    {
        var time = new StillTime(now ?? _now);
        var handler = new Answers(issuers, theirs ?? now ?? _now);
        processes ??= new FakeChildProcessRunner(_ => FakeChildProcessRunner.Result(1));
        return PreflightStage.ReportAsync(Release(handler, time, processes), Stop);
    }

    private sealed class StillTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    /// <summary>The public authority's configuration; every registry is empty.</summary>
    private sealed class Answers(string issuer, DateTimeOffset date) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isConfiguration = request.RequestUri!.AbsolutePath == "/api/v2/configuration";
            var field = issuer.Contains('*', StringComparison.Ordinal) ? "wildcardIssuerUrl" : "issuerUrl";
            var answer = new HttpResponseMessage(isConfiguration ? HttpStatusCode.OK : HttpStatusCode.NotFound)
            {
                RequestMessage = request,
                Content = new StringContent(
                    isConfiguration ? $$"""{"issuers":[{"{{field}}":"{{issuer}}"}]}""" : "{}",
                    Encoding.UTF8,
                    "application/json"
                ),
            };
            answer.Headers.Date = date;
            return Task.FromResult(answer);
        }
    }
}

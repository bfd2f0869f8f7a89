using System.Net;
using Cake.Core.IO;
using Cake.PySign.Common.Ci;
using Cake.PySign.Recipe;
using Cake.PySign.Sign;
using Cake.PySign.Tests.Rig;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Trust;

namespace Cake.PySign.Tests.Common.Ci;

/// <summary>What would be permanently public needs a yes. The services have the public names; the handler sees every call and lets none
/// out.</summary>
public sealed class PublicLogGuardTests(SandboxFixture fixture) : IDisposable
{
    private readonly CakeRig _rig = new();
    private readonly List<Uri> _calls = [];

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_protected_ref_of_a_public_project_needs_no_question()
    {
        Assert.Null(await RefusalAsync(UnsignedTokens.GitLab()));
        Assert.Null(await RefusalAsync(UnsignedTokens.GitHub()));
        Assert.Contains(_calls, call => call.Host == "fulcio.sigstore.dev");
    }

    [Theory]
    [InlineData("false")]
    [InlineData(null)]
    [InlineData("yes")]
    public async Task A_ref_that_is_not_known_to_be_protected_stops_before_anything_is_called(string? claim)
    {
        Assert.Equal(PySignFailure.UnprotectedRef, await RefusalAsync(UnsignedTokens.GitLab(refProtected: claim)));
        Assert.Equal(PySignFailure.UnprotectedRef, await RefusalAsync(UnsignedTokens.GitHub(refProtected: claim)));
        Assert.Empty(_calls);
        Assert.Null(
            await RefusalAsync(UnsignedTokens.GitLab(refProtected: claim), settings => settings.Signing.AllowUnprotectedRef = true)
        );
        Assert.NotEmpty(_calls);
        Assert.Contains("AllowUnprotectedRef: ", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("private")]
    [InlineData("internal")]
    [InlineData(null)]
    public async Task A_project_that_is_not_known_to_be_public_stops_before_anything_is_called(string? claim)
    {
        Assert.Equal(PySignFailure.PrivateProject, await RefusalAsync(UnsignedTokens.GitLab(visibility: claim)));
        Assert.Equal(PySignFailure.PrivateProject, await RefusalAsync(UnsignedTokens.GitHub(visibility: claim)));
        Assert.Equal(
            PySignFailure.PrivateProject,
            await RefusalAsync(UnsignedTokens.GitLab("false", claim), settings => settings.Signing.AllowUnprotectedRef = true)
        );
        Assert.Empty(_calls);
        Assert.Null(await RefusalAsync(UnsignedTokens.GitLab(visibility: claim), settings => settings.Signing.AllowPrivateProject = true));
        Assert.NotEmpty(_calls);
    }

    [Fact]
    public async Task The_refusal_says_what_would_be_public_and_how_to_say_yes()
    {
        var e = await Assert.ThrowsAsync<PySignException>(() => SignAsync(UnsignedTokens.GitLab("false", "private"), null));
        foreach (
            var text in new[]
            {
                "ref 'v1'",
                "https://gitlab.com/acme/hello//.gitlab-ci.yml@refs/tags/v1",
                "AllowUnprotectedRef",
                "--allow-unprotected-ref=true",
                "PYSIGN_ALLOW_UNPROTECTED_REF",
            }
        )
        {
            Assert.Contains(text, e.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("CANARY", e.ToString(), StringComparison.Ordinal);
        Assert.Equal(12, StageFailure.Of("PySign-Sign", ReleaseStage.Sign, e).ExitCode);
    }

    [Fact]
    public async Task A_token_that_names_a_pipeline_but_says_nothing_more_needs_both_answers()
    {
        Assert.Equal(PySignFailure.UnprotectedRef, await RefusalAsync(UnsignedTokens.Buildkite()));
        Assert.Equal(
            PySignFailure.PrivateProject,
            await RefusalAsync(UnsignedTokens.Buildkite(), settings => settings.Signing.AllowUnprotectedRef = true)
        );
        Assert.Empty(_calls);
        Assert.Null(
            await RefusalAsync(
                UnsignedTokens.Buildkite(),
                settings => (settings.Signing.AllowUnprotectedRef, settings.Signing.AllowPrivateProject) = (true, true)
            )
        );
    }

    [Theory]
    [InlineData("CI_COMMIT_REF_PROTECTED")]
    [InlineData("GITHUB_REF_PROTECTED")]
    public async Task Variables_make_it_stricter_and_never_looser(string variable)
    {
        Assert.Null(await RefusalAsync(UnsignedTokens.Person()));
        _calls.Clear();
        _rig.Environment.Variables[variable] = "false";
        Assert.Equal(PySignFailure.UnprotectedRef, await RefusalAsync(UnsignedTokens.Person()));
        Assert.Null(await RefusalAsync(UnsignedTokens.GitLab())); // The claim is signed, the variable is not.
        _calls.Clear();
        _rig.Environment.Variables[variable] = "true";
        _rig.Environment.Variables["CI_PROJECT_VISIBILITY"] = "public";
        Assert.Equal(PySignFailure.UnprotectedRef, await RefusalAsync(UnsignedTokens.GitLab(refProtected: null)));
        Assert.Equal(PySignFailure.PrivateProject, await RefusalAsync(UnsignedTokens.GitLab(visibility: null)));
        Assert.Empty(_calls);
    }

    [Theory]
    [InlineData("https://fulcio.sigstage.dev", "https://rekor.corp.example", true)]
    [InlineData("https://fulcio.corp.example", "https://log2025-1.rekor.sigstore.dev", true)]
    [InlineData("https://fulcio.corp.example", "https://Rekor.Sigstore.Dev.", true)]
    [InlineData("https://notsigstore.dev", "https://sigstore.dev.corp.example", false)]
    public async Task The_public_instances_are_known_by_their_names(string fulcio, string rekor, bool isPublic)
    {
        var root = TrustedRoot.Load((await fixture.Sandbox).Info.TrustedRoot.FullPath);
        Assert.Equal(isPublic, PublicInstance.IsIn(SigningServices.ForUrls(new Uri(fulcio), new Uri(rekor)), root));
    }

    [Fact]
    public async Task An_address_of_ones_own_in_front_of_the_public_log_is_known_by_the_trusted_root()
    {
        var services = SigningServices.ForUrls(new Uri("https://fulcio.corp.example"), new Uri("https://rekor.corp.example"));
        Assert.True(PublicInstance.IsIn(services, TrustedRoot.PublicGood()));
        Assert.False(PublicInstance.IsIn(services, TrustedRoot.Load((await fixture.Sandbox).Info.TrustedRoot.FullPath)));
    }

    [Fact]
    public async Task A_sandbox_or_a_private_instance_is_never_guarded()
    {
        var sandbox = await fixture.Sandbox;
        var token = await sandbox.MintGitLabTokenAsync(
            new Dictionary<string, object> { ["ref_protected"] = "false", ["project_visibility"] = "private" },
            TestContext.Current.CancellationToken
        );
        var signed = await _rig.Context.CosignSignBlob(
            [_rig.Folder.Write("dist/a.whl", "x")],
            new CosignSignBlobSettings
            {
                Signing = { IdToken = token, SigningConfig = sandbox.Info.SigningConfig },
                Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
            },
            TestContext.Current.CancellationToken
        );
        Assert.Single(signed);
    }

    /// <summary>The guard's refusal, or null when signing went on to the (unwilling) certificate authority.</summary>
    private async Task<PySignFailure?> RefusalAsync(string token, Action<CosignSignBlobSettings>? configure = null)
    {
        var e = await Assert.ThrowsAsync<PySignException>(() => SignAsync(token, configure));
        return e.InnerException is SigningException { Reason: SigningFailure.CertificateRefused } ? null : e.Reason;
    }

    private Task<IReadOnlyList<SignedBlob>> SignAsync(string token, Action<CosignSignBlobSettings>? configure)
    {
        FilePath file = _rig.Folder.Write("dist/a.whl", "x");
        var settings = new CosignSignBlobSettings { Signing = { IdToken = token }, Trust = { Source = TrustSource.Embedded } };
        configure?.Invoke(settings);
        return new BlobSigner(_rig.Services(new Unwilling(_calls))).SignAsync([file], settings, TestContext.Current.CancellationToken);
    }

    private sealed class Unwilling(List<Uri> calls) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            calls.Add(request.RequestUri!);
            return Task.FromResult(
                new HttpResponseMessage(HttpStatusCode.BadRequest) { RequestMessage = request, Content = new StringContent("no") }
            );
        }
    }
}

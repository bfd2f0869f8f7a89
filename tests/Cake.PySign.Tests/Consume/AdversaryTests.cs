using Cake.PySign.Consume;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Consume;

/// <summary>A registry in the hands of somebody else: each thing it can do is stopped, for its own reason, and nothing of it
/// stays.</summary>
public sealed class AdversaryTests(SandboxFixture fixture) : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_swapped_wheel_is_refused()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        var other = SampleDistribution.Wheel(body: "import os\n");
        published.Serve($"/{PublishedRelease.Wheel}", context => context.Response.Body.WriteAsync(other).AsTask());
        published.ServeIndex((PublishedRelease.Wheel, SampleDistribution.Sha256(other)), (PublishedRelease.Sdist, null));
        await published.RefusedAsync(PublishedRelease.Wheel, ReleaseFailure.SignatureRefused, "Digest");
    }

    [Fact]
    public async Task An_older_release_under_the_new_name_is_refused_though_its_signature_is_true()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        var older = SampleDistribution.Wheel(version: "0.9.0");
        published.Serve($"/{PublishedRelease.Wheel}", context => context.Response.Body.WriteAsync(older).AsTask());
        published.ServeIndex((PublishedRelease.Wheel, null), (PublishedRelease.Sdist, null));
        await published.PublishSignatureAsync(PublishedRelease.Wheel, older, tag: "v0.9.0");
        var e = await Assert.ThrowsAsync<ReleaseVerificationException>(() => published.VerifyAsync());
        Assert.Equal(
            [ReleaseFailure.DistributionRefused, ReleaseFailure.SignatureRefused, ReleaseFailure.DistributionChanged],
            e.Problems.Select(problem => problem.Reason)
        );
        Assert.Contains("refs/tags/v0.9.0", e.Problems[1].Explanation, StringComparison.Ordinal);
        published.NothingStays();
    }

    [Fact]
    public async Task A_dropped_signature_is_refused()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        published.Drop($"{PublishedRelease.Sdist}.sigstore.json");
        await published.RefusedAsync(PublishedRelease.Sdist, ReleaseFailure.SignatureMissing, "sigstore.json");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wheel_too_many_is_refused_whether_or_not_a_stranger_signed_it(bool bySomebody)
    {
        const string Extra = "hello_pysign-1.0.0-py2-none-any.whl";
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        var evil = SampleDistribution.Wheel(body: "evil\n");
        await PublishedSample.PostAsync(published.Server, Extra, evil);
        if (bySomebody)
        {
            await published.PublishSignatureAsync(Extra, evil, project: "mallory/hello-pysign");
        }

        await published.RefusedAsync(
            Extra,
            bySomebody ? ReleaseFailure.SignatureRefused : ReleaseFailure.SignatureMissing,
            bySomebody ? "mallory" : "There is no"
        );
    }

    [Theory]
    [InlineData("hello_pysign-1.0.0+1-py3-none-any.whl", "1.0.0+1")]
    [InlineData("hello_pysign-1.0.0.tar.bz2", "1.0.0")]
    public async Task What_pip_would_take_for_the_release_besides_its_files_is_refused(string extra, string version)
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        await PublishedSample.PostAsync(published.Server, extra, SampleDistribution.Wheel(body: "evil\n"), version);
        await published.RefusedAsync(extra, ReleaseFailure.DistributionUnexpected, "pip takes it");
        published.WritePolicy(published.PolicyWithRelease("lookalikes = \"allow\""));
        Assert.Equal(2, (await published.VerifyAsync()).Files.Count);
    }

    [Fact]
    public async Task The_signature_of_another_project_is_refused()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        await published.PublishSignatureAsync(
            PublishedRelease.Wheel,
            published.Content[PublishedRelease.Wheel],
            project: "mallory/hello-pysign"
        );
        await published.RefusedAsync(PublishedRelease.Wheel, ReleaseFailure.SignatureRefused, "mallory");
    }

    [Fact]
    public async Task The_true_signature_of_another_file_is_refused()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        var signed = await published.SignAsync(PublishedRelease.Sdist, published.Content[PublishedRelease.Sdist]);
        await published.PutAsync(
            PublishedRelease.Wheel + ".sigstore.json",
            await File.ReadAllBytesAsync(signed.Bundle.FullPath, TestContext.Current.CancellationToken)
        );
        await published.RefusedAsync(PublishedRelease.Wheel, ReleaseFailure.SignatureRefused, "Digest");
    }

    [Fact]
    public async Task A_hidden_sdist_is_refused_where_the_policy_asks_for_one()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        published.ServeIndex((PublishedRelease.Wheel, null));
        published.WritePolicy(published.PolicyWithRelease("statement = \"none\""));
        Assert.Single((await published.VerifyAsync()).Files);
        Directory.Delete(published.Settings.OutputDirectory!.FullPath, recursive: true);
        published.WritePolicy(published.PolicyWithRelease("distributions = [\"wheel\", \"sdist\"]\nstatement = \"none\""));
        await published.RefusedAsync("sdist", ReleaseFailure.DistributionMissing, "the index has none");
    }

    [Fact]
    public async Task A_build_that_did_not_run_where_the_policy_wants_it_is_refused()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        published.WritePolicy(published.PolicyWith("runner-environment = \"somewhere-else\"\n"));
        await published.RefusedAsync(PublishedRelease.Wheel, ReleaseFailure.SignatureRefused, "RunnerEnvironment");
    }

    [Theory]
    [InlineData(".sig")]
    [InlineData(".crt")]
    public async Task A_detached_file_of_another_signature_is_refused(string suffix)
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        published.WritePolicy(published.PolicyWithRelease("signatures = [\"bundle\", \"detached\"]"));
        var again = await published.SignAsync(PublishedRelease.Wheel, published.Content[PublishedRelease.Wheel]);
        await published.PutAsync(
            PublishedRelease.Wheel + suffix,
            await File.ReadAllBytesAsync(again.Path.FullPath + suffix, TestContext.Current.CancellationToken)
        );
        await published.RefusedAsync(PublishedRelease.Wheel, ReleaseFailure.DetachedSignatureRefused, "than the bundle's");
    }

    [Fact]
    public async Task An_index_that_lies_about_a_digest_is_stopped()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        published.ServeIndex((PublishedRelease.Wheel, new string('1', 64)), (PublishedRelease.Sdist, null));
        await published.StoppedAsync(PySignFailure.DigestMismatch, PublishedRelease.Wheel);
    }

    [Fact]
    public async Task A_file_on_another_host_is_stopped()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        await using var elsewhere = await GitLabServer.StartAsync(new TemporaryFolder());
        published.Serve(
            $"/{PublishedRelease.Wheel}",
            context =>
            {
                context.Response.Redirect($"{elsewhere.BaseUrl}{PublishedRelease.Wheel}");
                return Task.CompletedTask;
            }
        );
        await published.StoppedAsync(PySignFailure.Redirected, elsewhere.BaseUrl.Authority);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task A_login_page_is_neither_an_index_nor_a_wheel_nor_a_signature()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        published.Serve($"/{PublishedRelease.Wheel}.sigstore.json", Adversary.LoginPage);
        await published.RefusedAsync(PublishedRelease.Wheel, ReleaseFailure.SignatureRefused, "JsonMalformed");
        published.Serve($"/{PublishedRelease.Wheel}", Adversary.LoginPage);
        await published.StoppedAsync(PySignFailure.DigestMismatch, PublishedRelease.Wheel);
        published.Serve("/simple/hello-pysign/", Adversary.LoginPage);
        await published.StoppedAsync(PySignFailure.NotFound, "hello-pysign");
    }

    [Fact]
    public async Task A_truncated_file_is_stopped()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        published.Serve(
            $"/{PublishedRelease.Wheel}",
            async context =>
            {
                context.Response.ContentLength = 1_000_000;
                await context.Response.Body.WriteAsync(new byte[500]);
                await context.Response.Body.FlushAsync();
                context.Abort();
            }
        );
        await published.StoppedAsync(PySignFailure.Unreachable, PublishedRelease.Wheel);
    }

    [Theory]
    [InlineData("../../etc/hello_pysign-1.0.0-py3-none-any.whl")]
    [InlineData("..%2f..%2fhello_pysign-1.0.0-py3-none-any.whl")]
    [InlineData("hello_pysign-1.0.0-py3-none-any.whl/../../x")]
    [InlineData("C:\\hello_pysign-1.0.0-py3-none-any.whl")]
    public async Task A_file_name_that_leads_elsewhere_writes_nothing_there(string name)
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        published.ServeIndex((name, null));
        var before = _rig.Folder.Snapshot();
        await Assert.ThrowsAnyAsync<PySignException>(() => published.VerifyAsync());
        Assert.Equal(before, _rig.Folder.Snapshot());
        published.NothingStays();
    }

    [Theory]
    [InlineData(PublishedRelease.Wheel)]
    [InlineData(PublishedRelease.Wheel + ".sigstore.json")]
    [InlineData(PublishedRelease.Statement)]
    public async Task A_file_that_never_ends_is_cut_off(string name)
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        published.Settings.Limits.MaxFileBytes = 1 << 20;
        published.Serve(
            "/" + name,
            async context =>
            {
                var block = new byte[1 << 16];
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.Body.WriteAsync(block, context.RequestAborted);
                }
            }
        );
        await published.StoppedAsync(PySignFailure.TooLarge, name);
    }
}

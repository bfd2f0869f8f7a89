using System.Net.Http.Json;
using System.Text.Json;
using Cake.Core;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Recipe;

/// <summary>The release of the tag at GitLab: links and notes, made when everything is public and as often as it is run.</summary>
public sealed class GitLabReleaseStageTests(SandboxFixture fixture)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_links_to_every_file_once_and_a_second_run_changes_nothing()
    {
        SystemPython.Require("twine.__main__");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign, ReleaseStage.PublishSignatures, ReleaseStage.Publish);
        var first = await ReleaseAsync(jobs);
        var links = first.GetProperty("assets").GetProperty("links").EnumerateArray().ToList();
        var ledger = jobs.Dist.ReadSigned();
        Assert.Equal(
            ledger.Files.Select(file => file.Name).Concat(ledger.SignatureFiles.Select(part => part.Name)).Order(StringComparer.Ordinal),
            links.Select(link => link.GetProperty("name").GetString()).Order(StringComparer.Ordinal)
        );
        Assert.Equal(2, links.Count(link => link.GetProperty("link_type").GetString() == "package"));
        Assert.Contains(ledger.Files[0].Sha256, first.GetProperty("description").GetString(), StringComparison.Ordinal);

        await jobs.RunAllAsync(ReleaseStage.Publish);
        Assert.Equal(first.ToString(), (await ReleaseAsync(jobs)).ToString());
    }

    [Fact]
    public async Task A_release_that_a_person_wrote_keeps_its_notes_and_gets_the_links()
    {
        SystemPython.Require("twine.__main__");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        using (var http = Client(jobs))
        {
            using var made = await http.PostAsJsonAsync(Releases(jobs), new { tag_name = "v1.0.0", description = "By hand." }, Stop);
            Assert.Equal(201, (int)made.StatusCode);
        }

        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign, ReleaseStage.PublishSignatures, ReleaseStage.Publish);
        var release = await ReleaseAsync(jobs);
        Assert.Equal("By hand.", release.GetProperty("description").GetString());
        Assert.True(release.GetProperty("assets").GetProperty("links").GetArrayLength() > 2);
    }

    [Fact]
    public async Task A_tag_that_may_not_be_created_is_a_warning_unless_the_release_was_asked_for()
    {
        SystemPython.Require("twine.__main__");
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        using (var control = (await fixture.Sandbox).CreateControlClient())
        {
            using var set = await control.PostAsJsonAsync(
                "/_sandbox/projects",
                new
                {
                    id = jobs.Id,
                    path = jobs.Path,
                    mayCreateTags = false,
                },
                Stop
            );
            Assert.Equal(204, (int)set.StatusCode);
        }

        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign, ReleaseStage.PublishSignatures, ReleaseStage.Publish);
        Assert.Contains("Protected tags", jobs.Log, StringComparison.Ordinal);
        var e = await Assert.ThrowsAsync<CakeException>(() => jobs.RunAsync("PySign-Publish", ("PYSIGN_GITLAB_RELEASE", "always")));
        Assert.Equal((int)ReleaseStage.Publish, e.ExitCode);
        await jobs.RunAsync("PySign-Publish", ("PYSIGN_GITLAB_RELEASE", "never"));
    }

    private async Task<JsonElement> ReleaseAsync(ReleaseJobs jobs)
    {
        using var http = Client(jobs);
        return await http.GetFromJsonAsync<JsonElement>($"{Releases(jobs)}/v1.0.0", Stop);
    }

    private static string Releases(ReleaseJobs jobs) =>
        jobs.PyPI.AbsoluteUri.Replace("/packages/pypi", "/releases", StringComparison.Ordinal);

    private static HttpClient Client(ReleaseJobs jobs)
    {
        var http = new HttpClient();
        http.DefaultRequestHeaders.Add("JOB-TOKEN", jobs.JobToken);
        return http;
    }
}

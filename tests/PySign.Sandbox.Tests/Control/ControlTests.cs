using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using PySign.Sandbox.Registries.GitLab;

namespace PySign.Sandbox.Tests.Control;

public sealed class ControlTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_status_fault_hits_so_many_requests_of_its_service_and_no_other()
    {
        await using var rig = await SandboxRig.Start();
        await rig
            .Client.PostAsJsonAsync(
                "/_sandbox/faults",
                new
                {
                    service = "rekor-v1",
                    kind = "status",
                    status = 502,
                    times = 2,
                },
                Stop
            )
            .MustSucceed();
        Assert.Equal(HttpStatusCode.OK, await Get(rig, "/api/v2/trustBundle"));
        Assert.Equal(HttpStatusCode.BadGateway, await Get(rig, "/api/v1/log/publicKey"));

        // A log that tells its checkpoint is not counted: the fault is meant for what comes after.
        Assert.Equal(HttpStatusCode.OK, await Get(rig, "/api/v1/log"));
        Assert.Equal(HttpStatusCode.BadGateway, await Get(rig, "/api/v1/log/publicKey"));
        Assert.Equal(HttpStatusCode.OK, await Get(rig, "/api/v1/log/publicKey"));
    }

    [Fact]
    public async Task A_dropped_connection_gives_no_answer()
    {
        await using var rig = await SandboxRig.Start();
        await rig.Fault("fulcio", "drop");
        await Assert.ThrowsAnyAsync<Exception>(() => rig.Client.GetAsync("/api/v2/trustBundle", Stop));
        Assert.Equal(HttpStatusCode.OK, await Get(rig, "/api/v2/trustBundle"));
    }

    [Fact]
    public async Task A_standing_fault_ends_when_faults_are_cleared()
    {
        await using var rig = await SandboxRig.Start();
        await rig.Fault("tsa", "status", times: -1);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await Get(rig, "/api/v1/timestamp/certchain"));
        }

        await rig.Client.DeleteAsync("/_sandbox/faults", Stop).MustSucceed();
        Assert.Equal(HttpStatusCode.OK, await Get(rig, "/api/v1/timestamp/certchain"));
    }

    [Theory]
    [InlineData("""{"service":"nobody","kind":"status"}""", "Unknown service 'nobody'")]
    [InlineData("""{"service":"tsa","kind":"wrong-set"}""", "Unknown kind 'wrong-set'")]
    [InlineData("{}", "A fault has a service and a kind.")]
    public async Task A_fault_nobody_could_show_is_refused(string body, string message)
    {
        await using var rig = await SandboxRig.Start();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await rig.Client.PostAsync("/_sandbox/faults", content, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(
            message,
            (await response.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("error").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_state_counts_requests_and_never_shows_a_token()
    {
        await using var rig = await SandboxRig.Start();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v4/projects/42/packages/generic/demo/1.0/a.txt?status=default");
        request.Headers.Add("JOB-TOKEN", rig.Services.JobToken);
        request.Content = new ByteArrayContent([1]);
        await rig.Client.SendAsync(request, Stop).MustSucceed();
        var text = await rig.Client.GetStringAsync("/_sandbox/state", Stop);
        Assert.DoesNotContain(rig.Services.JobToken, text, StringComparison.Ordinal);
        var state = JsonDocument.Parse(text).RootElement;
        Assert.Equal(1, state.GetProperty("counters").GetProperty("gitlab PUT 201").GetInt64());
        Assert.Equal("a.txt", state.GetProperty("packages")[0].GetProperty("fileName").GetString());
        Assert.Equal(1, state.GetProperty("logs").GetProperty("rekor-v1").GetInt64());
    }

    [Fact]
    public async Task A_project_is_created_and_a_later_call_changes_only_what_it_names()
    {
        await using var rig = await SandboxRig.Start();
        await rig
            .Client.PostAsJsonAsync(
                "/_sandbox/projects",
                new
                {
                    id = 43,
                    path = "acme/secret",
                    visibility = "private",
                    accessToken = "glpat-of-43",
                    genericDuplicates = false,
                },
                Stop
            )
            .MustSucceed();
        const string Simple = "/api/v4/projects/43/packages/pypi/simple";
        Assert.Equal(HttpStatusCode.Unauthorized, await Get(rig, Simple));
        await rig.Client.PostAsJsonAsync("/_sandbox/projects", new { id = 43, visibility = "public" }, Stop).MustSucceed();
        Assert.Equal(HttpStatusCode.OK, await Get(rig, Simple));
        Assert.False(rig.Services.GitLab.Projects.Single(project => project.Options.Id == 43).Options.GenericDuplicates);
    }

    [Fact]
    public async Task Every_setting_of_a_project_can_be_switched()
    {
        await using var rig = await SandboxRig.Start();
        var settings = new Dictionary<string, object>
        {
            ["id"] = 43,
            ["path"] = "acme/other",
            ["visibility"] = "private",
            ["credentials"] = new[]
            {
                new
                {
                    kind = "DeployToken",
                    secret = "s",
                    access = "Reporter",
                    userName = "u",
                },
            },
            ["requestForwarding"] = false,
            ["forwardingTarget"] = "https://pypi.example/simple/",
            ["jsonIndex"] = true,
            ["genericDuplicates"] = false,
            ["genericDuplicateExceptions"] = "a.*",
            ["checksumHeader"] = false,
            ["objectStorage"] = true,
            ["objectStorageFails"] = true,
            ["protectedPackages"] = new[] { "a" },
            ["maxPyPiBytes"] = 1,
            ["maxGenericBytes"] = 1,
            ["jobTokenMayPublish"] = false,
            ["jobTokenMayRead"] = false,
            ["packagesEnabled"] = false,
            ["refusesLongMetadata"] = true,
            ["oldNotFound"] = true,
            ["fips"] = true,
            ["tagsExist"] = false,
            ["mayCreateTags"] = false,
        };
        await rig.Client.PostAsJsonAsync("/_sandbox/projects", settings, Stop).MustSucceed();
        var usual = new GitLabProjectOptions { Id = 0, Path = "" };
        var set = rig.Services.GitLab.Projects.Single(project => project.Options.Id == 43).Options;
        Assert.All(
            settings.Keys.Where(key => key != "id"),
            key => Assert.Contains($"`{key}`", FaultCatalogTests.Page, StringComparison.Ordinal)
        );
        Assert.All(
            typeof(GitLabProjectOptions).GetProperties(),
            property => Assert.NotEqual(property.GetValue(usual), property.GetValue(set))
        );
    }

    [Theory]
    [InlineData("""{"path":"no/id"}""")]
    [InlineData("""{"id":44,"path":"a/b","visibility":"internal"}""")]
    [InlineData("""{"id":44,"path":"a/b","unknown":true}""")]
    [InlineData("[]")]
    public async Task A_project_that_makes_no_sense_is_refused(string body)
    {
        await using var rig = await SandboxRig.Start();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await rig.Client.PostAsync("/_sandbox/projects", content, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_reset_forgets_packages_projects_faults_and_counters_but_not_the_logs()
    {
        await using var rig = await SandboxRig.Start();
        using var thing = new SignedThing();
        await rig.PostJson("/api/v1/log/entries", thing.ForV1());
        await rig.Client.PostAsJsonAsync("/_sandbox/projects", new { id = 43, path = "acme/other" }, Stop).MustSucceed();
        await rig.Fault("tsa", "status");
        await rig.Client.PostAsync("/_sandbox/reset", null, Stop).MustSucceed();
        var state = await rig.GetJson("/_sandbox/state");
        Assert.Equal(0, state.GetProperty("faults").GetArrayLength());
        Assert.Empty(state.GetProperty("counters").EnumerateObject());
        Assert.Equal(2, state.GetProperty("logs").GetProperty("rekor-v1").GetInt64());
        Assert.Equal([42], rig.Services.GitLab.Projects.Select(project => project.Options.Id));
    }

    private static async Task<HttpStatusCode> Get(SandboxRig rig, string path)
    {
        using var response = await rig.Client.GetAsync(path, Stop);
        return response.StatusCode;
    }
}

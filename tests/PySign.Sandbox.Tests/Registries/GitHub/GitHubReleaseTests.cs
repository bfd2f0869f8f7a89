using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using PySign.Sandbox.Registries.GitHub;

namespace PySign.Sandbox.Tests.Registries.GitHub;

/// <summary>GitHub's rules for releases, as its documentation and its users' reports tell them.</summary>
public sealed class GitHubReleaseTests
{
    private const string Api = "/api/v3/repos/acme/hello/releases";
    private const string Token = "ghs-0001";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_immutable_release_takes_no_file_gives_none_back_and_uses_its_tag_up()
    {
        await using var rig = await StartAsync(options => options with { ImmutableReleases = true });
        var draft = await CreateAsync(rig, "v1.0", draft: true);
        Assert.Equal(201, (int)(await UploadAsync(rig, draft, "a")).StatusCode);
        using var hidden = await rig.Client.GetAsync("/acme/hello/releases/download/v1.0/a", Stop);
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);

        var published = await JsonAsync(await SendAsync(rig, HttpMethod.Patch, $"{Api}/{draft}", new { draft = false }));
        Assert.True(published.GetProperty("immutable").GetBoolean());
        var late = await UploadAsync(rig, draft, "b");
        Assert.Equal(422, (int)late.StatusCode);
        Assert.Contains(
            "Cannot upload assets to an immutable release.",
            await late.Content.ReadAsStringAsync(Stop),
            StringComparison.Ordinal
        );
        var asset = (await JsonAsync(await SendAsync(rig, HttpMethod.Get, $"{Api}/{draft}/assets")))[0];
        Assert.StartsWith("sha256:", asset.GetProperty("digest").GetString(), StringComparison.Ordinal);
        var removal = await SendAsync(rig, HttpMethod.Delete, $"{Api}/assets/{asset.GetProperty("id").GetInt64()}");
        Assert.Equal(422, (int)removal.StatusCode);

        Assert.Equal(204, (int)(await SendAsync(rig, HttpMethod.Delete, $"{Api}/{draft}")).StatusCode);
        var second = await CreateAsync(rig, "v1.0", draft: true);
        var again = await SendAsync(rig, HttpMethod.Patch, $"{Api}/{second}", new { draft = false });
        Assert.Equal(422, (int)again.StatusCode);
        Assert.Contains("tag_name was used by an immutable release", await again.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_published_release_that_is_not_immutable_still_takes_files()
    {
        await using var rig = await StartAsync();
        var release = await CreateAsync(rig, "v1.0", draft: false);
        Assert.Equal(201, (int)(await UploadAsync(rig, release, "a")).StatusCode);
        using var page = await rig.Client.GetAsync("/acme/hello/releases/download/v1.0/a", Stop);
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
    }

    [Fact]
    public async Task Drafts_of_one_tag_do_not_collide_until_one_is_published()
    {
        await using var rig = await StartAsync();
        var one = await CreateAsync(rig, "v1.0", draft: true);
        var two = await CreateAsync(rig, "v1.0", draft: true);
        Assert.Equal(200, (int)(await SendAsync(rig, HttpMethod.Patch, $"{Api}/{one}", new { draft = false })).StatusCode);
        var second = await SendAsync(rig, HttpMethod.Patch, $"{Api}/{two}", new { draft = false });
        Assert.Contains("already_exists", await second.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        using var anonymous = await rig.Client.GetAsync(Api, Stop);
        Assert.Single((await JsonAsync(anonymous)).EnumerateArray());
    }

    [Fact]
    public async Task The_limit_is_counted_without_a_token_said_in_headers_and_does_not_count_addresses_for_people()
    {
        await using var rig = await StartAsync(options => options with { AnonymousLimit = 2 });
        for (var left = 1; left >= 0; left--)
        {
            using var allowed = await rig.Client.GetAsync(Api, Stop);
            Assert.Equal(left.ToString(System.Globalization.CultureInfo.InvariantCulture), Header(allowed, "x-ratelimit-remaining"));
        }

        using var refused = await rig.Client.GetAsync(Api, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(("2", "0"), (Header(refused, "x-ratelimit-limit"), Header(refused, "x-ratelimit-remaining")));
        var ends = long.Parse(Header(refused, "x-ratelimit-reset"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(ends - rig.Clock.GetUtcNow().ToUnixTimeSeconds(), 3500, 3602);
        using var page = await rig.Client.GetAsync("/acme/hello/releases/download/v1.0/a", Stop);
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Equal(200, (int)(await SendAsync(rig, HttpMethod.Get, Api)).StatusCode);
    }

    private static async Task<SandboxRig> StartAsync(Func<GitHubRepositoryOptions, GitHubRepositoryOptions>? configure = null)
    {
        var rig = await SandboxRig.Start();
        var options = new GitHubRepositoryOptions { Path = "acme/hello", Token = Token };
        rig.Services.GitHub.Configure(configure?.Invoke(options) ?? options);
        return rig;
    }

    private static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues(name).Single();

    private static async Task<long> CreateAsync(SandboxRig rig, string tag, bool draft) =>
        (await JsonAsync(await SendAsync(rig, HttpMethod.Post, Api, new { tag_name = tag, draft }))).GetProperty("id").GetInt64();

    private static async Task<HttpResponseMessage> UploadAsync(SandboxRig rig, long release, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/uploads/repos/acme/hello/releases/{release}/assets?name={name}")
        {
            Content = new ByteArrayContent([1, 2, 3]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return await rig.Client.SendAsync(request, Stop);
    }

    private static async Task<HttpResponseMessage> SendAsync(SandboxRig rig, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return await rig.Client.SendAsync(request, Stop);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop)).RootElement;
}

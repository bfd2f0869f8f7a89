using System.Net.Http.Json;
using PySign.Sandbox.Registries.GitLab;

namespace PySign.Sandbox.Tests.Registries.GitLab;

/// <summary>GitLab's releases: a tag's page with links, and who may make one.</summary>
public sealed class ReleaseTests
{
    private const string Route = "/api/v4/projects/7/releases";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_release_is_made_once_for_a_tag_and_its_links_stay_editable()
    {
        await using var rig = await StartAsync();
        var body = new
        {
            tag_name = "v1.0",
            description = "notes",
            assets = new
            {
                links = new[]
                {
                    new
                    {
                        name = "a.whl",
                        url = "https://example.org/a.whl",
                        direct_asset_path = "/a.whl",
                        link_type = "package",
                    },
                },
            },
        };
        Assert.Equal((201, ""), await PostAsync(rig, Route, body));
        Assert.Equal((409, "Release already exists"), await PostAsync(rig, Route, body));
        Assert.Equal((201, ""), await PostAsync(rig, $"{Route}/v1.0/assets/links", new { name = "b", url = "https://example.org/b" }));
        Assert.Equal(["a.whl", "b"], Assert.Single(rig.Services.GitLab.Releases()).Links.Select(link => link.Name));
    }

    [Theory]
    [InlineData("/x-1.0+l.whl", 400)]
    [InlineData("/x-1.0!l.whl", 400)]
    [InlineData("/x.", 400)]
    [InlineData("/x-1.0.whl", 201)]
    public async Task A_direct_path_has_few_characters(string path, int status)
    {
        await using var rig = await StartAsync();
        await PostAsync(rig, Route, new { tag_name = "v1.0" });
        var (got, _) = await PostAsync(
            rig,
            $"{Route}/v1.0/assets/links",
            new
            {
                name = "x",
                url = "https://example.org/x",
                direct_asset_path = path,
            }
        );
        Assert.Equal(status, got);
    }

    [Fact]
    public async Task A_protected_tag_and_a_missing_one_are_told_apart()
    {
        await using var rig = await StartAsync(options => options with { MayCreateTags = false });
        Assert.Equal(
            (403, "You are not allowed to create this tag as it is protected."),
            await PostAsync(rig, Route, new { tag_name = "v1.0" })
        );
        await using var other = await StartAsync(options => options with { TagsExist = false });
        Assert.Equal((422, "Ref is not specified"), await PostAsync(other, Route, new { tag_name = "v1.0" }));
    }

    [Theory]
    [InlineData("x-1!2.0-py3-none-any.whl", "x-1_2.0-py3-none-any.whl")]
    [InlineData("x-1.0+l-py3-none-any.whl", "x-1.0+l-py3-none-any.whl")]
    [InlineData("a b~c@d(e).whl", "a_b_c_d_e_.whl")]
    [InlineData("../../größe.whl", "größe.whl")]
    [InlineData("..", "_..")]
    public void A_file_is_stored_under_a_name_of_its_own(string sent, string stored) => Assert.Equal(stored, NameRules.Stored(sent));

    private static async Task<SandboxRig> StartAsync(Func<GitLabProjectOptions, GitLabProjectOptions>? configure = null)
    {
        var rig = await SandboxRig.Start();
        var options = new GitLabProjectOptions
        {
            Id = 7,
            Path = "acme/seven",
            Credentials = [new GitLabCredential(CredentialKind.JobToken, "job")],
        };
        rig.Services.GitLab.Configure(configure?.Invoke(options) ?? options);
        return rig;
    }

    private static async Task<(int Status, string Message)> PostAsync(SandboxRig rig, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("JOB-TOKEN", "job");
        using var response = await rig.Client.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        var json = System.Text.Json.JsonDocument.Parse(text).RootElement;
        return (
            (int)response.StatusCode,
            json.TryGetProperty("message", out var message) && message.ValueKind == System.Text.Json.JsonValueKind.String
                ? message.GetString()!
                : ""
        );
    }
}

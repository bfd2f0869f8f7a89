using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PySign.Sandbox.Tests.Registries.GitLab;

public sealed class GenericRegistryTests
{
    private const string File = "/api/v4/projects/42/packages/generic/demo-pkg/1.0.0/demo.whl.sig";
    private static readonly byte[] _first = Encoding.UTF8.GetBytes("first");
    private static readonly byte[] _second = Encoding.UTF8.GetBytes("second");
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("JOB-TOKEN", GitLabRig.JobToken)]
    [InlineData("PRIVATE-TOKEN", GitLabRig.AccessToken)]
    [InlineData("DEPLOY-TOKEN", GitLabRig.DeployToken)]
    public async Task Each_kind_of_token_publishes_through_its_own_header(string header, string token)
    {
        await using var rig = await GitLabRig.Start();
        await rig.WithHeader(header, token).PutAsync(File, new ByteArrayContent(_first), Stop).MustBe(201, """{"message":"201 Created"}""");
        foreach (var other in new[] { "JOB-TOKEN", "PRIVATE-TOKEN", "DEPLOY-TOKEN" }.Where(h => h != header))
        {
            await rig.WithHeader(other, token)
                .PutAsync(File, new ByteArrayContent(_first), Stop)
                .MustBe(401, """{"message":"401 Unauthorized"}""");
        }
    }

    [Fact]
    public async Task A_bearer_access_token_and_Basic_work_and_nobody_publishes_anonymously()
    {
        await using var rig = await GitLabRig.Start();
        await rig.Client().PutAsync(File, new ByteArrayContent(_first), Stop).MustBe(401);
        await rig.Job().PutAsync(File, new ByteArrayContent(_first), Stop).MustBe(201);
        using var bearer = rig.Client();
        bearer.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", GitLabRig.AccessToken);
        await bearer.PutAsync(File, new ByteArrayContent(_first), Stop).MustBe(201);
        await rig.WithHeader("PRIVATE-TOKEN", GitLabRig.ReporterToken).PutAsync(File, new ByteArrayContent(_first), Stop).MustBe(403);
        Assert.Equal(_first, await rig.Client().GetByteArrayAsync(File, Stop));
    }

    [Fact]
    public async Task A_second_upload_shadows_the_first_unless_duplicates_are_switched_off()
    {
        await using var open = await GitLabRig.Start();
        await open.Job().PutAsync(File, new ByteArrayContent(_first), Stop).MustBe(201);
        await open.Job().PutAsync(File, new ByteArrayContent(_second), Stop).MustBe(201);
        Assert.Equal(_second, await open.Client().GetByteArrayAsync(File, Stop));
        Assert.Equal(2, open.Instance.Stored().Count);

        await using var closed = await GitLabRig.Start(GitLabRig.Project with { GenericDuplicates = false });
        await closed.Job().PutAsync(File, new ByteArrayContent(_first), Stop).MustBe(201);
        await closed
            .Job()
            .PutAsync(File, new ByteArrayContent(_second), Stop)
            .MustBe(400, """{"message":"400 Bad request - Duplicate package is not allowed"}""");
        Assert.Equal(_first, await closed.Client().GetByteArrayAsync(File, Stop));
    }

    [Theory]
    [InlineData("/api/v4/projects/42/packages/generic/demo-pkg/1!2.0/x.sig", "package_version is invalid")]
    [InlineData("/api/v4/projects/42/packages/generic/demo-pkg/1..0/x.sig", "package_version is invalid")]
    [InlineData("/api/v4/projects/42/packages/generic/demo%20pkg/1.0/x.sig", "package_name is invalid")]
    [InlineData("/api/v4/projects/42/packages/generic/demo-pkg/1.0/x-1!2.sig", "file_name is invalid")]
    [InlineData("/api/v4/projects/42/packages/generic/demo-pkg/1.0/~x", "file_name is invalid")]
    public async Task Names_outside_the_rules_are_refused(string path, string reason)
    {
        await using var rig = await GitLabRig.Start();
        await rig.Job().PutAsync(path, new ByteArrayContent(_first), Stop).MustBe(400, $$"""{"error":"{{reason}}"}""");
    }

    [Theory]
    [InlineData("/api/v4/projects/42/packages/generic/demo-pkg/1.0+local.1/x.sig")]
    [InlineData("/api/v4/projects/42/packages/generic/demo-pkg/1.0%2Blocal.1/x.sig")]
    public async Task A_local_version_is_one_name_however_the_plus_is_sent(string path)
    {
        await using var rig = await GitLabRig.Start();
        await rig.Job().PutAsync(path, new ByteArrayContent(_first), Stop).MustBe(201);
        Assert.Equal("1.0+local.1", Assert.Single(rig.Instance.Stored()).Version);
    }

    [Fact]
    public async Task Asked_for_its_row_a_PUT_answers_200_with_the_digest()
    {
        await using var rig = await GitLabRig.Start();
        using var response = await rig.Job().PutAsync(File + "?select=package_file", new ByteArrayContent(_first), Stop);
        Assert.Equal(200, (int)response.StatusCode);
        using var row = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_first)), row.RootElement.GetProperty("file_sha256").GetString());
        await rig.Job().PutAsync(File + "?select=everything", new ByteArrayContent(_first), Stop).MustBe(400);
    }

    [Fact]
    public async Task A_download_is_an_attachment_with_a_checksum()
    {
        await using var rig = await GitLabRig.Start();
        await rig.Job().PutAsync(File, new ByteArrayContent(_first), Stop).MustBe(201);
        using var response = await rig.Client().GetAsync(File, Stop);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_first)), Assert.Single(response.Headers.GetValues("X-Checksum-SHA256")));
        await rig.Client().GetAsync(File + "x", Stop).MustBe(404, """{"message":"404 Package Not Found"}""");
    }

    [Fact]
    public async Task The_packages_API_lists_what_a_package_holds_in_pages()
    {
        await using var rig = await GitLabRig.Start();
        for (var i = 0; i < 25; i++)
        {
            await rig.Job()
                .PutAsync($"/api/v4/projects/42/packages/generic/demo-pkg/1.0.0/f{i}.sig", new ByteArrayContent(_first), Stop)
                .MustBe(201);
        }

        using var packages = JsonDocument.Parse(
            await rig.Client()
                .GetStringAsync("/api/v4/projects/42/packages?package_type=generic&package_name=demo-pkg&package_version=1.0.0", Stop)
        );
        var id = Assert.Single(packages.RootElement.EnumerateArray()).GetProperty("id").GetInt64();
        using var first = await rig.Client().GetAsync($"/api/v4/projects/42/packages/{id}/package_files", Stop);
        Assert.Equal("2", Assert.Single(first.Headers.GetValues("X-Next-Page")));
        using var second = JsonDocument.Parse(
            await rig.Client().GetStringAsync($"/api/v4/projects/42/packages/{id}/package_files?page=2", Stop)
        );
        Assert.Equal(5, second.RootElement.GetArrayLength());
    }
}

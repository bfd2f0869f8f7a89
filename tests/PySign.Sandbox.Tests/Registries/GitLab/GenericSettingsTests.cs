using System.Text;

namespace PySign.Sandbox.Tests.Registries.GitLab;

/// <summary>The generic registry with other settings and states than the usual.</summary>
public sealed class GenericSettingsTests
{
    private const string File = "/api/v4/projects/42/packages/generic/demo-pkg/1.0.0/demo.whl.sig";
    private static readonly byte[] _first = Encoding.UTF8.GetBytes("first");
    private static readonly byte[] _second = Encoding.UTF8.GetBytes("second");
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, "demo-.*", 400)]
    [InlineData(true, @"1\.0.*", 400)]
    [InlineData(true, "demo", 201)]
    [InlineData(true, "", 201)]
    [InlineData(false, ".*pkg", 201)]
    [InlineData(false, "1.0.0", 201)]
    [InlineData(false, "pkg", 400)]
    public async Task The_exception_turns_the_setting_round_for_names_and_versions_that_match_as_a_whole(
        bool duplicates,
        string exceptions,
        int second
    )
    {
        await using var rig = await GitLabRig.Start(
            GitLabRig.Project with
            {
                GenericDuplicates = duplicates,
                GenericDuplicateExceptions = exceptions,
            }
        );
        await rig.Job().PutAsync(File, new ByteArrayContent(_first), Stop).MustBe(201);
        await rig.Job().PutAsync(File, new ByteArrayContent(_second), Stop).MustBe(second);
    }

    [Fact]
    public async Task A_hidden_package_is_in_no_list_and_is_served()
    {
        const string List = "/api/v4/projects/42/packages?package_type=generic";
        await using var rig = await GitLabRig.Start();
        await rig.Job().PutAsync(File + "?status=hidden", new ByteArrayContent(_first), Stop).MustBe(201);
        Assert.Equal(_first, await rig.Client().GetByteArrayAsync(File, Stop));
        Assert.Equal("[]", await rig.Client().GetStringAsync(List, Stop));
        Assert.Contains(
            "\"status\":\"hidden\"",
            await rig.Client().GetStringAsync(List + "&status=hidden", Stop),
            StringComparison.Ordinal
        );
        await rig.Job().PutAsync(File + "?status=default", new ByteArrayContent(_first), Stop).MustBe(201);
        Assert.Contains("demo-pkg", await rig.Client().GetStringAsync(List, Stop), StringComparison.Ordinal);
        await rig.Job().PutAsync(File + "?status=processing", new ByteArrayContent(_first), Stop).MustBe(400);
    }

    [Fact]
    public async Task A_deleted_file_is_skipped_and_only_who_may_publish_deletes()
    {
        const string Row = "/api/v4/projects/42/packages/1/package_files/2";
        await using var rig = await GitLabRig.Start();
        await rig.Job().PutAsync(File, new ByteArrayContent(_first), Stop).MustBe(201);
        await rig.Job().PutAsync(File, new ByteArrayContent(_second), Stop).MustBe(201);
        await rig.Client().DeleteAsync(Row, Stop).MustBe(401);
        await rig.WithHeader("PRIVATE-TOKEN", GitLabRig.ReporterToken).DeleteAsync(Row, Stop).MustBe(403);
        await rig.Job().DeleteAsync(Row, Stop).MustBe(204);
        await rig.Job().DeleteAsync(Row, Stop).MustBe(404);
        Assert.Equal(_first, await rig.Client().GetByteArrayAsync(File, Stop));
    }

    [Fact]
    public async Task Nothing_is_taken_without_a_body_or_an_object_storage()
    {
        await using var rig = await GitLabRig.Start();
        await rig.Job().PutAsync(File, new ByteArrayContent([]), Stop).MustBe(400, """{"error":"file is missing"}""");
        rig.Instance.Configure(GitLabRig.Project with { ObjectStorageFails = true });
        await rig.Job().PutAsync(File, new ByteArrayContent(_first), Stop).MustBe(403, """{"message":"403 Forbidden"}""");
        Assert.Empty(rig.Instance.Stored());
    }

    [Fact]
    public async Task A_path_part_is_stored_escaped_in_the_file_name()
    {
        const string Deep = "/api/v4/projects/42/packages/generic/demo-pkg/1.0.0/deep/er/demo+1.sig";
        await using var rig = await GitLabRig.Start();
        await rig.Job().PutAsync(Deep, new ByteArrayContent(_first), Stop).MustBe(201);
        Assert.Equal("deep%2Fer%2Fdemo%2B1.sig", Assert.Single(rig.Instance.Stored()).FileName);
        Assert.Equal(_first, await rig.Client().GetByteArrayAsync(Deep, Stop));
        await rig.Job()
            .PutAsync("/api/v4/projects/42/packages/generic/demo-pkg/1.0.0/de!ep/demo.sig", new ByteArrayContent(_first), Stop)
            .MustBe(400);
    }

    [Theory]
    [InlineData("demo~1.sig", 201)]
    [InlineData("demo@1.sig", 201)]
    [InlineData("demo.sig~", 400)]
    [InlineData("@demo.sig", 400)]
    [InlineData("demo.sig@", 400)]
    [InlineData("demo!1.sig", 400)]
    public async Task A_tilde_and_an_at_sign_stand_inside_a_file_name_only(string name, int status)
    {
        await using var rig = await GitLabRig.Start();
        await rig.Job()
            .PutAsync($"/api/v4/projects/42/packages/generic/demo-pkg/1.0.0/{name}", new ByteArrayContent(_first), Stop)
            .MustBe(status);
    }

    [Fact]
    public async Task A_wrong_token_reads_nothing_and_a_wrong_password_reads_what_is_public()
    {
        await using var rig = await GitLabRig.Start();
        await rig.Job().PutAsync(File, new ByteArrayContent(_first), Stop).MustBe(201);
        await rig.WithHeader("JOB-TOKEN", "wrong").GetAsync(File, Stop).MustBe(401);
        await rig.WithHeader("PRIVATE-TOKEN", "wrong").GetAsync(File, Stop).MustBe(401);
        await rig.WithHeader("Authorization", "Bearer wrong").GetAsync(File, Stop).MustBe(401);
        await rig.Client("me", "wrong").GetAsync(File, Stop).MustBe(200);
        await rig.Client().GetAsync(File, Stop).MustBe(200);
    }
}

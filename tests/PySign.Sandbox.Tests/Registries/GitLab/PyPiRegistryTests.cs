using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PySign.Sandbox.Registries.GitLab;

namespace PySign.Sandbox.Tests.Registries.GitLab;

public sealed class PyPiRegistryTests
{
    private const string Upload = "/api/v4/projects/42/packages/pypi";
    private const string Index = "/api/v4/projects/42/packages/pypi/simple/demo-pkg";
    private const string Wheel = "Demo.Pkg-1.0.0-py3-none-any.whl";
    private static readonly byte[] _bytes = Encoding.UTF8.GetBytes("a wheel");
    private static readonly string _digest = Convert.ToHexStringLower(SHA256.HashData(_bytes));
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_is_stored_under_the_names_that_were_sent_and_unknown_fields_vanish()
    {
        await using var rig = await GitLabRig.Start();
        await rig.Job().PostAsync(Upload, GitLabRig.Form(Wheel, _bytes), Stop).MustBe(201, """{"message":"201 Created"}""");
        Assert.Equal(
            [
                new StoredPackageFile("acme/demo", "pypi", Wheel)
                {
                    Name = "Demo.Pkg",
                    Version = "1.0.0",
                    Sha256 = _digest,
                    Size = _bytes.Length,
                },
            ],
            rig.Instance.Stored()
        );
    }

    [Fact]
    public async Task The_same_file_name_in_the_same_version_is_refused_and_the_first_bytes_stay()
    {
        await using var rig = await GitLabRig.Start();
        await rig.Job().PostAsync(Upload, GitLabRig.Form(Wheel, _bytes), Stop).MustBe(201);
        await rig.Job()
            .PostAsync(Upload, GitLabRig.Form(Wheel, Encoding.UTF8.GetBytes("other")), Stop)
            .MustBe(400, """{"message":"400 Bad request - Validation failed: File name has already been taken"}""");
        await rig.Job().PostAsync(Upload, GitLabRig.Form("Demo.Pkg-1.0.0.tar.gz", _bytes), Stop).MustBe(201);
        Assert.Equal(2, rig.Instance.Stored().Count);
        Assert.Equal(_digest, rig.Instance.Stored()[0].Sha256);
    }

    [Fact]
    public async Task Missing_parameters_are_named_under_the_key_error()
    {
        await using var rig = await GitLabRig.Start();
        await rig.Job().PostAsync(Upload, GitLabRig.Form(Wheel, _bytes, name: null), Stop).MustBe(400, """{"error":"name is missing"}""");
        await rig.Job()
            .PostAsync(Upload, GitLabRig.Form(Wheel, _bytes, sha256: "xyz"), Stop)
            .MustBe(400, """{"error":"sha256_digest is invalid"}""");
        await rig.Job()
            .PostAsync(Upload, new StringContent("nothing"), Stop)
            .MustBe(400, """{"error":"content is missing, name is missing, version is missing"}""");
        Assert.Empty(rig.Instance.Stored());
    }

    [Theory]
    [InlineData("1.0.0-SNAPSHOT")]
    [InlineData("one")]
    [InlineData("1.0.0\n")]
    public async Task A_version_that_is_not_PEP_440_is_refused(string version)
    {
        await using var rig = await GitLabRig.Start();
        await rig.Job()
            .PostAsync(Upload, GitLabRig.Form(Wheel, _bytes, version: version), Stop)
            .MustBe(400, """{"message":"400 Bad request - Validation failed: Version is invalid"}""");
    }

    [Fact]
    public async Task A_file_over_the_limit_is_refused_and_not_kept()
    {
        await using var rig = await GitLabRig.Start(GitLabRig.Project with { MaxPyPiBytes = 3 });
        await rig.Job()
            .PostAsync(Upload, GitLabRig.Form(Wheel, _bytes), Stop)
            .MustBe(400, """{"message":"400 Bad request - File is too large"}""");
        Assert.Empty(rig.Instance.Stored());
    }

    [Fact]
    public async Task Callers_are_told_apart_on_upload()
    {
        await using var rig = await GitLabRig.Start();
        HttpContent Form() => GitLabRig.Form(Wheel, _bytes);
        await rig.Client().PostAsync(Upload, Form(), Stop).MustBe(401, """{"message":"401 Unauthorized"}""");
        await rig.Client("gitlab-ci-token", "wrong").PostAsync(Upload, Form(), Stop).MustBe(401);
        await rig.Client("gitlab-ci-token", GitLabRig.AccessToken).PostAsync(Upload, Form(), Stop).MustBe(401);
        await rig.Client("somebody-else", GitLabRig.DeployToken).PostAsync(Upload, Form(), Stop).MustBe(401);
        await rig.Client("me", GitLabRig.ReporterToken).PostAsync(Upload, Form(), Stop).MustBe(403, """{"message":"403 Forbidden"}""");
        await rig.Client("me", GitLabRig.StrangerToken).PostAsync(Upload, Form(), Stop).MustBe(403);
        await rig.WithHeader("JOB-TOKEN", GitLabRig.JobToken).PostAsync(Upload, Form(), Stop).MustBe(401);
        await rig.Client("me", GitLabRig.AccessToken)
            .PostAsync("/api/v4/projects/7/packages/pypi", Form(), Stop)
            .MustBe(404, """{"message":"404 Project Not Found"}""");
        await rig.Client("deployer", GitLabRig.DeployToken)
            .PostAsync("/api/v4/projects/acme%2Fdemo/packages/pypi", Form(), Stop)
            .MustBe(201);
    }

    [Fact]
    public async Task A_refused_caller_learns_the_realm()
    {
        await using var rig = await GitLabRig.Start();
        using var response = await rig.Client().PostAsync(Upload, GitLabRig.Form(Wheel, _bytes), Stop);
        Assert.Equal("Basic realm=\"GitLab Packages Registry\"", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task A_protected_package_is_closed_to_everybody()
    {
        await using var rig = await GitLabRig.Start(GitLabRig.Project with { ProtectedPackages = ["demo-pkg"] });
        await rig.Job()
            .PostAsync(Upload, GitLabRig.Form(Wheel, _bytes), Stop)
            .MustBe(403, """{"message":"403 Forbidden - Package protected."}""");
    }

    [Fact]
    public async Task The_index_is_HTML_with_absolute_links_and_the_digest_that_the_uploader_claimed()
    {
        await using var rig = await GitLabRig.Start();
        var claimed = new string('1', 64);
        await rig.Job().PostAsync(Upload, GitLabRig.Form(Wheel, _bytes, sha256: claimed), Stop).MustBe(201);
        using var response = await rig.Client().GetAsync("/api/v4/projects/42/packages/pypi/simple/Demo_pkg/", Stop);
        var page = await response.Content.ReadAsStringAsync(Stop);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains(
            $"<a href=\"http://localhost/api/v4/projects/42/packages/pypi/files/{claimed}/{Wheel}#sha256={claimed}\" "
                + $"data-requires-python=\"&gt;=3.8\">{Wheel}</a>",
            page,
            StringComparison.Ordinal
        );
        Assert.Equal(_bytes, await rig.Client().GetByteArrayAsync($"{Upload}/files/{claimed}/{Wheel}", Stop));
        await rig.Client().GetAsync($"{Upload}/files/{_digest}/{Wheel}", Stop).MustBe(404, """{"message":"404 Package Not Found"}""");
    }

    [Fact]
    public async Task JSON_is_served_only_where_it_is_switched_on_and_asked_for()
    {
        await using var html = await GitLabRig.Start();
        await using var json = await GitLabRig.Start(GitLabRig.Project with { JsonIndex = true });
        foreach (var (rig, type) in new[] { (html, "text/html"), (json, "application/vnd.pypi.simple.v1+json") })
        {
            await rig.Job().PostAsync(Upload, GitLabRig.Form(Wheel, _bytes), Stop).MustBe(201);
            using var request = new HttpRequestMessage(HttpMethod.Get, Index);
            request.Headers.Accept.ParseAdd("application/vnd.pypi.simple.v1+json, text/html;q=0.1");
            using var response = await rig.Client().SendAsync(request, Stop);
            Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
            if (rig == json)
            {
                using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop));
                Assert.Equal("demo-pkg", document.RootElement.GetProperty("name").GetString());
                var file = Assert.Single(document.RootElement.GetProperty("files").EnumerateArray());
                Assert.Equal(_digest, file.GetProperty("hashes").GetProperty("sha256").GetString());
                Assert.EndsWith($"/{Wheel}#sha256={_digest}", file.GetProperty("url").GetString(), StringComparison.Ordinal);
                Assert.Equal("Accept", response.Headers.Vary.ToString());
            }
        }
    }

    [Fact]
    public async Task An_unknown_package_is_forwarded_to_the_public_index_unless_that_is_switched_off()
    {
        await using var forwarding = await GitLabRig.Start(GitLabRig.Project with { RequestForwarding = true });
        using var response = await forwarding.Client().GetAsync("/api/v4/projects/42/packages/pypi/simple/requests", Stop);
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal("https://pypi.org/simple/requests/", response.Headers.Location!.OriginalString);

        await using var closed = await GitLabRig.Start();
        await closed
            .Client()
            .GetAsync("/api/v4/projects/42/packages/pypi/simple/requests", Stop)
            .MustBe(404, """{"message":"404 Package Not Found"}""");
    }

    [Fact]
    public async Task A_public_project_ignores_a_wrong_password_but_not_a_wrong_job_token()
    {
        await using var rig = await GitLabRig.Start();
        await rig.Job().PostAsync(Upload, GitLabRig.Form(Wheel, _bytes), Stop).MustBe(201);
        await rig.Client("me", "wrong").GetAsync(Index, Stop).MustBe(200);
        await rig.Client("gitlab-ci-token", "wrong").GetAsync(Index, Stop).MustBe(401);
    }

    [Fact]
    public async Task A_private_project_exists_only_for_its_members()
    {
        await using var rig = await GitLabRig.Start(GitLabRig.Project with { IsPublic = false });
        await rig.Job().PostAsync(Upload, GitLabRig.Form(Wheel, _bytes), Stop).MustBe(201);
        await rig.Client().GetAsync(Index, Stop).MustBe(401);
        await rig.Client("me", "wrong").GetAsync(Index, Stop).MustBe(401);
        await rig.Client("me", GitLabRig.StrangerToken).GetAsync(Index, Stop).MustBe(404, """{"message":"404 Project Not Found"}""");
        await rig.Client("me", GitLabRig.GuestToken).GetAsync(Index, Stop).MustBe(403);
        await rig.Client("me", GitLabRig.ReporterToken).GetAsync(Index, Stop).MustBe(200);
        await rig.Client("me", GitLabRig.StrangerToken).PostAsync(Upload, GitLabRig.Form("x.whl", _bytes), Stop).MustBe(404);
    }

    [Fact]
    public async Task Object_storage_lies_under_another_host_and_refuses_a_registry_token()
    {
        await using var rig = await GitLabRig.Start(GitLabRig.Project with { ObjectStorage = true });
        await rig.Job().PostAsync(Upload, GitLabRig.Form(Wheel, _bytes), Stop).MustBe(201);
        using var response = await rig.Client().GetAsync($"{Upload}/files/{_digest}/{Wheel}", Stop);
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal("127.0.0.1", response.Headers.Location!.Host);
        Assert.Equal(_bytes, await rig.Client().GetByteArrayAsync(response.Headers.Location, Stop));
        await rig.Job().GetAsync(response.Headers.Location, Stop).MustBe(400);
    }

    [Fact]
    public async Task A_group_shows_the_packages_of_its_projects()
    {
        await using var rig = await GitLabRig.Start();
        await rig.Job().PostAsync(Upload, GitLabRig.Form(Wheel, _bytes), Stop).MustBe(201);
        Assert.Contains(
            $"href=\"http://localhost/api/v4/groups/acme/-/packages/pypi/files/{_digest}/{Wheel}#sha256={_digest}\"",
            await rig.Client().GetStringAsync("/api/v4/groups/acme/-/packages/pypi/simple/demo-pkg", Stop),
            StringComparison.Ordinal
        );
        await rig.Job().PostAsync("/api/v4/groups/acme/-/packages/pypi", GitLabRig.Form(Wheel, _bytes), Stop).MustBe(404);
        await rig.Client().GetAsync("/api/v4/groups/nobody/-/packages/pypi/simple/demo-pkg", Stop).MustBe(404);
        await rig.Client()
            .GetAsync("/api/v4/groups/acme/-/packages/pypi/simple/unknown", Stop)
            .MustBe(404, """{"message":"404 Package Not Found"}""");
        Assert.Contains(
            "/api/v4/groups/acme/-/packages/pypi/simple/demo-pkg\"",
            await rig.Client().GetStringAsync("/api/v4/groups/acme/-/packages/pypi/simple", Stop),
            StringComparison.Ordinal
        );
        Assert.Equal(_bytes, await rig.Client().GetByteArrayAsync($"/api/v4/groups/acme/-/packages/pypi/files/{_digest}/{Wheel}", Stop));
    }
}

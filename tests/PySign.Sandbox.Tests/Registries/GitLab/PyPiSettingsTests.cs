using System.Security.Cryptography;
using System.Text;

namespace PySign.Sandbox.Tests.Registries.GitLab;

/// <summary>The PyPI registry in other versions, modes and states than the usual.</summary>
public sealed class PyPiSettingsTests
{
    private const string Upload = "/api/v4/projects/42/packages/pypi";
    private const string Index = "/api/v4/projects/42/packages/pypi/simple/demo-pkg";
    private const string Wheel = "Demo.Pkg-1.0.0-py3-none-any.whl";
    private static readonly byte[] _bytes = Encoding.UTF8.GetBytes("a wheel");
    private static readonly string _digest = Convert.ToHexStringLower(SHA256.HashData(_bytes));
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_may_be_long_is_cut_and_older_versions_refuse_a_long_requires_python()
    {
        static MultipartFormDataContent Form()
        {
            var form = GitLabRig.Form(Wheel, _bytes);
            form.Add(new StringContent(new string('>', 300)), "requires_python");
            form.Add(new StringContent(new string('s', 5000)), "summary");
            form.Add(new StringContent(new string('d', 50_000)), "description");
            return form;
        }

        await using var rig = await GitLabRig.Start(GitLabRig.Project with { RefusesLongMetadata = true });
        await rig.Job()
            .PostAsync(Upload, Form(), Stop)
            .MustBe(400, """{"message":"400 Bad request - Validation failed: Required python is too long (maximum is 255 characters)"}""");
        rig.Instance.Configure(GitLabRig.Project);
        await rig.Job().PostAsync(Upload, Form(), Stop).MustBe(201);
        Assert.Contains(
            $"data-requires-python=\"{string.Concat(Enumerable.Repeat("&gt;", 255))}\"",
            await rig.Client().GetStringAsync(Index, Stop),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task FIPS_wants_a_digest_and_a_storage_that_fails_takes_nothing()
    {
        await using var rig = await GitLabRig.Start(GitLabRig.Project with { Fips = true });
        await rig.Job().PostAsync(Upload, GitLabRig.Form(Wheel, _bytes), Stop).MustBe(422, """{"message":"422 Unprocessable Entity"}""");
        await rig.Job().PostAsync(Upload, GitLabRig.Form(Wheel, _bytes, sha256: _digest), Stop).MustBe(201);
        rig.Instance.Configure(GitLabRig.Project with { ObjectStorageFails = true });
        await rig.Job().PostAsync(Upload, GitLabRig.Form("x.whl", _bytes), Stop).MustBe(403, """{"message":"403 Forbidden"}""");
    }

    [Fact]
    public async Task A_registry_that_is_off_and_job_token_policies_close_it()
    {
        await using var rig = await GitLabRig.Start(GitLabRig.Project with { PackagesEnabled = false });
        await rig.Job().PostAsync(Upload, GitLabRig.Form(Wheel, _bytes), Stop).MustBe(403);
        await rig.Job().GetAsync(Index, Stop).MustBe(404);
        rig.Instance.Configure(GitLabRig.Project with { JobTokenMayPublish = false });
        await rig.Job().PostAsync(Upload, GitLabRig.Form(Wheel, _bytes), Stop).MustBe(403);
        await rig.Client("me", GitLabRig.AccessToken).PostAsync(Upload, GitLabRig.Form(Wheel, _bytes), Stop).MustBe(201);
        await rig.Job().GetAsync(Index, Stop).MustBe(200);
        rig.Instance.Configure(GitLabRig.Project with { JobTokenMayRead = false });
        await rig.Job().GetAsync(Index, Stop).MustBe(403);
        await rig.Client().GetAsync(Index, Stop).MustBe(200);
    }

    [Fact]
    public async Task A_missing_file_has_new_and_old_words_and_nothing_is_behind_forward()
    {
        await using var rig = await GitLabRig.Start();
        await rig.Client().GetAsync($"{Upload}/files/{_digest}/{Wheel}", Stop).MustBe(404, """{"message":"404 Package Not Found"}""");
        rig.Instance.Configure(GitLabRig.Project with { OldNotFound = true });
        await rig.Client().GetAsync($"{Upload}/files/{_digest}/{Wheel}", Stop).MustBe(404, """{"message":"404 Not Found"}""");
        await rig.Client().GetAsync($"{Upload}/forward/requests/simple/requests/", Stop).MustBe(404, """{"message":"404 Not Found"}""");
    }

    [Fact]
    public async Task The_list_of_packages_has_a_link_for_each_version_and_in_JSON_each_name_once()
    {
        const string All = "/api/v4/projects/42/packages/pypi/simple";
        await using var rig = await GitLabRig.Start(GitLabRig.Project with { JsonIndex = true });
        await rig.Job().PostAsync(Upload, GitLabRig.Form(Wheel, _bytes), Stop).MustBe(201);
        await rig.Job().PostAsync(Upload, GitLabRig.Form("demo_pkg-2.0-py3-none-any.whl", _bytes, "demo_pkg", "2.0"), Stop).MustBe(201);
        var page = await rig.Client().GetStringAsync("/api/v4/projects/acme%2Fdemo/packages/pypi/simple/", Stop);
        Assert.Equal(2, page.Split("/api/v4/projects/42/packages/pypi/simple/demo-pkg\"").Length - 1);
        Assert.Contains(">Demo.Pkg</a>", page, StringComparison.Ordinal);
        Assert.Contains(">demo_pkg</a>", page, StringComparison.Ordinal);
        var both = await rig.Client().GetStringAsync(Index, Stop);
        Assert.Contains("<title>Links for Demo.Pkg</title>", both, StringComparison.Ordinal);
        Assert.Contains("demo_pkg-2.0-py3-none-any.whl</a>", both, StringComparison.Ordinal);

        using var request = new HttpRequestMessage(HttpMethod.Get, All);
        request.Headers.Accept.ParseAdd("application/vnd.pypi.simple.latest+json");
        using var answer = await rig.Client().SendAsync(request, Stop);
        Assert.Equal("""{"projects":[{"name":"demo-pkg"}],"meta":{"api-version":"1.0"}}""", await answer.Content.ReadAsStringAsync(Stop));
    }
}

using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PySign.Sandbox.Registries.PyPi;

namespace PySign.Sandbox.Tests.Registries.PyPi;

public sealed class PyPiIndexTests
{
    private const string ApiToken = "pypi-0001";
    private const string Wheel = "hello_pysign-1.0-py3-none-any.whl";
    private static readonly byte[] _bytes = Encoding.UTF8.GetBytes("a wheel");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_bytes_again_are_200_and_a_wrong_digest_a_second_sdist_and_a_local_version_are_refused_in_the_reason_phrase()
    {
        await using var rig = await SandboxRig.Start();
        rig.Services.PyPi.Options = WithToken();
        Assert.Equal((200, "OK"), await Post(rig, Form(Wheel, _bytes)));
        Assert.Equal((200, "OK"), await Post(rig, Form(Wheel, _bytes)));
        Assert.Single(rig.Services.PyPi.Stored);
        Assert.StartsWith("File already exists ('hello_pysign-1.0", (await Post(rig, Form(Wheel, [1]))).Reason, StringComparison.Ordinal);
        Assert.StartsWith(
            "File already exists",
            (await Post(rig, Form("hello_pysign-1.0-py2-none-any.whl", _bytes))).Reason,
            StringComparison.Ordinal
        );
        Assert.Equal(
            (400, "The digest supplied does not match a digest calculated from the uploaded file."),
            await Post(rig, Form("hello_pysign-1.0-py2-none-any.whl", [2], sha256: new string('0', 64)))
        );
        Assert.Equal((200, "OK"), await Post(rig, Form("hello_pysign-1.0.tar.gz", [3], "sdist")));
        Assert.Equal(
            (400, "Filename 'hello-pysign-1.0.zip' is invalid, should be 'hello_pysign-1.0.tar.gz'."),
            await Post(rig, Form("hello-pysign-1.0.zip", [4], "sdist"))
        );
        Assert.Contains("local versions", (await Post(rig, Form(Wheel, [5], version: "1.0+x"))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_index_is_html_or_json_by_what_is_asked_for_and_a_name_that_is_not_normalized_moves_permanently()
    {
        await using var rig = await SandboxRig.Start();
        rig.Services.PyPi.Options = WithToken();
        await Post(rig, Form(Wheel, _bytes));
        Assert.Contains($">{Wheel}</a>", await rig.Client.GetStringAsync("/simple/hello-pysign/", Stop), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/simple/hello-pysign/");
        request.Headers.Accept.ParseAdd("application/vnd.pypi.simple.v1+json");
        using var response = await rig.Client.SendAsync(request, Stop);
        var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop)).RootElement;
        Assert.Equal("1.4", json.GetProperty("meta").GetProperty("api-version").GetString());
        Assert.Equal(Digest(Archive(_bytes)), json.GetProperty("files")[0].GetProperty("hashes").GetProperty("sha256").GetString());
        using var moved = await rig.Client.GetAsync("/simple/Hello_PySign/", Stop);
        Assert.Equal("/simple/hello-pysign/", moved.Headers.Location!.OriginalString);
        using var missing = await rig.Client.GetAsync("/simple/nothing/", Stop);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task A_jobs_token_is_exchanged_once_and_publishes_with_attestations_that_are_served_as_provenance()
    {
        await using var rig = await SandboxRig.Start();
        rig.Services.PyPi.Options = new PyPiOptions
        {
            Publishers = [new PyPiPublisher("GitLab", "hello-pysign", "acme/hello", ".gitlab-ci.yml", IsPending: true)],
        };
        var audience = (await rig.GetJson("/_/oidc/audience")).GetProperty("audience").GetString();
        var jwt = rig.Services.MintGitLabToken(Claims(audience!));
        var (minted, body) = await rig.PostJson("/_/oidc/mint-token", new { token = jwt });
        Assert.Equal(HttpStatusCode.OK, minted.StatusCode);
        Assert.Equal(900, body.GetProperty("expires").GetInt64() - rig.Clock.Now.ToUnixTimeSeconds());
        Assert.Equal("invalid-reuse-token", await Code(rig, jwt));

        var token = body.GetProperty("token").GetString()!;
        Assert.Equal((200, "OK"), await Post(rig, Form(Wheel, _bytes, attestations: Attestations(Wheel, Digest(Archive(_bytes)))), token));
        var provenance = await rig.GetJson($"/integrity/hello-pysign/1.0/{Wheel}/provenance");
        Assert.Equal(
            "acme/hello",
            provenance.GetProperty("attestation_bundles")[0].GetProperty("publisher").GetProperty("repository").GetString()
        );
        Assert.Contains("data-provenance=", await rig.Client.GetStringAsync("/simple/hello-pysign/", Stop), StringComparison.Ordinal);
        Assert.Equal(
            "Invalid attestations supplied during upload: Could not verify the uploaded artifact using the included attestation: "
                + "subject does not match distribution",
            (
                await Post(
                    rig,
                    Form("hello_pysign-1.0-py2-none-any.whl", [1], attestations: Attestations(Wheel, Digest(Archive(_bytes)))),
                    token
                )
            ).Reason
        );
        Assert.StartsWith(
            "Invalid attestations supplied during upload: Malformed",
            (await Post(rig, Form("hello_pysign-1.0-py2-none-any.whl", [1], attestations: "[]"), token)).Reason,
            StringComparison.Ordinal
        );

        rig.Clock.Now += TimeSpan.FromMinutes(16);
        Assert.Equal(403, (await Post(rig, Form("hello_pysign-1.0.tar.gz", [1], "sdist"), token)).Status);
    }

    [Fact]
    public async Task Each_reason_not_to_mint_has_its_code()
    {
        await using var rig = await SandboxRig.Start();
        rig.Services.PyPi.Options = new PyPiOptions
        {
            Publishers = [new PyPiPublisher("GitLab", "hello-pysign", "acme/hello", ".gitlab-ci.yml", "pypi")],
        };
        Assert.Equal("invalid-payload", await Code(rig, "no token"));
        Assert.Equal("invalid-token", await Code(rig, rig.Services.MintGitLabToken(Claims("testpypi"))));
        var array = Claims("pypi");
        array["aud"] = new JsonArray("pypi");
        Assert.Equal("invalid-token", await Code(rig, rig.Services.MintGitLabToken(array)));
        Assert.Equal("invalid-publisher", await Code(rig, rig.Services.MintGitLabToken(Claims("pypi"))));
        rig.Services.PyPi.Options = rig.Services.PyPi.Options with { TrustedPublishing = "disabled" };
        Assert.Equal("not-enabled", await Code(rig, rig.Services.MintGitLabToken(Claims("pypi"))));
        using var disabled = await rig.Client.GetAsync("/_/oidc/audience", Stop);
        Assert.Equal(HttpStatusCode.Forbidden, disabled.StatusCode);
        rig.Services.PyPi.Options = rig.Services.PyPi.Options with { TrustedPublishing = "absent" };
        using var absent = await rig.Client.GetAsync("/_/oidc/audience", Stop);
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
    }

    [Fact]
    public async Task An_api_token_brings_no_attestations_and_provenance_can_be_missing_disabled_or_not_acceptable()
    {
        await using var rig = await SandboxRig.Start();
        rig.Services.PyPi.Options = WithToken();
        Assert.Equal(
            "Invalid attestations supplied during upload: Attestations are only supported when using Trusted Publishing",
            (await Post(rig, Form(Wheel, _bytes, attestations: Attestations(Wheel, Digest(Archive(_bytes)))))).Reason
        );
        await Post(rig, Form(Wheel, _bytes));
        Assert.Equal(HttpStatusCode.NotFound, await Provenance(rig, "application/json"));
        Assert.Equal(HttpStatusCode.NotAcceptable, await Provenance(rig, "text/html"));
        rig.Services.PyPi.Options = WithToken() with { ProvenanceDisabled = true };
        Assert.Equal(HttpStatusCode.Forbidden, await Provenance(rig, "application/json"));
    }

    [Fact]
    public async Task Settings_come_over_the_control_api_and_an_unknown_one_is_refused_by_name()
    {
        await using var rig = await SandboxRig.Start();
        var (set, _) = await rig.PostJson(
            "/_sandbox/pypi",
            new
            {
                tokens = new Dictionary<string, string> { [ApiToken] = "" },
                releaseAgeDays = 15,
                indexDelay = 1,
            }
        );
        Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);
        await Post(rig, Form(Wheel, _bytes));
        Assert.Equal(
            "Uploading new files to releases older than 14 days is not allowed.",
            (await Post(rig, Form("hello_pysign-1.0.tar.gz", [1], "sdist"))).Reason
        );
        Assert.DoesNotContain(Wheel, await rig.Client.GetStringAsync("/simple/hello-pysign/", Stop), StringComparison.Ordinal);
        Assert.Contains(Wheel, await rig.Client.GetStringAsync("/simple/hello-pysign/", Stop), StringComparison.Ordinal);
        var (refused, body) = await rig.PostJson("/_sandbox/pypi", new { nonsense = true });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("nonsense", body.GetProperty("error").GetString(), StringComparison.Ordinal);
        (set, _) = await rig.PostJson("/_sandbox/github/repositories", new { path = "acme/hello", token = "ghp" });
        Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);
        (set, _) = await rig.PostJson("/_sandbox/store", new { token = "t", redeploy = false });
        Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);
    }

    [Fact]
    public async Task Every_digest_that_is_supplied_is_verified_and_a_wheel_is_looked_into()
    {
        await using var rig = await SandboxRig.Start();
        rig.Services.PyPi.Options = WithToken();
        var bytes = Archive(_bytes);
        var right = Convert.ToHexStringLower(Blake2b.Hash(bytes, 32));
        foreach (
            var (field, wrong) in new[]
            {
                ("md5_digest", new string('0', 32)),
                ("blake2_256_digest", right.Replace(right[0], right[0] == '0' ? '1' : '0')),
            }
        )
        {
            var form = Form(Wheel, _bytes);
            form.Add(new StringContent(wrong), field);
            Assert.StartsWith("The digest supplied does not match", (await Post(rig, form)).Reason, StringComparison.Ordinal);
        }

        var digested = Form(Wheel, _bytes, sha256: "");
        digested.Add(new StringContent(right), "blake2_256_digest");
        Assert.Equal((200, "OK"), await Post(rig, digested));
        Assert.Equal((400, "Include at least one message digest."), await Post(rig, Form(Wheel, _bytes, sha256: "")));
        Assert.Contains(
            "unsupported platform tag",
            (await Post(rig, Form("hello_pysign-1.0-cp312-cp312-linux_x86_64.whl", _bytes))).Reason,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Start filename for 'hello-pysign'",
            (await Post(rig, Form("other-1.0-py3-none-any.whl", _bytes))).Reason,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Version in filename should be",
            (await Post(rig, Form("hello_pysign-2.0-py3-none-any.whl", _bytes))).Reason,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "does not contain the required RECORD",
            PyPiWheels.Problem(Wheel, Archive(_bytes, without: "RECORD"), "hello-pysign", "1.0"),
            StringComparison.Ordinal
        );
        Assert.Contains("not a zipfile", PyPiWheels.Problem(Wheel, _bytes, "hello-pysign", "1.0"), StringComparison.Ordinal);
        rig.Services.PyPi.Options = WithToken() with { RateLimited = true };
        Assert.Equal(429, (await Post(rig, Form(Wheel, _bytes))).Status);
    }

    [Theory]
    [InlineData("metadata_version", "2.6", "'2.6' is not a valid metadata version")]
    [InlineData("license_expression", "MIT", "license-expression introduced in metadata version 2.4, not 2.1")]
    [InlineData("summary", "two\nlines", "'summary' must be a single line")]
    [InlineData("author_email", "Ada <ada@nowhere>", "'ada@nowhere' is not a valid email address")]
    [InlineData("classifiers", "Private :: Do Not Upload", "'Private :: Do Not Upload' is not a valid classifier")]
    [InlineData("home_page", "example.org", "'example.org' is not a valid url")]
    [InlineData("project_urls", "Docs", "Must have a URL")]
    [InlineData("requires_dist", "x @ https://example.org/x.whl", "Can't have direct dependency: x @ https://example.org/x.whl")]
    [InlineData("description_content_type", "text/html", "'description-content-type' must be one of")]
    public async Task Metadata_are_judged_by_the_form_before_the_file(string field, string value, string reason)
    {
        await using var rig = await SandboxRig.Start();
        rig.Services.PyPi.Options = WithToken();
        var form = Form(Wheel, _bytes);
        if (field != "metadata_version")
        {
            form.Add(new StringContent("2.1"), "metadata_version");
        }

        form.Add(new StringContent(value), field);
        var (status, said) = await Post(rig, form);
        Assert.Equal(400, status);
        Assert.StartsWith(reason, said, StringComparison.Ordinal);
        Assert.EndsWith("core-metadata for more information.", said, StringComparison.Ordinal);
        Assert.Empty(rig.Services.PyPi.Stored);
    }

    [Fact]
    public async Task Names_of_old_back_ends_and_archives_that_were_streamed_are_refused()
    {
        await using var rig = await SandboxRig.Start();
        rig.Services.PyPi.Options = WithToken();
        Assert.Contains(
            "should contain the normalized project name 'hello_pysign', not 'Hello_PySign'",
            (await Post(rig, Form("Hello_PySign-1.0-py3-none-any.whl", _bytes))).Reason,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "should be 'hello_pysign-1.0.tar.gz'",
            (await Post(rig, Form("Hello-PySign-1.0.tar.gz", _bytes, "sdist"))).Reason,
            StringComparison.Ordinal
        );
        var streamed = Archive(_bytes);
        streamed[6] |= 8;
        Assert.Contains("data descriptor", PyPiWheels.Problem(Wheel, streamed, "hello-pysign", "1.0"), StringComparison.Ordinal);
        Assert.Null(
            PyPiWheels.Problem(
                "hello_pysign-1.0.0-py3-none-any.whl".Replace("1.0.0", "1.0", StringComparison.Ordinal),
                Archive(_bytes),
                "hello-pysign",
                "1.0.0"
            )
        );
    }

    [Fact]
    public async Task A_pending_publisher_creates_its_project_at_the_first_token_and_is_an_ordinary_one_then()
    {
        await using var rig = await SandboxRig.Start();
        var pending = new PyPiPublisher("GitLab", "hello-pysign", "acme/hello", ".gitlab-ci.yml", IsPending: true);
        rig.Services.PyPi.Options = new PyPiOptions { Publishers = [pending] };
        using var missing = await rig.Client.GetAsync("/simple/hello-pysign/", Stop);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        for (var run = 0; run < 2; run++)
        {
            using var minted = await rig.Client.PostAsJsonAsync(
                "/_/oidc/mint-token",
                new { token = rig.Services.MintGitLabToken(Claims("pypi")) },
                Stop
            );
            Assert.Equal(HttpStatusCode.OK, minted.StatusCode);
            using var page = await rig.Client.GetAsync("/simple/hello-pysign/", Stop);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }
    }

    [Fact]
    public async Task A_pending_publisher_of_a_project_that_exists_is_gone_after_it_was_tried()
    {
        await using var rig = await SandboxRig.Start();
        var pending = new PyPiPublisher("GitLab", "hello-pysign", "acme/hello", ".gitlab-ci.yml", IsPending: true);
        rig.Services.PyPi.Options = WithToken() with { Publishers = [pending] };
        await Post(rig, Form(Wheel, _bytes));
        var jwt = rig.Services.MintGitLabToken(Claims("pypi"));
        Assert.Equal("invalid-pending-publisher", await Code(rig, jwt));

        // What no publisher matched was not used up.
        Assert.Equal("invalid-publisher", await Code(rig, jwt));
        rig.Services.PyPi.Options = rig.Services.PyPi.Options with { Publishers = [pending with { IsPending = false }] };
        using var minted = await rig.Client.PostAsJsonAsync("/_/oidc/mint-token", new { token = jwt }, Stop);
        Assert.Equal(HttpStatusCode.OK, minted.StatusCode);
    }

    private static PyPiOptions WithToken() => new() { Tokens = new Dictionary<string, string> { [ApiToken] = "" } };

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static JsonObject Claims(string audience) =>
        new()
        {
            ["aud"] = audience,
            ["project_path"] = "acme/hello",
            ["ci_config_ref_uri"] = "gitlab.example/acme/hello//.gitlab-ci.yml@refs/tags/v1.0",
            ["jti"] = Guid.NewGuid().ToString("N"),
        };

    private static string Attestations(string name, string sha256)
    {
        var statement =
            $$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"{{{name}}}","digest":{"sha256":"{{{sha256}}}"}}],"predicateType":"https://docs.pypi.org/attestations/publish/v1","predicate":null}""";
        return $$$"""[{"version":1,"verification_material":{},"envelope":{"statement":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(statement))}}}","signature":""}}]""";
    }

    private static MultipartFormDataContent Form(
        string fileName,
        byte[] content,
        string type = "bdist_wheel",
        string version = "1.0",
        string? sha256 = null,
        string? attestations = null
    )
    {
        content = fileName.EndsWith(".whl", StringComparison.Ordinal) ? Archive(content) : Sdist(content);
        var form = new MultipartFormDataContent
        {
            { new StringContent("file_upload"), ":action" },
            { new StringContent("hello-pysign"), "name" },
            { new StringContent(version), "version" },
            { new StringContent(type), "filetype" },
            { new StringContent(sha256 ?? Digest(content)), "sha256_digest" },
            { new ByteArrayContent(content), "content", fileName },
        };
        if (attestations is not null)
        {
            form.Add(new StringContent(attestations), "attestations");
        }

        return form;
    }

    /// <summary>A wheel of hello-pysign 1.0, the same for the same content.</summary>
    private static byte[] Archive(byte[] content, string without = "")
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in new[] { "content", "METADATA", "WHEEL", "RECORD" }.Where(name => name != without))
            {
                var entry = zip.CreateEntry(name == "content" ? name : $"hello_pysign-1.0.dist-info/{name}");
                entry.LastWriteTime = DateTimeOffset.UnixEpoch.AddYears(20);
                using var writer = entry.Open();
                writer.Write(content);
            }
        }

        return stream.ToArray();
    }

    private static byte[] Sdist(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            tar.WriteEntry(
                new PaxTarEntry(TarEntryType.RegularFile, "hello_pysign-1.0/PKG-INFO") { DataStream = new MemoryStream(content) }
            );
        }

        return stream.ToArray();
    }

    private static async Task<(int Status, string Reason)> Post(SandboxRig rig, MultipartFormDataContent form, string token = ApiToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/legacy/") { Content = form };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"__token__:{token}"))
        );
        using var response = await rig.Client.SendAsync(request, Stop);
        return ((int)response.StatusCode, response.ReasonPhrase!);
    }

    private static async Task<string> Code(SandboxRig rig, string token)
    {
        using var response = await rig.Client.PostAsJsonAsync("/_/oidc/mint-token", new { token }, Stop);
        Assert.Equal(422, (int)response.StatusCode);
        return JsonDocument
            .Parse(await response.Content.ReadAsStringAsync(Stop))
            .RootElement.GetProperty("errors")[0]
            .GetProperty("code")
            .GetString()!;
    }

    private static async Task<HttpStatusCode> Provenance(SandboxRig rig, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/integrity/hello-pysign/1.0/{Wheel}/provenance");
        request.Headers.Accept.ParseAdd(accept);
        using var response = await rig.Client.SendAsync(request, Stop);
        return response.StatusCode;
    }
}

using System.Net.Http.Headers;
using System.Text;
using Cake.PySign.Tests.Rig;
using Microsoft.AspNetCore.Http;
using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Scripts;

/// <summary>A dry run as a person types it, of a release that is built and signed; and a company's network around it.</summary>
public sealed class DryRunTests(ConsumerRepository repository, RunningSandbox sandbox)
    : IClassFixture<ConsumerRepository>,
        IClassFixture<RunningSandbox>
{
    private const string ProxyPassword = "CANARY-proxy-password";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Script =>
        $"""
            #load nuget:?package=Cake.PySign&version={repository.Addin.Version}
            Task("Signed").IsDependentOn("PySign-Build").IsDependentOn("PySign-Sign");
            RunPySign(Argument("target", "Signed"));

            """;

    [Fact]
    public async Task The_plan_is_printed_and_nothing_sent_and_other_bytes_there_end_it_with_the_stages_code()
    {
        await RequiredPython.Importing("build", "setuptools", "wheel");
        var project = repository.NewProject();
        var job = await JobAsync();
        (await repository.RunScript(project, Script, job, "--target=Signed")).MustSucceed();
        var wheel = Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(project, "dist"), "*.whl")));
        var before = await StateAsync();

        // Through a proxy with a password, to a server behind an authority of the company's own.
        using var authority = new PrivateAuthority();
        using var certificate = authority.Issue("registry.example");
        await using var front = await TlsServer.StartAsync(certificate, authority.Intermediate, ForwardAsync);
        await using var proxy = new ForwardProxy { Credentials = $"user:{ProxyPassword}" };
        proxy.Hosts["registry.example"] = front.Port;
        var file = Path.Combine(project, "..", "company.pem");
        await File.WriteAllTextAsync(file, authority.RootPem, Stop);
        var company = new Dictionary<string, string>(job)
        {
            ["PYSIGN_REPOSITORY_URL"] = "https://registry.example/api/v4/projects/42/packages/pypi",
            ["PYSIGN_GENERIC_URL"] = "https://registry.example/api/v4/projects/42/packages/generic",
            ["HTTPS_PROXY"] = $"http://user:{ProxyPassword}@127.0.0.1:{proxy.Port}",
            ["HTTP_PROXY"] = $"http://user:{ProxyPassword}@127.0.0.1:{proxy.Port}",
            ["CI_SERVER_TLS_CA_FILE"] = file,
        };
        var plan = await repository.RunScript(project, Script, company, "--target=PySign-Publish", "--dry-run", "--verbosity=diagnostic");
        plan.MustSucceed();
        Assert.Contains(
            "Plan for https://registry.example/api/v4/projects/42/packages/generic/hello-pysign/1.0.0: 9 to upload, 0 there already, 0 "
                + "different",
            plan.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Plan for https://registry.example/api/v4/projects/42/packages/pypi: 2 to upload, 0 there already, 0 different",
            plan.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("Dry run: nothing is sent.", plan.Output, StringComparison.Ordinal);
        Assert.All(proxy.Requests, line => Assert.Equal("CONNECT registry.example:443 HTTP/1.1", line));
        Assert.All(front.Requests, line => Assert.StartsWith("GET ", line, StringComparison.Ordinal));
        Assert.DoesNotContain("CANARY", plan.All, StringComparison.Ordinal);
        Assert.DoesNotContain(job["CI_JOB_TOKEN"], proxy.Seen + plan.All, StringComparison.Ordinal);
        Assert.Equal(before, await StateAsync());

        await PostAsync(job["CI_JOB_TOKEN"], wheel, SampleDistribution.Wheel(body: "other = True\n"));
        before = await StateAsync();
        (await repository.RunScript(project, Script, job, "--target=PySign-Publish", "--dry-run=true")).MustExit(15, $"{wheel}: here ");
        Assert.Equal(before, await StateAsync());
    }

    private async Task<Dictionary<string, string>> JobAsync()
    {
        var job = (
            await sandbox.Sandbox.GitLabJobAsync(
                new Dictionary<string, object>
                {
                    ["ref"] = "v1.0.0",
                    ["ref_type"] = "tag",
                    ["project_path"] = sandbox.Sandbox.Info.GitLab.ProjectPath,
                },
                Stop
            )
        ).ToDictionary();
        job["PYSIGN_TRUSTED_ROOT"] = sandbox.TrustedRoot;
        job["PYSIGN_SIGNING_CONFIG"] = sandbox.Sandbox.Info.SigningConfig.FullPath;
        job["PYSIGN_ISOLATION"] = "none";
        return job;
    }

    /// <summary>What the sandbox's logs and registries hold.</summary>
    private async Task<string> StateAsync()
    {
        using var http = sandbox.Sandbox.CreateControlClient();
        var text = await http.GetStringAsync(new Uri("/_sandbox/state", UriKind.Relative), Stop);
        using var state = System.Text.Json.JsonDocument.Parse(text);
        return string.Join(
            '\n',
            state.RootElement.EnumerateObject().Where(part => part.Name is "logs" or "packages").Select(part => part.ToString())
        );
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method),
            new Uri(sandbox.Sandbox.Info.BaseUrl, context.Request.Path + context.Request.QueryString.Value)
        );
        foreach (var (name, value) in context.Request.Headers.Where(header => header.Key is "Authorization" or "JOB-TOKEN" or "Accept"))
        {
            request.Headers.TryAddWithoutValidation(name, value.ToArray());
        }

        using var answer = await http.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        if (answer.Headers.Location is { } location)
        {
            context.Response.Headers.Location = location.OriginalString;
        }

        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private async Task PostAsync(string token, string name, byte[] content)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"gitlab-ci-token:{token}"))
        );
        using var form = new MultipartFormDataContent
        {
            { new StringContent("hello-pysign"), "name" },
            { new StringContent("1.0.0"), "version" },
            { new StringContent(SampleDistribution.Sha256(content)), "sha256_digest" },
            { new ByteArrayContent(content), "content", name },
        };
        using var answer = await http.PostAsync(sandbox.Sandbox.Info.GitLab.PyPiUrl, form, Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }
}

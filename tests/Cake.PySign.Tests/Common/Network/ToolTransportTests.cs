using System.Net;
using Cake.Core.IO;
using Cake.PySign.Build;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Processes;
using Cake.PySign.Publish;
using Cake.PySign.Test;
using Cake.PySign.Tests.Rig;
using PySign.Http;

namespace Cake.PySign.Tests.Common.Network;

/// <summary>The tools that take a CA bundle instead of their own (real twine, real pip), and the proxy of the environment.</summary>
public sealed class ToolTransportTests : IDisposable
{
    private const string Host = "localhost";

    private readonly CakeRig _rig = new();
    private readonly PrivateAuthority _authority = new();
    private readonly FilePath _ca;
    private readonly FilePath _wheel;

    public ToolTransportTests()
    {
        _ca = _rig.Folder.Write("company-ca.pem", _authority.RootPem + "\n" + _authority.IntermediatePem);
        _wheel = _rig.Folder.Write("dist/hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _rig.Dispose();
        _authority.Dispose();
    }

    [Theory]
    [InlineData("installed")]
    [InlineData("twine-6")]
    public async Task Twine_trusts_the_file_besides_the_bundle_that_it_was_given(string twine)
    {
        PeerPrograms.UseTwine(_rig, twine);
        using var certificate = _authority.Issue(Host);
        await using var server = await SandboxServer.StartAsync(_rig.Folder, certificate);
        using var other = new PrivateAuthority("Another Authority");

        // requests lets this win over what twine is told.
        _rig.Environment.Variables["REQUESTS_CA_BUNDLE"] = _rig.Folder.Write("other.pem", other.RootPem).FullPath;
        Assert.Equal(UploadState.Uploaded, Assert.Single(await _rig.Context.TwineUpload([_wheel], Twine(server, _ca), Token)).State);
    }

    [Fact]
    public async Task Twine_goes_through_the_proxy_of_the_environment_whose_password_shows_nowhere()
    {
        const string Password = "CANARY-proxy-password";
        SystemPython.Require("twine.__main__");
        using var certificate = _authority.Issue("registry.example");
        await using var server = await SandboxServer.StartAsync(_rig.Folder, certificate);
        await using var proxy = new ForwardProxy { Credentials = $"user:{Password}" };
        proxy.Hosts["registry.example"] = server.BaseUrl.Port;
        server.Services.BaseUrl = "https://registry.example";
        _rig.Environment.Variables["HTTPS_PROXY"] = $"http://user:{Password}@127.0.0.1:{proxy.Port}";
        using var own = ServiceHandler.Create(
            CaFile.Of(_ca, _rig.Environment),
            new WebProxy(proxy.Url) { Credentials = new NetworkCredential("user", Password) }
        );
        var uploader = new TwineUploader(_rig.Services(own));
        Assert.Equal(UploadState.Uploaded, Assert.Single(await uploader.UploadAsync([_wheel], Twine(server, _ca), Token)).State);
        Assert.All(proxy.Requests, line => Assert.Equal("CONNECT registry.example:443", line[..line.LastIndexOf(' ')]));
        Assert.Contains(server.Requests, line => line.StartsWith("POST registry.example", StringComparison.Ordinal));
        Assert.DoesNotContain("glcbt-", proxy.Seen, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pip_trusts_the_bundle_and_without_it_does_not()
    {
        SystemPython.Require("pip");
        using var certificate = _authority.Issue(Host);
        await using var server = await SandboxServer.StartAsync(_rig.Folder, certificate);
        await _rig.Context.GenericUpload([_wheel], Upload(server, _ca), Token);
        var page = _rig.Folder.Write(
            "index.html",
            $"<a href=\"{server.BaseUrl}api/v4/projects/42/packages/generic/hello-pysign/1.0.0/{_wheel.GetFilename()}\">"
                + $"{_wheel.GetFilename()}</a>"
        );
        var bundle = ToolCertificates.Variables(CaFile.Of(_ca, _rig.Environment), Made("pip"), ToolCertificates.Pip, _rig.Environment);
        Assert.Equal(0, (await PipAsync(page, bundle)).ExitCode);
        var refused = await PipAsync(page, new Dictionary<string, string?>());
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(refused.Lines, line => line.Text.Contains("CERTIFICATE_VERIFY_FAILED", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_tests_require_is_installed_with_the_bundle_and_the_proxy_and_the_tests_see_neither()
    {
        SystemPython.Require("pip");
        using var certificate = _authority.Issue("index.example");
        await using var server = await SandboxServer.StartAsync(_rig.Folder, certificate);
        await using var proxy = new ForwardProxy { Credentials = "user:CANARY-proxy-password" };
        proxy.Hosts["index.example"] = server.BaseUrl.Port;
        server.Services.BaseUrl = "https://index.example";
        using var own = ServiceHandler.Create(
            CaFile.Of(_ca, _rig.Environment),
            new WebProxy(proxy.Url) { Credentials = new NetworkCredential("user", "CANARY-proxy-password") }
        );
        var required = _rig.Folder.Write("dist/needed_part-1.0.0-py3-none-any.whl", SampleDistribution.Wheel("needed-part"));
        await PostAsync(own, server, required);
        _rig.Environment.Variables["HTTPS_PROXY"] = $"http://user:CANARY-proxy-password@127.0.0.1:{proxy.Port}";
        _rig.Environment.Variables["PIP_INDEX_URL"] = "https://index.example/api/v4/projects/42/packages/pypi/simple";
        _rig.Folder.Write("project/pyproject.toml", "[project]\nname = \"hello-pysign\"\nversion = \"1.0.0\"\n");
        _rig.Folder.Write(
            "project/tests/test_surroundings.py",
            """
            import os, unittest
            import hello_pysign, needed_part

            class Surroundings(unittest.TestCase):
                def test_no_secret_and_no_bundle(self):
                    self.assertEqual([], [n for n, v in os.environ.items() if "CANARY" in v or n in ("PIP_CERT", "REQUESTS_CA_BUNDLE")])
            """
        );
        var result = await Task.Run(
            () =>
                _rig.Context.PyTest(
                    "project",
                    new PyTestSettings
                    {
                        Wheels = { _wheel },
                        Interpreters = { SystemPython.Path },
                        Requirements = { "needed-part" },
                        Network = { CaFile = _ca },
                        Framework = TestFramework.Unittest,
                    },
                    Token
                ),
            Token
        );
        Assert.Equal(1, Assert.Single(result.Runs).TestCount);
        Assert.DoesNotContain("CANARY", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tools_bundle_holds_what_the_tool_named_and_not_the_systems_roots_besides()
    {
        using var other = new PrivateAuthority("Another Authority");
        var named = _rig.Folder.Write("other.pem", other.RootPem);
        _rig.Environment.Variables["TWINE_CERT"] = named.FullPath;
        var variables = ToolCertificates.Variables(
            CaFile.Of(_ca, _rig.Environment),
            Made("bundle"),
            ToolCertificates.Twine,
            _rig.Environment
        );
        Assert.Equal(["REQUESTS_CA_BUNDLE", "TWINE_CERT"], variables.Keys.Order(StringComparer.Ordinal));
        var text = File.ReadAllText(variables["TWINE_CERT"]!);
        Assert.Equal(variables["TWINE_CERT"], variables["REQUESTS_CA_BUNDLE"]);
        Assert.Equal(3, text.AsSpan().Count("BEGIN CERTIFICATE"));
        Assert.All(
            new[] { other.RootPem, _authority.RootPem, _authority.IntermediatePem },
            pem => Assert.Contains(pem, text, StringComparison.Ordinal)
        );

        _rig.Environment.Variables["TWINE_CERT"] = _rig.Folder.Path;
        var e = Assert.Throws<PySignException>(() =>
            ToolCertificates.Variables(CaFile.Of(_ca, _rig.Environment), Made("bundle"), ToolCertificates.Twine, _rig.Environment)
        );
        Assert.Contains("TWINE_CERT names no CA bundle", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_bundle_of_its_own_a_tool_gets_the_systems_roots_and_without_the_file_nothing_changes()
    {
        var variables = ToolCertificates.Variables(
            CaFile.Of(_ca, _rig.Environment),
            Made("bundle"),
            ToolCertificates.Pip,
            _rig.Environment
        );
        using var system = new System.Security.Cryptography.X509Certificates.X509Store(
            System.Security.Cryptography.X509Certificates.StoreName.Root,
            System.Security.Cryptography.X509Certificates.StoreLocation.LocalMachine
        );
        system.Open(System.Security.Cryptography.X509Certificates.OpenFlags.ReadOnly);
        var text = File.ReadAllText(variables["PIP_CERT"]!);
        Assert.All(system.Certificates, root => Assert.Contains(root.ExportCertificatePem(), text, StringComparison.Ordinal));
        Assert.Contains(_authority.RootPem, text, StringComparison.Ordinal);
        Assert.Empty(
            ToolCertificates.Variables(
                CaFile.Of(null, _rig.Environment),
                _rig.Folder.Folder("none"),
                ToolCertificates.Pip,
                _rig.Environment
            )
        );
    }

    [Theory]
    [InlineData(BuildInstaller.Auto, "PIP_CERT")]
    [InlineData(BuildInstaller.Uv, "SSL_CERT_FILE")]
    public void An_isolated_build_installs_with_the_bundle_unless_the_settings_name_another(BuildInstaller installer, string variable)
    {
        var settings = new PyBuildSettings { Network = { CaFile = _ca }, Installer = installer };
        var variables = new Dictionary<string, string?>();
        new IsolatedEnvironment(Made("workspace")).Prepare(settings, _rig.Environment, variables);
        Assert.Contains(_authority.RootPem, File.ReadAllText(variables[variable]!), StringComparison.Ordinal);
        variables = new Dictionary<string, string?> { [variable] = "mine.pem" };
        new IsolatedEnvironment(Made("workspace")).Prepare(settings, _rig.Environment, variables);
        Assert.Equal("mine.pem", variables[variable]);
    }

    private static GenericUploadSettings Upload(SandboxServer server, FilePath? ca) =>
        new()
        {
            Store =
            {
                Url = new Uri(server.BaseUrl, "/api/v4/projects/42/packages/generic"),
                Name = "hello-pysign",
                Version = "1.0.0",
                Token = server.Services.JobToken,
            },
            Network = { CaFile = ca },
        };

    private static TwineUploadSettings Twine(SandboxServer server, FilePath? ca) =>
        new()
        {
            RepositoryUrl = new Uri(server.BaseUrl, "/api/v4/projects/42/packages/pypi"),
            Index = { UserName = "gitlab-ci-token", Password = server.Services.JobToken },
            Python = SystemPython.Path,
            Network = { CaFile = ca },
        };

    private static async Task PostAsync(HttpMessageHandler handler, SandboxServer server, FilePath wheel)
    {
        using var http = new HttpClient(handler, disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.BaseUrl, "/api/v4/projects/42/packages/pypi"));
        request.Headers.Authorization = new(
            "Basic",
            Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("gitlab-ci-token:" + server.Services.JobToken))
        );
        var bytes = await File.ReadAllBytesAsync(wheel.FullPath, Token);
        using var form = new MultipartFormDataContent
        {
            { new StringContent("needed-part"), "name" },
            { new StringContent("1.0.0"), "version" },
            { new StringContent(SampleDistribution.Sha256(bytes)), "sha256_digest" },
            { new ByteArrayContent(bytes), "content", wheel.GetFilename().FullPath },
        };
        request.Content = form;
        using var answer = await http.SendAsync(request, Token);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
    }

    private DirectoryPath Made(string name) => Directory.CreateDirectory(_rig.Folder.Folder(name).FullPath).FullName;

    private Task<ChildProcessResult> PipAsync(FilePath page, IReadOnlyDictionary<string, string?> variables) =>
        _rig.Services()
            .Processes.RunAsync(
                new ChildProcessStart
                {
                    Program = SystemPython.Path,
                    Arguments =
                    [
                        "-m",
                        "pip",
                        "--no-input",
                        "--disable-pip-version-check",
                        "download",
                        "--no-cache-dir",
                        "--no-deps",
                        "--no-index",
                        "--retries",
                        "0",
                        "--find-links",
                        page.FullPath,
                        "-d",
                        _rig.Folder.Folder("downloads-" + variables.Count).FullPath,
                        "hello-pysign",
                    ],
                    WorkingDirectory = _rig.Folder.Path,
                    Variables = variables,
                    Timeout = TimeSpan.FromMinutes(2),
                },
                Token
            );
}

using System.Net;
using Cake.Core.IO;
using Cake.PySign.Attestations;
using Cake.PySign.Build;
using Cake.PySign.Consumption;
using Cake.PySign.Processes;
using Cake.PySign.Publishing;
using Cake.PySign.Signing;
using Cake.PySign.Testing;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Transport;
using Cake.PySign.Verification;
using PySign.Sigstore.Http;
using PySign.Tests.Transport;

namespace Cake.PySign.Tests.Transport;

/// <summary>Everything that leaves this machine, behind an authority that no system knows, over real TLS.</summary>
public sealed class CaFileTests : IDisposable
{
    private const string Host = "localhost";

    private readonly CakeRig _rig = new();
    private readonly PrivateAuthority _authority = new();
    private readonly FilePath _ca;
    private readonly FilePath _wheel;

    public CaFileTests()
    {
        _ca = _rig.Folder.Write("company-ca.pem", _authority.RootPem + "\n" + _authority.IntermediatePem);
        _wheel = _rig.Folder.Write("dist/hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel());
    }

    public static TheoryData<string> Aliases =>
    [
        nameof(PyBuildAliases.PyBuild), nameof(PyTestAliases.PyTest), nameof(CosignSignBlobAliases.CosignSignBlob), nameof(CosignAttestBlobAliases.CosignAttestBlob),
        nameof(VerifyBlobAliases.VerifyBlob), nameof(TwineUploadAliases.TwineUpload), nameof(GenericUploadAliases.GenericUpload), nameof(GenericDownloadAliases.GenericDownload),
        nameof(PyPackageDownloadAliases.PyPackageDownload), nameof(VerifyReleaseAliases.VerifyRelease),
        nameof(PyPiAttestationAliases.PyPiAttest), nameof(PyPiAttestationAliases.PyPiVerifyAttestations),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _rig.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task A_whole_release_goes_through_services_behind_a_private_authority()
    {
        SystemPython.Require("twine.__main__");
        using var certificate = _authority.Issue(Host);
        await using var server = await SandboxServer.StartAsync(_rig.Folder, certificate);
        var root = _rig.Folder.Write("tuf_root.json", server.Services.TufRootJson());
        var mirror = new Uri(server.BaseUrl, "/tuf/");
        var signed = Assert.Single(await _rig.Context.CosignSignBlob(
            [_wheel], new CosignSignBlobSettings { Token = server.Services.MintGitLabToken(), TufMirror = mirror, TufRoot = root, TufCache = "tuf", CaFile = _ca }, Token));
        await _rig.Context.VerifyBlob(
            [_wheel],
            new VerifyBlobSettings { CertificateIdentity = signed.Identity, CertificateOidcIssuer = signed.Issuer, TufMirror = mirror, TufRoot = root, TufCache = "other", CaFile = _ca },
            Token);
        await _rig.Context.GenericUpload([signed.Bundle], Upload(server, _ca), Token);
        Assert.Equal(UploadState.Uploaded, Assert.Single(await _rig.Context.TwineUpload([_wheel], Twine(server, _ca), Token)).State);
        var policy = _rig.Folder.Write("pysign-policy.toml", $"schema = 1\n\n[[signers]]\nissuer = \"{signed.Issuer}\"\nidentity = \"{signed.Identity}\"\n");

        // The file named by the variable is the same.
        _rig.Environment.Variables["PYSIGN_CA_FILE"] = _ca.FullPath;
        var release = await _rig.Context.VerifyRelease(
            new VerifyReleaseSettings
            {
                Name = "hello-pysign",
                Version = "1.0.0",
                IndexUrl = new Uri(Twine(server, null).RepositoryUrl + "/simple/"),
                RegistryUrl = Upload(server, null).RegistryUrl,
                PolicyFile = policy,
                OutputDirectory = "consumer",
                TufMirror = mirror,
                TufRoot = root,
                TufCache = "third",
            },
            Token);
        Assert.Equal(signed.Sha256, Assert.Single(release.Files).Sha256);
    }

    [Fact]
    public async Task Without_the_file_nothing_is_sent_and_the_message_says_what_to_do()
    {
        using var certificate = _authority.Issue(Host);
        await using var server = await SandboxServer.StartAsync(_rig.Folder, certificate);
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.GenericUpload([_wheel], Upload(server, null), Token));
        Assert.Equal(PySignFailure.TlsUntrusted, e.Reason);
        Assert.Contains("CaFile", e.Message, StringComparison.Ordinal);
        Assert.Contains("PYSIGN_CA_FILE", e.Message, StringComparison.Ordinal);
        Assert.Contains("CN=Private Test Authority Issuing", e.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task The_host_name_is_checked_with_the_file_too()
    {
        using var certificate = _authority.Issue("gitlab.example");
        await using var server = await SandboxServer.StartAsync(_rig.Folder, certificate);
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.GenericUpload([_wheel], Upload(server, _ca), Token));
        Assert.Equal(PySignFailure.TlsUntrusted, e.Reason);
        Assert.Contains("not for localhost, but for gitlab.example", e.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("installed", false)]
    [InlineData("installed", true)]
    [InlineData("twine-6", true)]
    public async Task Twine_trusts_what_it_would_have_trusted_and_the_file(string twine, bool ownBundle)
    {
        PeerPrograms.UseTwine(_rig, twine);
        using var certificate = _authority.Issue(Host);
        await using var server = await SandboxServer.StartAsync(_rig.Folder, certificate);
        using var other = new PrivateAuthority("Another Authority");
        if (ownBundle)
        {
            // requests lets this win over what twine is told.
            _rig.Environment.Variables["REQUESTS_CA_BUNDLE"] = _rig.Folder.Write("other.pem", other.RootPem).FullPath;
        }

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
        using var own = ServiceHandler.Create(CaFile.Of(_ca, _rig.Environment), new WebProxy(proxy.Url) { Credentials = new NetworkCredential("user", Password) });
        var log = SafeLog.For(_rig.Context);
        var uploader = new TwineUploader(_rig.Environment, log, ChildProcessRunner.For(_rig.Context, log), new RegistryConnections(own, TimeProvider.System), TimeProvider.System);
        Assert.Equal(UploadState.Uploaded, Assert.Single(await uploader.UploadAsync([_wheel], Twine(server, _ca), Token)).State);
        Assert.All(proxy.Requests, line => Assert.Equal("CONNECT registry.example:443", line[..line.LastIndexOf(' ')]));
        Assert.Contains(server.Requests, line => line.StartsWith("POST registry.example", StringComparison.Ordinal));
        Assert.DoesNotContain("glcbt-", proxy.Seen, StringComparison.Ordinal);

        // A refusal, which twine words itself: neither password is in it.
        _rig.Environment.Variables["HTTPS_PROXY"] = $"http://user:{Password}-wrong@127.0.0.1:{proxy.Port}";
        log = SafeLog.For(_rig.Context);
        uploader = new TwineUploader(_rig.Environment, log, ChildProcessRunner.For(_rig.Context, log), new RegistryConnections(own, new FastTime()), new FastTime());
        var sdist = _rig.Folder.Write("dist/hello_pysign-1.0.0.tar.gz", SampleDistribution.Sdist());
        var e = await Assert.ThrowsAsync<PySignException>(() => uploader.UploadAsync([sdist], Twine(server, _ca), Token));
        Assert.Equal(PySignFailure.Unreachable, e.Reason);
        Assert.Contains("407", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", e + _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pip_trusts_the_bundle_and_without_it_does_not()
    {
        SystemPython.Require("pip");
        using var certificate = _authority.Issue(Host);
        await using var server = await SandboxServer.StartAsync(_rig.Folder, certificate);
        await _rig.Context.GenericUpload([_wheel], Upload(server, _ca), Token);
        var page = _rig.Folder.Write("index.html", $"<a href=\"{server.BaseUrl}api/v4/projects/42/packages/generic/hello-pysign/1.0.0/{_wheel.GetFilename()}\">{_wheel.GetFilename()}</a>");
        var bundle = ToolCertificates.Variables(CaFile.Of(_ca, _rig.Environment), Made("pip"), ToolCertificates.Pip, _rig.Environment);
        Assert.Equal(0, (await PipAsync(page, bundle)).ExitCode);
        var refused = await PipAsync(page, new Dictionary<string, string?>());
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(refused.Lines, line => line.Text.Contains("CERTIFICATE_VERIFY_FAILED", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tools_bundle_holds_what_the_tool_named_and_not_the_systems_roots_besides()
    {
        using var other = new PrivateAuthority("Another Authority");
        var named = _rig.Folder.Write("other.pem", other.RootPem);
        _rig.Environment.Variables["TWINE_CERT"] = named.FullPath;
        var variables = ToolCertificates.Variables(CaFile.Of(_ca, _rig.Environment), Made("bundle"), ToolCertificates.Twine, _rig.Environment);
        Assert.Equal(["REQUESTS_CA_BUNDLE", "TWINE_CERT"], variables.Keys.Order(StringComparer.Ordinal));
        var text = File.ReadAllText(variables["TWINE_CERT"]!);
        Assert.Equal(variables["TWINE_CERT"], variables["REQUESTS_CA_BUNDLE"]);
        Assert.Equal(3, text.AsSpan().Count("BEGIN CERTIFICATE"));
        Assert.All(new[] { other.RootPem, _authority.RootPem, _authority.IntermediatePem }, pem => Assert.Contains(pem, text, StringComparison.Ordinal));

        _rig.Environment.Variables["TWINE_CERT"] = _rig.Folder.Path;
        var e = Assert.Throws<PySignException>(() =>
            ToolCertificates.Variables(CaFile.Of(_ca, _rig.Environment), Made("bundle"), ToolCertificates.Twine, _rig.Environment));
        Assert.Contains("TWINE_CERT names no CA bundle", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_bundle_of_its_own_a_tool_gets_the_systems_roots_and_without_the_file_nothing_changes()
    {
        var variables = ToolCertificates.Variables(CaFile.Of(_ca, _rig.Environment), Made("bundle"), ToolCertificates.Pip, _rig.Environment);
        using var system = new System.Security.Cryptography.X509Certificates.X509Store(
            System.Security.Cryptography.X509Certificates.StoreName.Root, System.Security.Cryptography.X509Certificates.StoreLocation.LocalMachine);
        system.Open(System.Security.Cryptography.X509Certificates.OpenFlags.ReadOnly);
        var text = File.ReadAllText(variables["PIP_CERT"]!);
        Assert.All(system.Certificates, root => Assert.Contains(root.ExportCertificatePem(), text, StringComparison.Ordinal));
        Assert.Contains(_authority.RootPem, text, StringComparison.Ordinal);
        Assert.Empty(ToolCertificates.Variables(CaFile.Of(null, _rig.Environment), _rig.Folder.Folder("none"), ToolCertificates.Pip, _rig.Environment));
    }

    [Theory]
    [InlineData(null, "PIP_CERT")]
    [InlineData(BuildInstaller.Uv, "SSL_CERT_FILE")]
    public void An_isolated_build_installs_with_the_bundle_unless_the_settings_name_another(BuildInstaller? installer, string variable)
    {
        var settings = new PyBuildSettings { CaFile = _ca, Installer = installer };
        var variables = new Dictionary<string, string?>();
        new IsolatedEnvironment(Made("workspace")).Prepare(settings, _rig.Environment, variables);
        Assert.Contains(_authority.RootPem, File.ReadAllText(variables[variable]!), StringComparison.Ordinal);
        variables = new Dictionary<string, string?> { [variable] = "mine.pem" };
        new IsolatedEnvironment(Made("workspace")).Prepare(settings, _rig.Environment, variables);
        Assert.Equal("mine.pem", variables[variable]);
    }

    [Theory]
    [MemberData(nameof(Aliases))]
    public async Task Every_alias_refuses_a_file_that_is_not_there_before_anything_is_asked(string alias)
    {
        // Nobody listens there: whatever asked first would fail otherwise.
        var nobody = new Uri("http://127.0.0.1:1/");
        var missing = _rig.Folder.File("nowhere.pem");
        _rig.Folder.Write("pysign-policy.toml", $"schema = 1\n\n[[signers]]\nissuer = \"{nobody}\"\nidentity = \"x\"\n");
        _rig.Folder.Write("predicate.json", "{}");
        _rig.Folder.Write("project/pyproject.toml", "[project]\nname = \"hello-pysign\"\nversion = \"1.0.0\"\n");
        _rig.Folder.Write("project/tests/test_nothing.py", "");
        var root = _rig.Folder.Write("tuf_root.json", "{}");
        var e = await Assert.ThrowsAsync<PySignException>(() => alias switch
        {
            "PyBuild" => Task.Run(() => _rig.Context.PyBuild("project", new PyBuildSettings { CaFile = missing }, Token)),
            "PyTest" => Task.Run(() => _rig.Context.PyTest("project", new PyTestSettings { CaFile = missing, Wheels = { _wheel } }, Token)),
            "CosignSignBlob" => _rig.Context.CosignSignBlob(
                [_wheel], new CosignSignBlobSettings { Token = "x", TufMirror = nobody, TufRoot = root, TufCache = "tuf", CaFile = missing }, Token),
            "CosignAttestBlob" => _rig.Context.CosignAttestBlob(
                [_wheel],
                new CosignAttestBlobSettings
                {
                    Token = "x",
                    TufMirror = nobody,
                    TufRoot = root,
                    TufCache = "tuf",
                    CaFile = missing,
                    Predicate = "predicate.json",
                    PredicateType = "https://example.com/p/v1",
                },
                Token),
            "VerifyBlob" => _rig.Context.VerifyBlob(
                [_wheel], new VerifyBlobSettings { CertificateIdentity = "x", CertificateOidcIssuer = "https://x", TufMirror = nobody, TufRoot = root, TufCache = "tuf", CaFile = missing }, Token),
            "TwineUpload" => _rig.Context.TwineUpload([_wheel], Twine(nobody, "canary-token", missing), Token),
            "GenericUpload" => _rig.Context.GenericUpload([_wheel], Upload(nobody, "canary-token", missing), Token),
            "GenericDownload" => _rig.Context.GenericDownload(
                ["x"], new GenericDownloadSettings { RegistryUrl = nobody, PackageName = "x", PackageVersion = "1", OutputDirectory = "got", CaFile = missing }, Token),
            "PyPackageDownload" => _rig.Context.PyPackageDownload(
                new PyPackageDownloadSettings { IndexUrl = nobody, PackageName = "x", PackageVersion = "1", OutputDirectory = "got", CaFile = missing }, Token),
            "PyPiAttest" => _rig.Context.PyPiAttest([_wheel], new PyPiAttestSettings { Token = "x", TufMirror = nobody, TufRoot = root, TufCache = "tuf", CaFile = missing }, Token),
            "PyPiVerifyAttestations" => _rig.Context.PyPiVerifyAttestations(
                [_wheel],
                new PyPiVerifyAttestationsSettings { Publisher = TrustedPublisher.GitHub("acme/demo", "release.yml"), IntegrityUrl = nobody, CaFile = missing },
                Token),
            "VerifyRelease" => _rig.Context.VerifyRelease(
                new VerifyReleaseSettings
                {
                    Name = "x",
                    Version = "1",
                    IndexUrl = nobody,
                    RegistryUrl = nobody,
                    PolicyFile = "pysign-policy.toml",
                    OutputDirectory = "got",
                    CaFile = missing,
                },
                Token),
            _ => throw new InvalidOperationException(alias),
        });
        Assert.Equal(PySignFailure.MissingFile, e.Reason);
        Assert.Contains(missing.FullPath, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_settings_class_with_an_address_has_the_file()
    {
        var classes = typeof(CaFile).Assembly.GetExportedTypes()
            .Where(type => type.Name.EndsWith("Settings", StringComparison.Ordinal) && type.GetProperties().Any(property => property.PropertyType == typeof(Uri)))
            .ToList();
        Assert.Contains(typeof(TwineUploadSettings), classes);

        // What asks a person to log in belongs to settings that have it.
        Assert.All(classes.Where(type => type != typeof(IdentityTokenSettings)), type => Assert.Equal(typeof(FilePath), type.GetProperty("CaFile")?.PropertyType));
    }

    [Fact]
    public void A_private_key_in_the_file_is_refused_by_name()
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        var mixed = _rig.Folder.Write("mixed.pem", _authority.RootPem + "\n" + key.ExportPkcs8PrivateKeyPem());
        var e = Assert.Throws<PySignException>(() => CaFile.Of("mixed.pem", _rig.Environment));
        Assert.Equal(PySignFailure.InvalidSettings, e.Reason);
        Assert.Contains(mixed.FullPath, e.Message, StringComparison.Ordinal);
        Assert.Contains("private key", e.Message, StringComparison.Ordinal);
        Assert.Contains("CaFile", e.Advice, StringComparison.Ordinal);
        _rig.Environment.Variables["PYSIGN_CA_FILE"] = mixed.FullPath;
        Assert.Contains("PYSIGN_CA_FILE", Assert.Throws<PySignException>(() => CaFile.Of(null, _rig.Environment)).Advice, StringComparison.Ordinal);
    }

    private static GenericUploadSettings Upload(SandboxServer server, FilePath? ca) => Upload(server.BaseUrl, server.Services.JobToken, ca);

    private static GenericUploadSettings Upload(Uri origin, string token, FilePath? ca) => new()
    {
        RegistryUrl = new Uri(origin, "/api/v4/projects/42/packages/generic"),
        PackageName = "hello-pysign",
        PackageVersion = "1.0.0",
        Token = token,
        CaFile = ca,
    };

    private static TwineUploadSettings Twine(SandboxServer server, FilePath? ca) => Twine(server.BaseUrl, server.Services.JobToken, ca);

    private static TwineUploadSettings Twine(Uri origin, string token, FilePath? ca) => new()
    {
        RepositoryUrl = new Uri(origin, "/api/v4/projects/42/packages/pypi"),
        UserName = "gitlab-ci-token",
        Password = token,
        PythonPath = SystemPython.Path,
        CaFile = ca,
    };

    private DirectoryPath Made(string name) => Directory.CreateDirectory(_rig.Folder.Folder(name).FullPath).FullName;

    private Task<ChildProcessResult> PipAsync(FilePath page, IReadOnlyDictionary<string, string?> variables) =>
        ChildProcessRunner.For(_rig.Context, SafeLog.For(_rig.Context)).RunAsync(
            new ChildProcessStart
            {
                Program = SystemPython.Path,
                Arguments =
                [
                    "-m", "pip", "--no-input", "--disable-pip-version-check", "download", "--no-cache-dir", "--no-deps", "--no-index", "--retries", "0",
                    "--find-links", page.FullPath, "-d", _rig.Folder.Folder("downloads-" + variables.Count).FullPath, "hello-pysign",
                ],
                WorkingDirectory = _rig.Folder.Path,
                Variables = variables,
                Timeout = TimeSpan.FromMinutes(2),
            },
            Token);
}

using Cake.PySign.Publishing;
using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.GitLab;

namespace Cake.PySign.Tests.Publishing;

/// <summary>What a person sees of each of GitLab's ways to answer.</summary>
public sealed class GitLabBehaviourTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    public static TheoryData<string, PySignFailure, string> Refusals => new()
    {
        { "policy", PySignFailure.Forbidden, "403 Forbidden" },
        { "protected", PySignFailure.PackageProtected, "403 Forbidden - Package protected." },
        { "off", PySignFailure.Forbidden, "403 Forbidden" },
        { "large", PySignFailure.TooLarge, "400 Bad request - File is too large" },
        { "stranger", PySignFailure.NotFound, "404 Project Not Found" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Each_refusal_of_the_generic_registry_has_its_reason_and_gitlabs_words(string kind, PySignFailure reason, string words)
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder, options => Changed(options, kind));
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.GenericUpload([_rig.Folder.Write("a.sig", "signature")], Settings(server, kind), Token));
        Assert.Equal(reason, e.Reason);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.NotNull(e.Advice);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Each_refusal_of_the_package_index_has_its_reason_and_gitlabs_words_through_real_twine(string kind, PySignFailure reason, string words)
    {
        SystemPython.Require("twine.__main__");
        await using var server = await GitLabServer.StartAsync(_rig.Folder, options => Changed(options, kind));
        var wheel = _rig.Folder.Write("dist/hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel());
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.TwineUpload(
            [wheel],
            new TwineUploadSettings
            {
                RepositoryUrl = kind == "stranger" ? new Uri(server.BaseUrl, "/api/v4/projects/77/packages/pypi") : server.PyPI,
                UserName = "gitlab-ci-token",
                Password = GitLabServer.JobToken,
                PythonPath = SystemPython.Path,
            },
            Token));
        Assert.Equal(reason, e.Reason);
        Assert.Contains(words.Replace("400 Bad request - ", "", StringComparison.Ordinal), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_that_forwarding_would_look_for_on_the_public_index_is_absent_and_a_digest_that_is_a_lie_is_found_out()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder, options => options with { RequestForwarding = true, ForwardingTarget = "https://pypi.example/simple/" });
        var wheel = _rig.Folder.Write("dist/hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel());
        var settings = new TwineUploadSettings { RepositoryUrl = server.PyPI, UserName = "gitlab-ci-token", Password = GitLabServer.JobToken, DryRun = true };
        Assert.Empty(await _rig.Context.TwineUpload([wheel], settings, Token));
        Assert.Contains("1 to upload, 0 there already, 0 different", _rig.Log.Text, StringComparison.Ordinal);

        await PublishedSample.PostAsync(server, wheel.GetFilename().FullPath, await File.ReadAllBytesAsync(wheel.FullPath, Token), claimedSha256: new string('1', 64));
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.TwineUpload([wheel], settings, Token));
        Assert.Equal(PySignFailure.DigestMismatch, e.Reason);
        Assert.Contains(new string('1', 64), e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    public async Task Json_index_object_storage_and_missing_checksums_make_no_difference(bool json, bool storage, bool checksum)
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder, options => options with { JsonIndex = json, ObjectStorage = storage, ChecksumHeader = checksum });
        var wheel = _rig.Folder.Write("dist/hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel());
        await PublishedSample.PostAsync(server, wheel.GetFilename().FullPath, await File.ReadAllBytesAsync(wheel.FullPath, Token));
        var settings = new TwineUploadSettings { RepositoryUrl = server.PyPI, UserName = "gitlab-ci-token", Password = GitLabServer.JobToken };
        Assert.Equal(UploadState.AlreadyThere, Assert.Single(await _rig.Context.TwineUpload([wheel], settings, Token)).State);
        var file = _rig.Folder.Write("a.sig", "signature");
        Assert.Equal(UploadState.Uploaded, Assert.Single(await _rig.Context.GenericUpload([file], Settings(server, ""), Token)).State);
    }

    [Fact]
    public async Task An_epoch_is_stored_under_its_mapped_name()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var settings = Settings(server, "");
        settings.PackageVersion = "1!2.0+local";
        await _rig.Context.GenericUpload([_rig.Folder.Write("hello-1!2.0+local.tar.gz.sig", "x")], settings, Token);
        var stored = Assert.Single(server.Instance.Stored());
        Assert.Equal(("1.epoch.2.0+local", "hello-1.epoch.2.0+local.tar.gz.sig"), (stored.Version, stored.FileName));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static GitLabProjectOptions Changed(GitLabProjectOptions options, string kind) => kind switch
    {
        "policy" => options with { JobTokenMayPublish = false },
        "protected" => options with { ProtectedPackages = ["hello-pysign"] },
        "off" => options with { PackagesEnabled = false },
        "large" => options with { MaxGenericBytes = 3, MaxPyPiBytes = 3 },
        _ => options with { IsPublic = false },
    };

    private static GenericUploadSettings Settings(GitLabServer server, string kind) => new()
    {
        RegistryUrl = kind == "stranger" ? new Uri(server.BaseUrl, "/api/v4/projects/77/packages/generic") : server.Generic,
        PackageName = "hello-pysign",
        PackageVersion = "1.0.0",
        Token = GitLabServer.JobToken,
    };
}

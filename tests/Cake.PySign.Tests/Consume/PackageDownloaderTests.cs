using Cake.PySign.Consume;
using Cake.PySign.Tests.Rig;
using Microsoft.AspNetCore.Http;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.Consume;

public sealed class PackageDownloaderTests : IDisposable
{
    private const string WheelName = "hello_pysign-1.0.0-py3-none-any.whl";
    private const string SdistName = "hello_pysign-1.0.0.tar.gz";

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_file_of_exactly_that_version_is_fetched_whichever_form_the_index_has(bool json)
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder, options => options with { JsonIndex = json });
        var wheel = SampleDistribution.Wheel();
        await PublishedSample.PostAsync(server, WheelName, wheel);
        await PublishedSample.PostAsync(server, SdistName, SampleDistribution.Sdist());
        await PublishedSample.PostAsync(
            server,
            "hello_pysign-1.0.0.post1.tar.gz",
            SampleDistribution.Sdist(version: "1.0.0.post1"),
            "1.0.0.post1"
        );
        var files = await _rig.Context.PyPackageDownload(Settings(server, version: "1.0"), Token);
        Assert.Equal([WheelName, SdistName], files.Select(file => file.Path.GetFilename().FullPath).Order(StringComparer.Ordinal));
        Assert.Equal(wheel, await File.ReadAllBytesAsync(_rig.Folder.File($"consumer/{WheelName}").FullPath, Token));
        Assert.Contains(files, file => file.Kind == DistributionKind.Wheel && file.Sha256 == SampleDistribution.Sha256(wheel));
        Assert.Equal(2, Directory.GetFiles(_rig.Folder.Folder("consumer").FullPath).Length);
    }

    [Fact]
    public async Task An_index_that_sends_its_users_elsewhere_is_refused()
    {
        await using var elsewhere = await GitLabServer.StartAsync(_rig.Folder);
        await using var server = await GitLabServer.StartAsync(
            _rig.Folder,
            options => options with { ForwardingTarget = $"{elsewhere.BaseUrl}simple/" }
        );
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.PyPackageDownload(Settings(server), Token));
        Assert.Equal(PySignFailure.Redirected, e.Reason);
        Assert.Contains("dependency confusion", e.Message, StringComparison.Ordinal);
        Assert.Contains(elsewhere.BaseUrl.Authority, e.Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task A_file_on_another_host_is_refused_unless_storage_is_allowed_and_then_gets_no_credentials()
    {
        await using var storage = await GitLabServer.StartAsync(_rig.Folder);
        var wheel = SampleDistribution.Wheel();
        var authorized = false;
        storage.Intercept = async context =>
        {
            authorized |= context.Request.Headers.ContainsKey("Authorization");
            await context.Response.Body.WriteAsync(wheel);
            return true;
        };
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        server.Intercept = async context =>
        {
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync(
                "<!DOCTYPE html><html><body><a "
                    + $"href=\"{storage.BaseUrl}files/{WheelName}#sha256={SampleDistribution.Sha256(wheel)}\">{WheelName}</a></body></html>"
            );
            return true;
        };
        var settings = Settings(server);
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.PyPackageDownload(settings, Token));
        Assert.Equal(PySignFailure.Redirected, e.Reason);
        Assert.Empty(storage.Requests);
        settings.Network.StorageRedirects = PySignChoice.Always;
        Assert.Single(await _rig.Context.PyPackageDownload(settings, Token));
        Assert.False(authorized);
    }

    [Fact]
    public async Task Bytes_that_are_not_what_the_index_claims_are_refused_and_not_kept()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        await PublishedSample.PostAsync(server, WheelName, SampleDistribution.Wheel(), claimedSha256: new string('1', 64));
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.PyPackageDownload(Settings(server), Token));
        Assert.Equal(PySignFailure.DigestMismatch, e.Reason);
        Assert.Contains(WheelName, e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_rig.Folder.Folder("consumer").FullPath));
    }

    [Fact]
    public async Task A_version_that_is_not_there_is_an_error_that_tells_what_is()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder, options => options with { RequestForwarding = false });
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.PyPackageDownload(Settings(server), Token));
        Assert.Equal(PySignFailure.NotFound, e.Reason);
        await PublishedSample.PostAsync(server, WheelName, SampleDistribution.Wheel());
        e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.PyPackageDownload(Settings(server, version: "2.0"), Token));
        Assert.Equal(PySignFailure.NotFound, e.Reason);
        Assert.Contains("1.0.0", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_not_empty_is_refused()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        _rig.Folder.Write("consumer/old.whl", "old");
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.PyPackageDownload(Settings(server), Token));
        Assert.Equal(PySignFailure.OutputFolderNotEmpty, e.Reason);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Wrong_credentials_are_told_apart_from_a_missing_package()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder, options => options with { IsPublic = false });
        var settings = Settings(server);
        settings.Index.Password = "canary-wrong-0123456789";
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.PyPackageDownload(settings, Token));
        Assert.Equal(PySignFailure.Unauthorized, e.Reason);
        Assert.DoesNotContain("canary", e + _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_is_no_index_is_refused()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        server.Intercept = async context =>
        {
            await context.Response.WriteAsJsonAsync(new { message = "welcome" });
            return true;
        };
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.PyPackageDownload(Settings(server), Token));
        Assert.Contains("not a simple index", e.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private PyPackageDownloadSettings Settings(GitLabServer server, string version = "1.0.0") =>
        new()
        {
            Index =
            {
                Url = server.Simple,
                UserName = "gitlab-ci-token",
                Password = GitLabServer.JobToken,
            },
            Name = "Hello_PySign",
            Version = version,
            OutputDirectory = _rig.Folder.Folder("consumer"),
        };
}

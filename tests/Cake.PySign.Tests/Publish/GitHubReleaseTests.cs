using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Consume;
using Cake.PySign.Publish;
using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.GitHub;

namespace Cake.PySign.Tests.Publish;

public sealed class GitHubReleaseTests : IDisposable
{
    private const string Repository = "acme/hello";
    private const string PushToken = "canary-github-token-0123456789";

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_release_is_created_once_filled_read_back_and_reused()
    {
        await using var server = await StartAsync();
        var one = _rig.Folder.Write("dist/hello-1.0.tar.gz.sigstore.json", "{}");
        var receipt = Assert.Single(await _rig.Context.GenericUpload([one], Settings(server), Token));
        Assert.Equal(UploadState.Uploaded, receipt.State);
        Assert.EndsWith(
            "/acme/hello/releases/download/v1.0/hello-1.0.tar.gz.sigstore.json",
            receipt.Url.AbsoluteUri,
            StringComparison.Ordinal
        );
        var two = _rig.Folder.Write("dist/hello-1.0.tar.gz.sig", "c2ln");
        var receipts = await _rig.Context.GenericUpload([one, two], Settings(server), Token);
        Assert.Equal([UploadState.AlreadyThere, UploadState.Uploaded], receipts.Select(r => r.State));
        Assert.Equal(
            [$"v1.0 hello-1.0.tar.gz.sig {FileDigest.Of(two)}", $"v1.0 hello-1.0.tar.gz.sigstore.json {FileDigest.Of(one)}"],
            server.Services.GitHub.Stored(Repository)
        );
        Assert.Single(
            server.Requests,
            request => request.StartsWith("POST ", StringComparison.Ordinal) && request.Contains("/releases Auth", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_token_goes_to_the_api_and_its_upload_host_and_never_to_storage()
    {
        await using var server = await StartAsync();
        await _rig.Context.GenericUpload([_rig.Folder.Write("a.sig", "x")], Settings(server), Token);
        Assert.Contains(
            server.Requests,
            request =>
                request.StartsWith("POST localhost /api/uploads/", StringComparison.Ordinal)
                && request.EndsWith(" Authorization", StringComparison.Ordinal)
        );
        var storage = server.Requests.Where(request => request.Contains("/_github-storage/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(storage);
        Assert.All(storage, request => Assert.DoesNotContain("Authorization", request, StringComparison.Ordinal));
        Assert.DoesNotContain("canary", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_address_that_is_not_the_services_own_does_not_get_the_token()
    {
        await using var server = await StartAsync(options => options with { UploadUrl = "https://uploads.example.org/assets" });
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            _rig.Context.GenericUpload([_rig.Folder.Write("a.sig", "x")], Settings(server), Token)
        );
        Assert.Equal(PySignFailure.Redirected, e.Reason);
        Assert.Contains("https://uploads.example.org", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_bytes_under_one_name_stop_everything_and_a_draft_stays_a_draft()
    {
        await using var server = await StartAsync();
        var settings = Settings(server);
        settings.Draft = true;
        var file = _rig.Folder.Write("a.sig", "first");
        await _rig.Context.GenericUpload([file], settings, Token);
        _rig.Folder.Write("a.sig", "second");
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            _rig.Context.GenericUpload([_rig.Folder.Write("b.sig", "x"), file], Settings(server), Token)
        );
        Assert.Equal(PySignFailure.Conflict, e.Reason);
        Assert.EndsWith(" (draft)", Assert.Single(server.Services.GitHub.Stored(Repository)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stub_of_a_broken_upload_is_removed_and_the_file_sent_again()
    {
        await using var server = await StartAsync(options => options with { BreakNextUpload = true });
        var file = _rig.Folder.Write("a.sig", "signature");
        var receipt = Assert.Single(await _rig.Context.GenericUpload([file], Settings(server), Token));
        Assert.Equal(FileDigest.Of(file), receipt.Sha256);
        Assert.Equal($"v1.0 a.sig {receipt.Sha256}", Assert.Single(server.Services.GitHub.Stored(Repository)));
    }

    [Theory]
    [InlineData("a b.sig", "file name")]
    [InlineData("a~b.sig", "file name")]
    [InlineData(".hidden.sig", "file name")]
    public async Task A_name_that_github_would_change_is_refused_before_the_first_request(string name, string named)
    {
        await using var server = await StartAsync();
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            _rig.Context.GenericUpload([_rig.Folder.Write(name, "x")], Settings(server), Token)
        );
        Assert.Equal(PySignFailure.InvalidName, e.Reason);
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task What_was_uploaded_comes_down_again_under_its_own_name_also_with_an_epoch()
    {
        await using var server = await StartAsync();
        var file = _rig.Folder.Write("hello-1!2.0+local.tar.gz.sig", "signature");
        await _rig.Context.GenericUpload([file], Settings(server), Token);
        Assert.StartsWith(
            "v1.0 hello-1.epoch.2.0+local.tar.gz.sig ",
            Assert.Single(server.Services.GitHub.Stored(Repository)),
            StringComparison.Ordinal
        );
        var got = Assert.Single(
            await _rig.Context.GenericDownload(
                ["hello-1!2.0+local.tar.gz.sig"],
                new GenericDownloadSettings
                {
                    Store =
                    {
                        Kind = StoreKind.GitHubRelease,
                        Url = Api(server),
                        Name = "hello",
                        Version = "v1.0",
                    },
                    OutputDirectory = _rig.Folder.Folder("consumer"),
                },
                Token
            )
        );
        Assert.Equal("hello-1!2.0+local.tar.gz.sig", got.Path.GetFilename().FullPath);
        Assert.Equal(FileDigest.Of(file), got.Sha256);
    }

    [Fact]
    public async Task A_wrong_token_and_a_repository_that_is_not_there_are_told_apart()
    {
        await using var server = await StartAsync();
        var settings = Settings(server);
        settings.Store.Token = "canary-wrong-0123456789";
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            _rig.Context.GenericUpload([_rig.Folder.Write("a.sig", "x")], settings, Token)
        );
        Assert.Equal(PySignFailure.Unauthorized, e.Reason);
        Assert.Contains("Bad credentials", e.Message, StringComparison.Ordinal);
        settings = Settings(server);
        settings.Store.Url = new Uri(server.BaseUrl, "/api/v3/repos/acme/nowhere");
        e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.GenericUpload([_rig.Folder.Write("a.sig", "x")], settings, Token));
        Assert.Equal(PySignFailure.NotFound, e.Reason);
    }

    [Fact]
    public async Task An_immutable_release_is_published_after_its_last_file_and_never_half()
    {
        await using var server = await StartAsync(options => options with { ImmutableReleases = true });
        FilePath[] files = [_rig.Folder.Write("a.sig", "a"), _rig.Folder.Write("b.sig", "b"), _rig.Folder.Write("c.sig", "c")];
        await _rig.Context.GenericUpload(files, Settings(server), Token);
        Assert.Equal(3, server.Services.GitHub.Stored(Repository).Count(line => !line.Contains("(draft)", StringComparison.Ordinal)));
        var last = server.Requests.Last(request => !request.StartsWith("GET ", StringComparison.Ordinal));
        Assert.StartsWith("PATCH ", last, StringComparison.Ordinal);

        // Again: nothing to do, and nothing to complain of.
        var again = await _rig.Context.GenericUpload(files, Settings(server), Token);
        Assert.All(again, receipt => Assert.Equal(UploadState.AlreadyThere, receipt.State));
    }

    [Fact]
    public async Task A_file_that_an_immutable_release_lacks_is_refused_before_anything_is_sent()
    {
        await using var server = await StartAsync(options => options with { ImmutableReleases = true });
        await _rig.Context.GenericUpload([_rig.Folder.Write("a.sig", "a")], Settings(server), Token);
        var before = server.Requests.Count(request => request.StartsWith("POST ", StringComparison.Ordinal));
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            _rig.Context.GenericUpload([_rig.Folder.Write("late.sig", "x")], Settings(server), Token)
        );
        Assert.Equal(PySignFailure.ReleaseClosed, e.Reason);
        Assert.Equal(before, server.Requests.Count(request => request.StartsWith("POST ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_draft_that_a_killed_run_left_is_filled_and_published()
    {
        await using var server = await StartAsync(options => options with { ImmutableReleases = true });
        var settings = Settings(server);
        settings.Draft = true;
        var one = _rig.Folder.Write("a.sig", "a");
        await _rig.Context.GenericUpload([one], settings, Token);
        Assert.EndsWith("(draft)", Assert.Single(server.Services.GitHub.Stored(Repository)), StringComparison.Ordinal);
        var receipts = await _rig.Context.GenericUpload([one, _rig.Folder.Write("b.sig", "b")], Settings(server), Token);
        Assert.Equal([UploadState.AlreadyThere, UploadState.Uploaded], receipts.Select(receipt => receipt.State));
        Assert.DoesNotContain(server.Services.GitHub.Stored(Repository), line => line.Contains("(draft)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_draft_in_which_somebody_replaced_a_file_is_not_published()
    {
        await using var server = await StartAsync();
        var settings = Settings(server);
        settings.Draft = true;
        var file = _rig.Folder.Write("a.sig", "ours");
        await _rig.Context.GenericUpload([_rig.Folder.Write("a.sig", "theirs")], settings, Token);
        _rig.Folder.Write("a.sig", "ours");
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.GenericUpload([file], Settings(server), Token));
        Assert.Equal(PySignFailure.Conflict, e.Reason);
        Assert.EndsWith("(draft)", Assert.Single(server.Services.GitHub.Stored(Repository)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_without_a_token_asks_the_api_nothing()
    {
        await using var server = await StartAsync(options => options with { AnonymousLimit = 0 });
        string[] names = [.. Enumerable.Range(0, 20).Select(number => $"f{number}.sig")];
        await _rig.Context.GenericUpload(names.Select(name => _rig.Folder.Write(name, name)), Settings(server), Token);
        var before = server.Requests.Count;
        var got = await _rig.Context.GenericDownload(names, Reading(server), Token);
        Assert.Equal(20, got.Count);
        Assert.DoesNotContain(server.Requests.Skip(before), request => request.Contains("/api/v3/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_files_of_a_private_repository_come_from_the_api_with_the_token()
    {
        await using var server = await StartAsync(options => options with { IsPublic = false });
        await _rig.Context.GenericUpload([_rig.Folder.Write("a.sig", "a")], Settings(server), Token);
        var reading = Reading(server);
        reading.Store.Token = PushToken;
        Assert.Single(await _rig.Context.GenericDownload(["a.sig"], reading, Token));
    }

    [Fact]
    public async Task A_limit_that_is_reached_is_named_with_the_time_it_ends_and_not_as_a_role()
    {
        await using var server = await StartAsync(options => options with { TokenLimit = 2 });
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            _rig.Context.GenericUpload([_rig.Folder.Write("a.sig", "a")], Settings(server), Token)
        );
        Assert.Equal(PySignFailure.RateLimited, e.Reason);
        Assert.Matches("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} UTC", e.Message);
    }

    [Fact]
    public async Task A_limit_that_ends_soon_is_waited_for()
    {
        await using var server = await StartAsync(options => options with { TokenLimit = 4, LimitSeconds = 2 });
        var receipt = Assert.Single(await _rig.Context.GenericUpload([_rig.Folder.Write("a.sig", "a")], Settings(server), Token));
        Assert.Equal(UploadState.Uploaded, receipt.State);
    }

    private static GenericDownloadSettings Reading(SandboxServer server) =>
        new()
        {
            Store =
            {
                Kind = StoreKind.GitHubRelease,
                Url = Api(server),
                Name = "hello",
                Version = "v1.0",
            },
            OutputDirectory = "consumer",
        };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Uri Api(SandboxServer server) => new(server.BaseUrl, $"/api/v3/repos/{Repository}");

    private static GenericUploadSettings Settings(SandboxServer server) =>
        new()
        {
            Store =
            {
                Kind = StoreKind.GitHubRelease,
                Url = Api(server),
                Name = "hello",
                Version = "v1.0",
                Token = PushToken,
            },
        };

    private async Task<SandboxServer> StartAsync(Func<GitHubRepositoryOptions, GitHubRepositoryOptions>? configure = null)
    {
        var server = await SandboxServer.StartAsync(_rig.Folder);
        var options = new GitHubRepositoryOptions { Path = Repository, Token = PushToken };
        server.Services.GitHub.Configure(configure?.Invoke(options) ?? options);
        return server;
    }
}

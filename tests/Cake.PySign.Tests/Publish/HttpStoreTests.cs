using Cake.PySign.Common;
using Cake.PySign.Consume;
using Cake.PySign.Publish;
using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.Store;

namespace Cake.PySign.Tests.Publish;

/// <summary>Nexus raw, Artifactory generic, WebDAV: a store that takes PUT.</summary>
public sealed class HttpStoreTests : IDisposable
{
    private const string Secret = "canary-store-secret-0123456789";

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(StoreTokenKind.Password, "deployer")]
    [InlineData(StoreTokenKind.BearerToken, null)]
    public async Task Files_go_up_and_come_down_with_either_kind_of_credential(StoreTokenKind kind, string? user)
    {
        await using var server = await StartAsync(
            new HttpStoreOptions
            {
                Password = Secret,
                Token = Secret,
                IsPublic = false,
            }
        );
        var settings = Settings(server, kind, user);
        var file = _rig.Folder.Write("hello-1!2.0+local.tar.gz.sig", "signature");
        var receipt = Assert.Single(await _rig.Context.GenericUpload([file], settings, Token));
        Assert.Equal(UploadState.Uploaded, receipt.State);
        Assert.Equal("hello/1!2.0/hello-1!2.0+local.tar.gz.sig", Assert.Single(server.Services.Store.Stored).Key);
        Assert.Equal(UploadState.AlreadyThere, Assert.Single(await _rig.Context.GenericUpload([file], settings, Token)).State);
        var got = Assert.Single(
            await _rig.Context.GenericDownload(
                ["hello-1!2.0+local.tar.gz.sig"],
                new GenericDownloadSettings
                {
                    Store =
                    {
                        Kind = StoreKind.Http,
                        Url = settings.Store.Url,
                        Name = "hello",
                        Version = "1!2.0",
                        Token = Secret,
                        TokenKind = kind,
                        UserName = user,
                    },
                    OutputDirectory = _rig.Folder.Folder("consumer"),
                },
                Token
            )
        );
        Assert.Equal(FileDigest.Of(file), got.Sha256);
        Assert.DoesNotContain("canary", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task A_store_that_keeps_every_file_once_says_so_and_the_digests_of_both_are_shown(bool conditional, bool redeploy)
    {
        await using var server = await StartAsync(
            new HttpStoreOptions
            {
                Token = Secret,
                Conditional = conditional,
                Redeploy = redeploy,
            }
        );
        var settings = Settings(server, StoreTokenKind.BearerToken);
        var file = _rig.Folder.Write("a.sig", "ours");
        var plan = await Uploader().PlanAsync([file], settings, Token);

        // Between the plan and the upload another run's file arrives.
        var other = _rig.Folder.Write("other/a.sig", "theirs");
        await _rig.Context.GenericUpload([other], settings, Token);
        var e = await Assert.ThrowsAsync<PySignException>(() => Uploader().CarryOutAsync(plan, settings, Token));
        Assert.Equal(PySignFailure.Conflict, e.Reason);
        Assert.Contains($"here {FileDigest.Of(file)}, there {FileDigest.Of(other)}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_heeds_no_condition_is_looked_at_again_before_each_file_is_sent()
    {
        await using var server = await StartAsync(
            new HttpStoreOptions
            {
                Token = Secret,
                Conditional = false,
                Redeploy = true,
            }
        );
        var settings = Settings(server, StoreTokenKind.BearerToken);
        var (file, same) = (_rig.Folder.Write("a.sig", "ours"), _rig.Folder.Write("b.sig", "the same"));
        var plan = await Uploader().PlanAsync([file, same], settings, Token);
        var others = _rig.Folder.Write("other/a.sig", "theirs");
        await _rig.Context.GenericUpload([others, same], settings, Token);
        var before = server.Services.Store.Stored.ToDictionary();
        var e = await Assert.ThrowsAsync<PySignException>(() => Uploader().CarryOutAsync(plan, settings, Token));
        Assert.Equal(PySignFailure.Conflict, e.Reason);
        Assert.Contains($"here {FileDigest.Of(file)}, there {FileDigest.Of(others)}", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, server.Services.Store.Stored.ToDictionary());
    }

    [Fact]
    public async Task A_dry_run_prints_the_plan_and_sends_nothing()
    {
        await using var server = await StartAsync(new HttpStoreOptions { Token = Secret });
        var settings = Settings(server, StoreTokenKind.BearerToken);
        var there = _rig.Folder.Write("a.sig", "a");
        await _rig.Context.GenericUpload([there], settings, Token);
        settings.DryRun = true;
        settings.Store.Token = null;
        var receipts = await _rig.Context.GenericUpload([there, _rig.Folder.Write("b.sig", "b")], settings, Token);
        Assert.Equal(there.FullPath, Assert.Single(receipts).Path.FullPath);
        Assert.Single(server.Services.Store.Stored);
        Assert.Contains("1 to upload, 1 there already, 0 different", _rig.Log.Text, StringComparison.Ordinal);
        Assert.Contains("    upload     b.sig  1 bytes", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_file_streams_and_tells_how_far_it_is()
    {
        await using var server = await StartAsync(new HttpStoreOptions { Token = Secret });
        var file = _rig.Folder.Write("large.bin", new byte[40 << 20]);
        await _rig.Context.GenericUpload([file], Settings(server, StoreTokenKind.BearerToken), Token);
        Assert.Contains("Uploading large.bin: 16 of 40 MiB", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("..", "1.0", "package name")]
    [InlineData("hello/../x", "1.0", "package name")]
    [InlineData("hello", "1.0?x", "package version")]
    [InlineData("nul", "1.0", "package name")]
    [InlineData("hello.", "1.0", "package name")]
    [InlineData("hello", "C:1.0", "package version")]
    [InlineData("hello", "1.0 ", "package version")]
    public async Task Names_that_lead_elsewhere_are_refused_before_the_first_request(string package, string version, string named)
    {
        await using var server = await StartAsync(new HttpStoreOptions { Token = Secret });
        var settings = Settings(server, StoreTokenKind.BearerToken);
        settings.Store.Name = package;
        settings.Store.Version = version;
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            _rig.Context.GenericUpload([_rig.Folder.Write("a.sig", "x")], settings, Token)
        );
        Assert.Equal(PySignFailure.InvalidName, e.Reason);
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static GenericUploadSettings Settings(SandboxServer server, StoreTokenKind kind, string? user = null) =>
        new()
        {
            Store =
            {
                Kind = StoreKind.Http,
                Url = new Uri(server.BaseUrl, "/store"),
                Name = "hello",
                Version = "1!2.0",
                Token = Secret,
                TokenKind = kind,
                UserName = user,
            },
        };

    private GenericUploader Uploader() => new(_rig.Services());

    private async Task<SandboxServer> StartAsync(HttpStoreOptions options)
    {
        var server = await SandboxServer.StartAsync(_rig.Folder);
        server.Services.Store.Options = options;
        return server;
    }
}

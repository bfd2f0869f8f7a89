using Cake.PySign.Common;
using Cake.PySign.Publish;
using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.GitHub;
using PySign.Sandbox.Registries.Store;

namespace Cake.PySign.Tests.Publish;

/// <summary>Somebody who shares the machine exchanges a file after it was hashed and before it is sent: no registry gets it.</summary>
public sealed class ExchangedFileTests : IDisposable
{
    private const string Secret = "canary-exchanged-0123456789";

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(100, 100)]
    [InlineData(100, 99)]
    [InlineData(100, 101)]
    [InlineData(100, 0)]
    [InlineData(3_000_000, 3_000_000)]
    [InlineData(3_000_000, 2_999_999)]
    public async Task A_store_keeps_nothing_of_it(int before, int after)
    {
        await using var server = await SandboxServer.StartAsync(_rig.Folder);
        server.Services.Store.Options = new HttpStoreOptions { Token = Secret };
        await RefusedAsync(
            new GenericUploadSettings
            {
                Store =
                {
                    Kind = StoreKind.Http,
                    Url = new Uri(server.BaseUrl, "/store/"),
                    Name = "hello",
                    Version = "1.0",
                    Token = Secret,
                    TokenKind = StoreTokenKind.BearerToken,
                },
            },
            before,
            after,
            () => Assert.Empty(server.Services.Store.Stored)
        );
    }

    [Theory]
    [InlineData(100, 100)]
    [InlineData(100, 0)]
    [InlineData(3_000_000, 3_000_000)]
    public async Task Gitlabs_registry_keeps_nothing_of_it(int before, int after)
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        await RefusedAsync(
            new GenericUploadSettings
            {
                Store =
                {
                    Url = server.Generic,
                    Name = "hello",
                    Version = "1.0",
                    Token = GitLabServer.JobToken,
                },
            },
            before,
            after,
            () => Assert.Empty(server.Instance.Stored())
        );
    }

    [Theory]
    [InlineData(100, 100)]
    [InlineData(100, 0)]
    [InlineData(3_000_000, 3_000_000)]
    public async Task A_github_release_keeps_nothing_of_it(int before, int after)
    {
        await using var server = await SandboxServer.StartAsync(_rig.Folder);
        server.Services.GitHub.Configure(new GitHubRepositoryOptions { Path = "acme/hello", Token = Secret });
        await RefusedAsync(
            new GenericUploadSettings
            {
                Store =
                {
                    Kind = StoreKind.GitHubRelease,
                    Url = new Uri(server.BaseUrl, "/api/v3/repos/acme/hello"),
                    Name = "hello",
                    Version = "v1.0",
                    Token = Secret,
                },
            },
            before,
            after,
            () => Assert.Empty(server.Services.GitHub.Stored("acme/hello"))
        );
    }

    private async Task RefusedAsync(GenericUploadSettings settings, int before, int after, Action nothingIsThere)
    {
        var file = _rig.Folder.Write("dist/a.sigstore.json", Bytes(before));
        var sha256 = FileDigest.Of(file);
        var uploader = new GenericUploader(_rig.Services());
        var token = TestContext.Current.CancellationToken;
        var plan = await uploader.PlanAsync([file], settings, token);
        var other = Bytes(after);
        if (after > 0)
        {
            other[^1] ^= 1;
        }

        _rig.Folder.Write("dist/a.sigstore.json", other);
        var e = await Assert.ThrowsAsync<PySignException>(() => uploader.CarryOutAsync(plan, settings, token));
        Assert.Equal(PySignFailure.DigestMismatch, e.Reason);
        Assert.Contains(sha256, e.Message, StringComparison.Ordinal);

        nothingIsThere();

        // As it was, it goes up.
        _rig.Folder.Write("dist/a.sigstore.json", Bytes(before));
        Assert.Equal(sha256, Assert.Single(await uploader.CarryOutAsync(plan, settings, token)).Sha256);
    }

    [Fact]
    public async Task A_file_that_is_removed_before_it_is_sent_is_named()
    {
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var settings = new GenericUploadSettings
        {
            Store =
            {
                Url = server.Generic,
                Name = "hello",
                Version = "1.0",
                Token = GitLabServer.JobToken,
            },
        };
        var file = _rig.Folder.Write("dist/a.sigstore.json", Bytes(100));
        var uploader = new GenericUploader(_rig.Services());
        var token = TestContext.Current.CancellationToken;
        var plan = await uploader.PlanAsync([file], settings, token);
        File.Delete(file.FullPath);
        var e = await Assert.ThrowsAsync<PySignException>(() => uploader.CarryOutAsync(plan, settings, token));
        Assert.Equal(PySignFailure.MissingFile, e.Reason);
        Assert.Contains(file.FullPath, e.Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7))];
}

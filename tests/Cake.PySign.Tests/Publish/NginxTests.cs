using Cake.PySign.Common;
using Cake.PySign.Consume;
using Cake.PySign.Publish;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Publish;

/// <summary>A store that nobody of this project wrote: Debian's nginx with WebDAV's PUT.</summary>
public sealed class NginxTests : IDisposable
{
    private const string Password = "canary-nginx-0123456789";

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Files_go_up_to_nginx_come_down_again_and_are_not_replaced()
    {
        await using var nginx = await NginxServer.StoreAsync(_rig.Folder, "deployer", Password);
        var signature = _rig.Folder.Write("hello-1!2.0+local.tar.gz.sig", "signature");
        var large = _rig.Folder.Write("large.bin", new byte[5 << 20]);
        var receipts = await _rig.Context.GenericUpload([signature, large], Settings(nginx), Token);
        Assert.All(receipts, receipt => Assert.Equal(UploadState.Uploaded, receipt.State));
        Assert.All(
            await _rig.Context.GenericUpload([signature, large], Settings(nginx), Token),
            receipt => Assert.Equal(UploadState.AlreadyThere, receipt.State)
        );
        var got = await _rig.Context.GenericDownload(
            ["hello-1!2.0+local.tar.gz.sig", "large.bin"],
            new GenericDownloadSettings
            {
                Store =
                {
                    Kind = StoreKind.Http,
                    Url = nginx.BaseUrl,
                    Name = "hello",
                    Version = "1!2.0+local",
                },
                OutputDirectory = _rig.Folder.Folder("consumer"),
            },
            Token
        );
        Assert.Equal([FileDigest.Of(signature), FileDigest.Of(large)], got.Select(file => file.Sha256));

        _rig.Folder.Write("hello-1!2.0+local.tar.gz.sig", "other");
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.GenericUpload([signature], Settings(nginx), Token));
        Assert.Equal(PySignFailure.Conflict, e.Reason);
        var wrong = Settings(nginx);
        wrong.Store.Token = "canary-wrong-0123456789";
        e = await Assert.ThrowsAsync<PySignException>(() => _rig.Context.GenericUpload([_rig.Folder.Write("new.sig", "x")], wrong, Token));
        Assert.Equal(PySignFailure.Unauthorized, e.Reason);
        Assert.DoesNotContain("canary", e + _rig.Log.Text, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static GenericUploadSettings Settings(NginxServer nginx) =>
        new()
        {
            Store =
            {
                Kind = StoreKind.Http,
                Url = nginx.BaseUrl,
                Name = "hello",
                Version = "1!2.0+local",
                Token = Password,
                TokenKind = StoreTokenKind.Password,
                UserName = "deployer",
            },
        };
}

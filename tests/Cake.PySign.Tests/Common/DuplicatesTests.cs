using Cake.PySign.Consume;
using Cake.PySign.Publish;
using Cake.PySign.Sign;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Common;

/// <summary>Names that differ in upper and lower case alone are one name: some consumers' folders hold only one of the files.</summary>
public sealed class DuplicatesTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("upload")]
    [InlineData("download")]
    [InlineData("statement")]
    public async Task They_are_refused_before_the_first_request(string what)
    {
        var (lower, upper) = ("hello-1.0-py3-none-any.whl", "Hello-1.0-py3-none-any.whl");
        var files = new[] { _rig.Folder.Write($"a/{lower}", "x"), _rig.Folder.Write($"b/{upper}", "y") };
        var store = new Uri("http://127.0.0.1:9/generic");
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            what switch
            {
                "upload" => _rig.Context.GenericUpload(
                    files,
                    new GenericUploadSettings
                    {
                        Store =
                        {
                            Url = store,
                            Name = "hello",
                            Version = "1.0",
                            Token = "canary-0123456789",
                        },
                    },
                    TestContext.Current.CancellationToken
                ),
                "download" => _rig.Context.GenericDownload(
                    [lower, upper],
                    new GenericDownloadSettings
                    {
                        Store =
                        {
                            Url = store,
                            Name = "hello",
                            Version = "1.0",
                        },
                        OutputDirectory = "got",
                    },
                    TestContext.Current.CancellationToken
                ),
                _ => _rig.Context.SignReleaseStatement(files, new SignReleaseStatementSettings(), TestContext.Current.CancellationToken),
            }
        );
        Assert.Equal(PySignFailure.InvalidSettings, e.Reason);
        Assert.Contains(lower, e.Message, StringComparison.OrdinalIgnoreCase);
    }
}

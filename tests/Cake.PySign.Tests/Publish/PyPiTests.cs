using Cake.Core.IO;
using Cake.PySign.Publish;
using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.PyPi;

namespace Cake.PySign.Tests.Publish;

/// <summary>What a person sees of PyPI's answers through real twine; PyPiRefusalTests has every one of them.</summary>
public sealed class PyPiTests : IDisposable
{
    private const string ApiToken = "pypi-canary-token-0123456789";

    private readonly CakeRig _rig = new();

    public PyPiTests() => SystemPython.Require("twine.__main__");

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Refusals_of_pypi_have_their_reason_and_its_own_words()
    {
        await using var server = await SandboxServer.StartAsync(_rig.Folder);
        var pypi = server.Services.PyPi;
        var wheel = Wheel("1.0.0");
        pypi.Options = Options();
        Assert.Equal(UploadState.Uploaded, Assert.Single(await UploadAsync(server, wheel)).State);
        Assert.Equal(UploadState.AlreadyThere, Assert.Single(await UploadAsync(server, wheel)).State);

        pypi.Options = Options() with { Tokens = new Dictionary<string, string> { [ApiToken] = "another-project" } };
        await RefusedAsync(PySignFailure.Forbidden, "isn't allowed to upload to project 'hello-pysign'", Sdist("1.0.0"));
        pypi.Options = Options();
        pypi.Delete(wheel.GetFilename().FullPath);
        await RefusedAsync(PySignFailure.InvalidName, "previously used by a file that has since been deleted", wheel);

        async Task RefusedAsync(PySignFailure reason, string words, FilePath file)
        {
            var e = await Assert.ThrowsAsync<PySignException>(() => UploadAsync(server, file));
            Assert.Equal(reason, e.Reason);
            Assert.Contains(words, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("canary", e + _rig.Log.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_index_that_shows_files_late_is_waited_for_and_the_missing_slash_is_a_redirect()
    {
        await using var server = await SandboxServer.StartAsync(_rig.Folder);
        server.Services.PyPi.Options = Options() with { IndexDelay = 2 };
        Assert.Equal(UploadState.Uploaded, Assert.Single(await UploadAsync(server, Wheel("1.0.0"))).State);
        var e = await Assert.ThrowsAsync<PySignException>(() => UploadAsync(server, Wheel("2.0.0"), "/legacy"));
        Assert.Equal(PySignFailure.Redirected, e.Reason);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static PyPiOptions Options() => new() { Tokens = new Dictionary<string, string> { [ApiToken] = "" } };

    private FilePath Wheel(string version) =>
        _rig.Folder.Write($"dist/hello_pysign-{version}-py3-none-any.whl", SampleDistribution.Wheel(version: version));

    private FilePath Sdist(string version) =>
        _rig.Folder.Write($"dist/hello_pysign-{version}.tar.gz", SampleDistribution.Sdist(version: version));

    private Task<IReadOnlyList<UploadReceipt>> UploadAsync(SandboxServer server, FilePath file, string path = "/legacy/") =>
        new TwineUploader(_rig.Services(time: new FastTime())).UploadAsync(
            [file],
            new TwineUploadSettings
            {
                RepositoryUrl = new Uri(server.BaseUrl, path),
                Index =
                {
                    Url = new Uri(server.BaseUrl, "/simple"),
                    UserName = "__token__",
                    Password = ApiToken,
                },
                Python = SystemPython.Path,
            },
            Token
        );
}

using Cake.Core.IO;
using Cake.PySign.Publishing;
using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.GitLab;

namespace Cake.PySign.Tests.Publishing;

/// <summary>The installed twine (bookworm: 4.0.2) and a newer one beside it (trixie: 6.1.0, brought by eng/peers.sh) do and say what the addin expects.</summary>
public sealed class TwineVersionTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public static TheoryData<string> Versions => ["installed", "twine-6"];

    public void Dispose() => _rig.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_wheel_goes_up_and_its_second_bytes_do_not(string twine)
    {
        PeerPrograms.UseTwine(_rig, twine);
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var wheel = Wheel(SampleDistribution.Wheel());
        Assert.Equal(UploadState.Uploaded, Assert.Single(await UploadAsync(server, wheel)).State);
        Assert.Equal(UploadState.AlreadyThere, Assert.Single(await UploadAsync(server, wheel)).State);
        Wheel(SampleDistribution.Wheel(body: "import os\n"));
        Assert.Equal(PySignFailure.Conflict, await ReasonAsync(server, wheel, "here "));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Each_cause_has_its_reason_and_gitlabs_own_words(string twine)
    {
        PeerPrograms.UseTwine(_rig, twine);
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var wheel = Wheel(SampleDistribution.Wheel());
        Assert.Equal(PySignFailure.Unauthorized, await ReasonAsync(server, wheel, "401", password: "canary-wrong-0123456789"));
        Set(server, options => options with { JobTokenMayPublish = false });
        Assert.Equal(PySignFailure.Forbidden, await ReasonAsync(server, wheel, "403 Forbidden"));
        Set(server, options => options with { ProtectedPackages = ["hello-pysign"] });
        Assert.Equal(PySignFailure.PackageProtected, await ReasonAsync(server, wheel, "Package protected."));
        Set(server, options => options with { MaxPyPiBytes = 3 });
        Assert.Equal(PySignFailure.TooLarge, await ReasonAsync(server, wheel, "File is too large"));
        Assert.Empty(server.Instance.Stored());
        Assert.DoesNotContain("canary", _rig.Log.Text, StringComparison.Ordinal);
    }

    private static void Set(GitLabServer server, Func<GitLabProjectOptions, GitLabProjectOptions> change) => server.Instance.Configure(change(new GitLabProjectOptions
    {
        Id = 42,
        Path = "acme/hello-pysign",
        Credentials = [new(CredentialKind.JobToken, GitLabServer.JobToken)],
    }));

    private FilePath Wheel(byte[] bytes) => _rig.Folder.Write("dist/hello_pysign-1.0.0-py3-none-any.whl", bytes);

    private Task<IReadOnlyList<UploadReceipt>> UploadAsync(GitLabServer server, FilePath file, string password = GitLabServer.JobToken) => _rig.Context.TwineUpload(
        [file],
        new TwineUploadSettings { RepositoryUrl = server.PyPI, UserName = "gitlab-ci-token", Password = password, PythonPath = SystemPython.Path },
        TestContext.Current.CancellationToken);

    private async Task<PySignFailure> ReasonAsync(GitLabServer server, FilePath file, string words, string password = GitLabServer.JobToken)
    {
        var e = await Assert.ThrowsAsync<PySignException>(() => UploadAsync(server, file, password));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        return e.Reason;
    }
}

using Cake.Core.IO;
using Cake.PySign.Publish;
using Cake.PySign.Tests.Rig;
using Microsoft.AspNetCore.Http;
using PySign.Sandbox.Registries.GitLab;

namespace Cake.PySign.Tests.Publish;

/// <summary>The installed twine (bookworm: 4.0.2) and newer ones beside it (6.1.0, 7.0.0, brought by eng/peers.sh) do and say what the
/// addin expects.</summary>
public sealed class TwineVersionTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public static TheoryData<string> Versions => ["installed", "twine-6", "twine-7"];

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
    [InlineData("installed")]
    [InlineData("twine-6")]
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
        Set(server, options => options);
        Assert.Equal(
            PySignFailure.Unauthorized,
            await AnsweredAsync(401, "{\"message\":\"401 Unauthorized\"}", "the credentials were not accepted (401)")
        );
        Assert.Equal(
            PySignFailure.InvalidMetadata,
            await AnsweredAsync(
                400,
                "{\"message\":\"400 Bad request - Validation failed: Version is invalid\"}",
                "The registry says: 400 Bad request - Validation failed: Version is invalid"
            )
        );
        Assert.Equal(
            PySignFailure.InvalidMetadata,
            await AnsweredAsync(422, "{\"error\":\"requires_python is invalid\"}", "The registry says: requires_python is invalid")
        );
        Assert.Equal(PySignFailure.TooLarge, await AnsweredAsync(413, "<html>nginx</html>", "larger than the registry takes"));
        Assert.Equal(PySignFailure.NotFound, await AnsweredAsync(404, "{\"message\":\"404 Project Not Found\"}", "404 Project Not Found"));
        Assert.Equal(PySignFailure.Redirected, await AnsweredAsync(302, "", "answered with a redirect"));
        Assert.Empty(server.Instance.Stored());
        Assert.DoesNotContain("canary", _rig.Log.Text, StringComparison.Ordinal);

        Task<PySignFailure> AnsweredAsync(int status, string body, string words)
        {
            server.Intercept = async context =>
            {
                if (context.Request.Method != "POST")
                {
                    return false;
                }

                context.Response.StatusCode = status;
                context.Response.Headers.Location = status == 302 ? "https://elsewhere.example/upload" : default;
                await context.Response.WriteAsync(body);
                return true;
            };
            return ReasonAsync(server, wheel, words);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_name_that_another_run_took_meanwhile_is_a_conflict_with_both_digests(string twine)
    {
        PeerPrograms.UseTwine(_rig, twine);
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var wheel = Wheel(SampleDistribution.Wheel());
        var other = SampleDistribution.Wheel(body: "import os\n");
        server.Intercept = async context =>
        {
            if (context.Request.Method == "POST")
            {
                server.Intercept = null;
                await PublishedSample.PostAsync(server, wheel.GetFilename().FullPath, other);
            }

            return false;
        };
        Assert.Equal(PySignFailure.Conflict, await ReasonAsync(server, wheel, SampleDistribution.Sha256(other)));
        Assert.Contains("400 Bad request - Validation failed: File name has already been taken", _rig.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("installed", "4.0.2", "2.4")]
    [InlineData("twine-6", "6.1.0", "2.5")]
    public async Task Metadata_that_twine_is_too_old_for_is_told_by_both_versions(string twine, string version, string metadata)
    {
        PeerPrograms.UseTwine(_rig, twine);
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        var wheel = Wheel(SampleDistribution.Wheel(metadataVersion: metadata));
        var e = await Assert.ThrowsAsync<PySignException>(() => UploadAsync(server, wheel));
        if (twine == "installed" && !e.Message.Contains($"twine {version} ", StringComparison.Ordinal))
        {
            Assert.Skip($"NOT RUN: the installed twine is not {version}. {e.Message.Split('\n')[0]}");
        }

        Assert.Equal(PySignFailure.ToolTooOld, e.Reason);
        Assert.Contains($"This is twine {version} at {SystemPython.Path}", e.Message, StringComparison.Ordinal);
        Assert.Contains($"{wheel.GetFilename()}: Metadata-Version {metadata}", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, line => line.StartsWith("POST", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("twine-6", "2.4")]
    [InlineData("twine-7", "2.5")]
    public async Task Metadata_of_its_age_goes_up(string twine, string metadata)
    {
        PeerPrograms.UseTwine(_rig, twine);
        await using var server = await GitLabServer.StartAsync(_rig.Folder);
        Assert.Equal(
            UploadState.Uploaded,
            Assert.Single(await UploadAsync(server, Wheel(SampleDistribution.Wheel(metadataVersion: metadata)))).State
        );
    }

    private static void Set(GitLabServer server, Func<GitLabProjectOptions, GitLabProjectOptions> change) =>
        server.Instance.Configure(
            change(
                new GitLabProjectOptions
                {
                    Id = 42,
                    Path = "acme/hello-pysign",
                    Credentials = [new(CredentialKind.JobToken, GitLabServer.JobToken)],
                }
            )
        );

    private FilePath Wheel(byte[] bytes) => _rig.Folder.Write("dist/hello_pysign-1.0.0-py3-none-any.whl", bytes);

    private Task<IReadOnlyList<UploadReceipt>> UploadAsync(GitLabServer server, FilePath file, string password = GitLabServer.JobToken) =>
        _rig.Context.TwineUpload(
            [file],
            new TwineUploadSettings
            {
                RepositoryUrl = server.PyPI,
                Index = { UserName = "gitlab-ci-token", Password = password },
                Python = SystemPython.Path,
            },
            TestContext.Current.CancellationToken
        );

    private async Task<PySignFailure> ReasonAsync(GitLabServer server, FilePath file, string words, string password = GitLabServer.JobToken)
    {
        var e = await Assert.ThrowsAsync<PySignException>(() => UploadAsync(server, file, password));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        return e.Reason;
    }
}

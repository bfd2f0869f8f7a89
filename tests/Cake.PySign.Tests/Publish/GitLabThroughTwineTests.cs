using Cake.PySign.Publish;
using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.GitLab;

namespace Cake.PySign.Tests.Publish;

/// <summary>GitLab's refusals as real twine hands them on; GitLabIndexBehaviorTests has all of them with a played one.</summary>
public sealed class GitLabThroughTwineTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    public static TheoryData<string, PySignFailure, string> Refusals =>
        new()
        {
            { "protected", PySignFailure.PackageProtected, "403 Forbidden - Package protected." },
            { "large", PySignFailure.TooLarge, "400 Bad request - File is too large" },
            { "stranger", PySignFailure.NotFound, "404 Project Not Found" },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_has_its_reason_and_gitlabs_words(string kind, PySignFailure reason, string words)
    {
        SystemPython.Require("twine.__main__");
        await using var server = await GitLabServer.StartAsync(_rig.Folder, options => Changed(options, kind));
        var wheel = _rig.Folder.Write("dist/hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel());
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            _rig.Context.TwineUpload(
                [wheel],
                new TwineUploadSettings
                {
                    RepositoryUrl = kind == "stranger" ? new Uri(server.BaseUrl, "/api/v4/projects/77/packages/pypi") : server.PyPI,
                    Index = { UserName = "gitlab-ci-token", Password = GitLabServer.JobToken },
                    Python = SystemPython.Path,
                },
                Token
            )
        );
        Assert.Equal(reason, e.Reason);
        Assert.Contains(words.Replace("400 Bad request - ", "", StringComparison.Ordinal), e.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static GitLabProjectOptions Changed(GitLabProjectOptions options, string kind) =>
        kind switch
        {
            "protected" => options with { ProtectedPackages = ["hello-pysign"] },
            "large" => options with { MaxPyPiBytes = 3 },
            _ => options with { IsPublic = false },
        };
}

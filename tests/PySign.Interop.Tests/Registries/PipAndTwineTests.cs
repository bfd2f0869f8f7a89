using System.Security.Cryptography;
using Cake.PySign.Build;
using Cake.PySign.Publish;
using PySign.Interop.Tests.Peers;
using IoPath = System.IO.Path;

namespace PySign.Interop.Tests.Registries;

/// <summary>Real twine uploads to the sandbox's registry and real pip downloads from it, as they do with GitLab's.</summary>
public sealed class PipAndTwineTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    private static string Python =>
        Environment.GetEnvironmentVariable("PYSIGN_PYTHON") is { Length: > 0 } configured ? configured : "/usr/bin/python3";

    [Fact]
    public async Task What_twine_published_pip_downloads_unchanged_and_a_wrong_hash_stops_pip()
    {
        await RequiredPython.Importing("build", "twine", "setuptools", "wheel", "pip");
        var rig = sandbox.Rig;
        rig.Environment.Variables["PYSIGN_PYTHON"] = Python;
        var built = rig.Context.PyBuild(
            IoPath.Combine(RepositoryRoot.Path, "samples", "hello-pysign"),
            new PyBuildSettings { OutputDirectory = rig.Folder.Folder("dist") },
            TestContext.Current.CancellationToken
        );
        var gitLab = sandbox.Sandbox.Info.GitLab;
        var receipts = await rig.Context.TwineUpload(
            built.Select(file => file.Path),
            new TwineUploadSettings
            {
                RepositoryUrl = gitLab.PyPiUrl,
                Index = { UserName = "gitlab-ci-token", Password = sandbox.Sandbox.JobToken },
            },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(2, receipts.Count);

        var wheel = built.Single(file => file.Path.GetExtension() == ".whl");
        var downloads = rig.Folder.Folder("pip").FullPath;
        string[] pip =
        [
            "-m",
            "pip",
            "--isolated",
            "--no-input",
            "--disable-pip-version-check",
            "download",
            "--no-cache-dir",
            "--no-deps",
            "--index-url",
            $"{gitLab.PyPiUrl.AbsoluteUri}/simple",
            "-d",
            downloads,
        ];
        (await Peer.RunProgram(Python, [.. pip, $"{wheel.Name}=={wheel.Version}"])).MustSucceed();
        var downloaded = IoPath.Combine(downloads, wheel.Path.GetFilename().ToString());
        Assert.Equal(
            wheel.Sha256,
            Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(downloaded, TestContext.Current.CancellationToken)))
        );

        File.Delete(downloaded);
        var requirements = rig
            .Folder.Write("requirements.txt", $"{wheel.Name}=={wheel.Version} --hash=sha256:{new string('0', 64)}\n")
            .FullPath;
        (await Peer.RunProgram(Python, [.. pip, "--require-hashes", "-r", requirements])).MustRefuse("DO NOT MATCH THE HASHES");
    }
}

using System.Text.Json;
using Cake.PySign.Common;
using Cake.PySign.Consume;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Tests.Consume;

public sealed class VerifyReleaseTests(SandboxFixture fixture) : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_whole_release_is_verified_from_its_name_its_registries_and_a_policy()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        published.WritePolicy(
            published.PolicyWithRelease("distributions = [\"wheel\", \"sdist\"]\nsignatures = [\"bundle\", \"detached\"]")
        );
        published.Settings.ReportFile = _rig.Folder.File("reports/release.json");
        published.Settings.RequirementsFile = _rig.Folder.File("reports/requirements.txt");

        var release = await published.VerifyAsync();

        Assert.Equal([PublishedRelease.Wheel, PublishedRelease.Sdist], release.Files.Select(file => file.Path.GetFilename().FullPath));
        Assert.Equal([DistributionKind.Wheel, DistributionKind.Sdist], release.Files.Select(file => file.Kind));
        Assert.All(release.Files, file => Assert.EndsWith("@refs/tags/v1.0.0", file.Identity, StringComparison.Ordinal));
        Assert.All(release.Files, file => Assert.Equal(SampleDistribution.Sha256(File.ReadAllBytes(file.Path.FullPath)), file.Sha256));
        Assert.All(release.Files, file => Assert.NotEmpty(file.LogEntries));
        Assert.All(release.Files, file => Assert.Contains($"  sha256 {file.Sha256}", release.ToTable(), StringComparison.Ordinal));
        using var json = JsonDocument.Parse(
            await File.ReadAllBytesAsync(published.Settings.ReportFile.FullPath, TestContext.Current.CancellationToken)
        );
        Assert.Equal(release.Files[0].Sha256, json.RootElement.GetProperty("files")[0].GetProperty("sha256").GetString());
        Assert.Equal(
            release.Files.ToDictionary(file => file.Path.GetFilename().FullPath, file => file.Sha256),
            release.Statement!.FileDigests
        );
        Assert.Contains(
            $"pkg:pypi/hello-pysign@1.0.0 is these files and no others, says {PublishedRelease.Statement}",
            release.ToTable(),
            StringComparison.Ordinal
        );
        Assert.Equal(PublishedRelease.Statement, json.RootElement.GetProperty("statement").GetProperty("bundle").GetString());
        Assert.Equal(
            release.Statement.LogEntries[0].Index,
            json.RootElement.GetProperty("statement").GetProperty("logEntries")[0].GetProperty("index").GetInt64()
        );
        var requirements = await File.ReadAllTextAsync(published.Settings.RequirementsFile.FullPath, TestContext.Current.CancellationToken);
        Assert.StartsWith(
            OwnFile.RequirementsHeader + "hello-pysign==1.0.0 \\\n    --hash=sha256:",
            requirements,
            StringComparison.Ordinal
        );
        Assert.All(release.Files, file => Assert.Contains(file.Sha256, requirements, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_release_leaves_neither_files_nor_an_earlier_result()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        published.Settings.RequirementsFile = _rig.Folder.Write("requirements.txt", OwnFile.RequirementsHeader + "hello-pysign==0.9\n");
        await published.PutAsync(PublishedRelease.Wheel + ".sigstore.json", "{}"u8.ToArray());

        await Assert.ThrowsAsync<ReleaseVerificationException>(() => published.VerifyAsync());

        Assert.False(Directory.Exists(published.Settings.OutputDirectory!.FullPath));
        Assert.False(File.Exists(published.Settings.RequirementsFile.FullPath));
    }

    [Fact]
    public async Task A_folder_that_holds_something_is_refused_and_left_as_it_is()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        var mine = _rig.Folder.Write("consumer/thesis.txt", "ten years");

        var e = await Assert.ThrowsAsync<PySignException>(() => published.VerifyAsync());

        Assert.Equal(PySignFailure.OutputFolderNotEmpty, e.Reason);
        Assert.Equal("ten years", await File.ReadAllTextAsync(mine.FullPath, TestContext.Current.CancellationToken));
        published.Settings.Index.Url = null;
        await Assert.ThrowsAsync<PySignException>(() => published.VerifyAsync());
        Assert.True(File.Exists(mine.FullPath));
    }

    [Fact]
    public async Task One_settings_object_serves_several_releases()
    {
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        published.Settings.Version = "2.0.0";
        Assert.Equal(PySignFailure.NotFound, (await Assert.ThrowsAsync<PySignException>(() => published.VerifyAsync())).Reason);
        published.Settings.Version = "1.0";
        Assert.Equal(2, (await published.VerifyAsync()).Files.Count);
    }

    [Fact]
    public async Task The_verified_wheel_is_installed_by_pip_from_those_bytes_alone()
    {
        SystemPython.Require("pip");
        await using var published = await PublishedRelease.StartAsync(_rig, fixture);
        published.Settings.Install = true;
        published.Settings.Python = SystemPython.Path;
        var before = published.Server.Requests.Count;

        await published.VerifyAsync();

        Assert.Contains("into a fresh environment: Hello.PySign 1.0.0", _rig.Log.Text, StringComparison.Ordinal);
        Assert.Single(
            published.Server.Requests.Skip(before),
            request => request.EndsWith(PublishedRelease.Wheel, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_wheel_that_would_run_code_when_python_starts_is_installed_and_its_code_does_not_run()
    {
        SystemPython.Require("pip");
        var trace = _rig.Folder.File("ran");
        var wheel = _rig.Folder.Write(
            "downloads/hello_pysign-1.0.0-py3-none-any.whl",
            SampleDistribution.Wheel(
                unrecorded:
                [
                    ("hello.pth", $"import pathlib; pathlib.Path({'"'}{trace}{'"'}).write_text('pth')\n"),
                    ("sitecustomize.py", $"import pathlib; pathlib.Path({'"'}{trace}{'"'}).write_text('site')\n"),
                    ("usercustomize.py", $"import pathlib; pathlib.Path({'"'}{trace}{'"'}).write_text('user')\n"),
                ]
            )
        );
        var file = new VerifiedReleaseFile
        {
            Path = wheel,
            Sha256 = FileDigest.Of(wheel),
            Kind = DistributionKind.Wheel,
            Url = new Uri("https://x.example/"),
            Size = 1,
            Bundle = wheel,
            Identity = "",
            Issuer = "",
            LogEntries = [],
        };
        await new InstallCheck(_rig.Services()).RunAsync(
            new VerifiedRelease("hello-pysign", "1.0.0", new Uri("https://x.example/"), [file]),
            _rig.Folder.Folder("downloads"),
            SystemPython.Path,
            TestContext.Current.CancellationToken
        );
        Assert.Contains("into a fresh environment: hello-pysign 1.0.0", _rig.Log.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(trace.FullPath));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(31)]
    [InlineData(100_000)]
    public async Task A_time_limit_that_is_none_is_refused_before_anybody_is_asked(int days)
    {
        var verifier = new ReleaseVerifier(_rig.Services());
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            verifier.VerifyAsync(
                new VerifyReleaseSettings { Timeout = TimeSpan.FromDays(days) },
                new ReleasePolicy([], false, []),
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(PySignFailure.InvalidSettings, e.Reason);
        Assert.Contains("Timeout", e.Message, StringComparison.Ordinal);
    }
}

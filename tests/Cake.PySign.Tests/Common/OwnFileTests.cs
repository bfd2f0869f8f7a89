using Cake.PySign.Audit;
using Cake.PySign.Common;
using Cake.PySign.Consume;
using Cake.PySign.Recipe;
using Cake.PySign.Recipe.Report;
using Cake.PySign.Test;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Common;

/// <summary>Whatever a parameter names as the place of a result: somebody's file there is neither replaced nor removed.</summary>
public sealed class OwnFileTests : IDisposable
{
    private const string Mine = "# mine, and not a result of anything\nhello==1.0 --hash=sha256:00\n";

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private static readonly Dictionary<string, Func<CakeRig, string, Task>> _calls = new(StringComparer.Ordinal)
    {
        ["verification's report"] = (rig, path) => VerifyAsync(rig, settings => settings.ReportFile = path),
        ["verification's requirements"] = (rig, path) => VerifyAsync(rig, settings => settings.RequirementsFile = path),
        ["audit's requirements"] = (rig, path) => AuditAsync(rig, settings => settings.RequirementsFile = path),
        ["audit's reports"] = (rig, path) => AuditAsync(rig, one => one.ReportDirectory = System.IO.Path.GetDirectoryName(path)),
        ["tests' report"] = (rig, path) => Task.Run(() => rig.Context.PyTest(".", new PyTestSettings { ReportFile = path })),
        ["release's report"] = ReportAsync,
    };

    [Theory]
    [InlineData("verification's report", "x/release.json")]
    [InlineData("verification's requirements", "requirements.txt")]
    [InlineData("audit's requirements", "requirements.txt")]
    [InlineData("audit's reports", "docs/audit.json")]
    [InlineData("audit's reports", "docs/index.html")]
    [InlineData("audit's reports", "docs/audit.sarif")]
    [InlineData("audit's reports", "docs/audit.cdx.json")]
    [InlineData("audit's reports", "docs/gl-code-quality-report.json")]
    [InlineData("tests' report", "tests/test_demo.py")]
    [InlineData("release's report", "docs/index.html")]
    [InlineData("release's report", "docs/release.json")]
    [InlineData("release's report", "docs/release.md")]
    public async Task Somebodys_file_stops_the_call_before_anything_is_done_and_stays(string what, string name)
    {
        var path = _rig.Folder.Write(name, Mine).FullPath;
        _rig.Folder.Write("dist/hello-1.0-py3-none-any.whl", "");
        await RefusedAsync();
        Assert.Equal(Mine, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));

        // A link to one, also to one that would be ours.
        var aim = _rig.Folder.Write("elsewhere", OwnFile.RequirementsHeader + "{\"schema\": 1 Cake.PySign <testsuite");
        File.Delete(path);
        File.CreateSymbolicLink(path, aim.FullPath);
        await RefusedAsync();
        Assert.NotNull(new FileInfo(path).LinkTarget);

        File.Delete(path);
        Directory.CreateDirectory(path);
        await RefusedAsync();

        async Task RefusedAsync()
        {
            var e = await Assert.ThrowsAsync<PySignException>(() => _calls[what](_rig, path));
            Assert.True(e.Reason == PySignFailure.OutputFolderNotEmpty, $"{what}: {e.Message}");
            Assert.Contains(System.IO.Path.GetFileName(path), e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_pipe_is_neither_replaced_nor_read()
    {
        var pipe = Pipe("report.json");
        Assert.Equal("a named pipe", SpecialFile.KindOf(pipe));
        Assert.Equal("a character device", SpecialFile.KindOf("/dev/null"));
        Assert.Null(SpecialFile.KindOf(_rig.Folder.Write("file", "").FullPath));
        Assert.Null(SpecialFile.KindOf(_rig.Folder.Path));
        Assert.Null(SpecialFile.KindOf(_rig.Folder.File("nothing").FullPath));
        Assert.Throws<PySignException>(() => OwnFile.Require(pipe, "ReportFile", "{"));
        Assert.Throws<PySignException>(() => OwnFile.Require("/dev/null", "ReportFile", "{"));
        Assert.Throws<PySignException>(() => FileDigest.Of(pipe));
    }

    /// <summary>Each of them would wait for somebody who writes into the pipe, and no time-out reaches that.</summary>
    [Fact]
    public void A_pipe_in_the_folder_of_a_release_stops_the_stage()
    {
        _rig.Folder.Write("dist/x", "");
        Pipe("dist/pysign.json");
        var e = Assert.Throws<PySignException>(() => new DistFolder(_rig.Folder.Folder("dist")).Store.Read());
        Assert.Contains("named pipe", e.Message, StringComparison.Ordinal);
    }

    private string Pipe(string name)
    {
        var path = _rig.Folder.File(name).FullPath;
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("NOT RUN: needs mkfifo");
        }

        ProgramRun.Successful("mkfifo", [path]);
        return path;
    }

    private static Task VerifyAsync(CakeRig rig, Action<VerifyReleaseSettings> set)
    {
        var settings = new VerifyReleaseSettings
        {
            Name = "hello",
            Version = "1.0",
            Index = { Url = new Uri("http://127.0.0.1:9/simple") },
            OutputDirectory = "consumer",
            PolicyFile = rig.Folder.Write(
                "pysign-policy.toml",
                "schema = 1\n[[signers]]\nidentity = \"a@example.org\"\nissuer = \"https://i.example\"\n"
            ),
            Store = { Url = new Uri("http://127.0.0.1:9/generic") },
        };
        set(settings);
        return rig.Context.VerifyRelease(settings);
    }

    private static Task AuditAsync(CakeRig rig, Action<PyAuditDependenciesSettings> set)
    {
        var settings = new PyAuditDependenciesSettings { NoCache = true, ReportDirectory = null };
        set(settings);
        var file = rig.Folder.Write("pylock.toml", "lock-version = \"1.0\"\ncreated-by = \"x\"\npackages = []\n");
        return rig.Context.PyAuditDependencies([file], settings);
    }

    private static Task ReportAsync(CakeRig rig, string path)
    {
        var options = ReleaseOptions.From(rig.Context);
        options.ReportDirectory = System.IO.Path.GetDirectoryName(path)!;
        ReleaseReportFiles.Require(new Release(rig.Context, options));
        return Task.CompletedTask;
    }
}

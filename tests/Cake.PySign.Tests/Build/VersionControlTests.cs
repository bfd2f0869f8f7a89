using System.Diagnostics;
using Cake.PySign.Build;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Processes;
using Cake.PySign.Tests.Rig;
using PySign.Http;

namespace Cake.PySign.Tests.Build;

public sealed class VersionControlTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task The_time_of_the_commit_and_what_is_tracked_are_known()
    {
        _rig.Folder.Write("p/pyproject.toml", "x");
        _rig.Folder.Write("p/venv/tracked.py", "x");
        _rig.Folder.Write("p/strängé \" name.txt", "x");
        Git("init", "-q");
        Git("add", ".");
        Git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "first");
        _rig.Folder.Write("p/.tox/untracked.py", "x");
        var control = Control();
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000), await control.CommitTimeAsync(_rig.Folder.Folder("p"), Token));
        Assert.Equal(
            ["pyproject.toml", "strängé \" name.txt", "venv/tracked.py"],
            (await control.TrackedAsync(_rig.Folder.Folder("p"), Token))!.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Outside_a_repository_nothing_is_known_and_nothing_is_wrong()
    {
        _rig.Folder.Write("p/pyproject.toml", "x");
        Assert.Null(await Control().CommitTimeAsync(_rig.Folder.Folder("p"), Token));
        Assert.Null(await Control().TrackedAsync(_rig.Folder.Folder("p"), Token));
    }

    [Fact]
    public void A_submodules_pointer_to_its_repository_still_points_there_from_the_copy()
    {
        _rig.Folder.Write("outer/p/pyproject.toml", "x");
        _rig.Folder.Write("outer/p/.git", "gitdir: ../.git/modules/p\n");
        new SourceCopy(_rig.Folder.Folder("outer/p"), _rig.Folder.Folder("outer/p/dist"), [], DateTimeOffset.UnixEpoch).To(
            _rig.Folder.Folder("copy"),
            Token
        );
        Assert.Equal($"gitdir: {_rig.Folder.File("outer/.git/modules/p")}\n", File.ReadAllText(_rig.Folder.File("copy/.git").FullPath));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private VersionControl Control() =>
        new(new ChildProcessRunner(new SafeLog(_rig.Log, new SecretRedactor()), _rig.Environment, TimeProvider.System), _rig.Environment);

    private void Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = _rig.Folder.Folder("p").FullPath,
            RedirectStandardError = true,
        };
        start.Environment["GIT_COMMITTER_DATE"] = start.Environment["GIT_AUTHOR_DATE"] = "1700000000 +0000";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }
}

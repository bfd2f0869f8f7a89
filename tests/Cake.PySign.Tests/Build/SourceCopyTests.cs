using Cake.PySign.Build;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Build;

public sealed class SourceCopyTests : IDisposable
{
    private static readonly DateTimeOffset _moment = DateTimeOffset.FromUnixTimeSeconds(1700000000);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Everything_is_copied_but_caches_and_the_output()
    {
        foreach (
            var file in new[]
            {
                "p/pyproject.toml",
                "p/.git/HEAD",
                "p/src/a.py",
                "p/src/__pycache__/a.pyc",
                "p/.venv/bin/python",
                "p/venv/x",
                "p/.tox/x",
                "p/.nox/x",
                "p/node_modules/x",
                "p/.pip-cache/x",
                "p/.cache/nuget/x",
                "p/dist/old.whl",
                "p/build/lib/stale.py",
                "p/build/keep.txt",
                "p/docs/dist/page.md",
            }
        )
        {
            _folder.Write(file, file);
        }

        Copy();
        Assert.Equal(
            ["copy/build/keep.txt", "copy/docs/dist/page.md", "copy/pyproject.toml", "copy/src/a.py"],
            _folder.Snapshot("copy").Keys.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void A_cache_with_a_tracked_file_is_source()
    {
        _folder.Write("p/venv/tracked.py", "x");
        _folder.Write("p/.tox/untracked", "x");
        Copy("venv/tracked.py");
        Assert.Equal(["copy/venv/tracked.py"], _folder.Snapshot("copy").Keys);
    }

    [Fact]
    public void Links_stay_links_and_modes_and_times_are_those_of_any_checkout()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Links and modes are Unix's.");
            return;
        }

        _folder.Write("outside.txt", "out");
        var script = _folder.Write("p/run.sh", "#!/bin/sh\n");
        File.SetUnixFileMode(script.FullPath, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.SetUnixFileMode(_folder.Write("p/private.txt", "x").FullPath, UnixFileMode.UserRead);
        File.CreateSymbolicLink(_folder.File("p/link").FullPath, "run.sh");
        File.CreateSymbolicLink(_folder.File("p/out").FullPath, "../outside.txt");
        Directory.CreateSymbolicLink(_folder.File("p/loop").FullPath, ".");
        Copy();
        Assert.Equal("run.sh", new FileInfo(_folder.File("copy/link").FullPath).LinkTarget);
        Assert.Equal("out", File.ReadAllText(_folder.File("copy/out").FullPath));
        Assert.Equal(".", new DirectoryInfo(_folder.File("copy/loop").FullPath).LinkTarget);
        Assert.Equal("-rwxr-xr-x", Mode("copy/run.sh"));
        Assert.Equal("-rw-r--r--", Mode("copy/private.txt"));
        Assert.Equal(_moment.UtcDateTime, File.GetLastWriteTimeUtc(_folder.File("copy/run.sh").FullPath));
    }

    private void Copy(params string[] tracked) =>
        new SourceCopy(_folder.Folder("p"), tracked, LeftOutFolders.Of(_folder.Folder("p"), [_folder.Folder("p/dist")], []), _moment).To(
            _folder.Folder("copy"),
            CancellationToken.None
        );

    private string Mode(string file)
    {
        var mode = OperatingSystem.IsWindows() ? 0 : File.GetUnixFileMode(_folder.File(file).FullPath);
        return "-" + string.Concat("rwxrwxrwx".Select((letter, i) => ((int)mode & (0x100 >> i)) != 0 ? letter : '-'));
    }
}

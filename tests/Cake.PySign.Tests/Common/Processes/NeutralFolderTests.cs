using Cake.PySign.Common.Processes;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Common.Processes;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class NeutralFolderTests
{
    [Fact]
    public void Removing_it_follows_no_link_and_changes_nothing_outside()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes are Unix's.");
        using var outside = new TemporaryFolder();
        var file = outside.Write("photos/a.jpg", [1]);
        File.SetUnixFileMode(file.FullPath, UnixFileMode.UserRead);
        var folder = new NeutralFolder();
        var inner = Directory.CreateDirectory(System.IO.Path.Combine(folder.Path.FullPath, "x/y"));
        File.WriteAllText(System.IO.Path.Combine(inner.FullName, "z"), "");
        Directory.CreateSymbolicLink(System.IO.Path.Combine(inner.FullName, "out"), System.IO.Path.Combine(outside.Path, "photos"));
        Directory.CreateSymbolicLink(System.IO.Path.Combine(inner.FullName, "up"), "..");
        File.CreateSymbolicLink(System.IO.Path.Combine(inner.FullName, "link"), file.FullPath);
        inner.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserExecute;
        folder.Dispose();
        Assert.False(Directory.Exists(folder.Path.FullPath) && System.Environment.UserName != "root");
        Assert.True(File.Exists(file.FullPath));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(file.FullPath));
    }
}

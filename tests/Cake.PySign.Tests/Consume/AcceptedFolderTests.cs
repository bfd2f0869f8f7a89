using Cake.PySign.Common;
using Cake.PySign.Consume;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Consume;

public sealed class AcceptedFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_two_at_once_one_gets_the_folder_and_the_other_takes_nothing_of_it_away()
    {
        var target = _folder.Folder("verified");
        using (var first = new AcceptedFolder(target))
        using (var second = new AcceptedFolder(target))
        {
            File.WriteAllText(first.Private.CombineWithFilePath("a.whl").FullPath, "first");
            File.WriteAllText(second.Private.CombineWithFilePath("a.whl").FullPath, "second");
            first.Accept(Release());
            first.Keep();
            Assert.Equal(PySignFailure.OutputFolderNotEmpty, Assert.Throws<PySignException>(() => second.Accept(Release())).Reason);
        }

        Assert.Equal("first", File.ReadAllText(target.CombineWithFilePath("a.whl").FullPath));
        Assert.Equal([target.FullPath], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_probe_that_a_killed_process_left_in_the_folder_of_downloads_goes_with_them()
    {
        var folder = _folder.Folder("consumer");
        _folder.Write("consumer/a.whl", "verified");
        DownloadMarker.Write(folder);
        File.WriteAllText(AtomicFile.ProbeIn(folder), "");
        DownloadMarker.Empty(folder);
        Assert.Empty(Directory.GetFileSystemEntries(folder.FullPath));
    }

    [Fact]
    public void What_is_refused_leaves_an_empty_folder_empty_and_no_folder_none()
    {
        Directory.CreateDirectory(_folder.Folder("empty").FullPath);
        foreach (var name in new[] { "empty", "none" })
        {
            using var place = new AcceptedFolder(_folder.Folder(name));
            File.WriteAllText(place.Private.CombineWithFilePath("a.whl").FullPath, "refused");
        }

        Assert.Equal([_folder.Folder("empty").FullPath], Directory.GetFileSystemEntries(_folder.Path));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Folder("empty").FullPath));
    }

    [Fact]
    public void What_a_killed_verification_left_is_removed_by_the_next_and_nobody_elses_folder_is()
    {
        var target = _folder.Folder("verified");
        var gone = $".verified.{Guid.NewGuid():N}.part";
        _folder.Write($"{gone}/a.whl", "half");
        _folder.Write($"{gone}.lock", "");
        Directory.CreateDirectory(_folder.Folder("photos").FullPath);
        _folder.Write("photos/cat.jpg", "cat");
        Directory.CreateSymbolicLink(_folder.Folder($"{gone}/photos").FullPath, _folder.Folder("photos").FullPath);
        var link = $".verified.{Guid.NewGuid():N}.part";
        Directory.CreateSymbolicLink(_folder.Folder(link).FullPath, _folder.Folder("photos").FullPath);
        _folder.Write($"{link}.lock", "");
        foreach (var others in new[] { $".verified.{Guid.NewGuid():N}.part", ".verified.mine.part", ".other.0.part" })
        {
            _folder.Write($"{others}/a.whl", "not a lock beside it, or not a name of ours");
        }

        _folder.Write(".verified.mine.part.lock", "");
        using var living = new AcceptedFolder(target);
        using var place = new AcceptedFolder(target);
        Assert.False(Directory.Exists(_folder.Folder(gone).FullPath));
        Assert.True(Directory.Exists(living.Private.FullPath));
        Assert.Equal("cat", File.ReadAllText(_folder.File("photos/cat.jpg").FullPath));
        Assert.Equal(5, Directory.GetDirectories(_folder.Path, ".*.part").Length - 1);
    }

    private static VerifiedRelease Release() => new("x", "1.0", new Uri("https://x.example/simple/"), []);
}

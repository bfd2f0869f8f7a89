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

    private static VerifiedRelease Release() => new("x", "1.0", new Uri("https://x.example/simple/"), []);
}

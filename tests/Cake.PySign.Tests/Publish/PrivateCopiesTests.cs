using Cake.PySign.Common;
using Cake.PySign.Publish;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Publish;

public sealed class PrivateCopiesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_checked_is_what_is_sent_whatever_becomes_of_the_file()
    {
        var file = _folder.Write("dist/a.whl", "checked");
        var sha256 = FileDigest.Of(file);
        using var copies = new PrivateCopies();
        var copy = copies.Of(file, sha256);
        File.WriteAllText(file.FullPath, "exchanged");
        Assert.Equal("checked", File.ReadAllText(copy.FullPath));
        Assert.Equal(copy, copies.Of(file, sha256));
        Assert.Equal("a.whl", copy.GetFilename().FullPath);
    }

    [Fact]
    public void A_file_that_was_exchanged_before_is_not_sent_and_both_digests_are_said()
    {
        var file = _folder.Write("dist/a.whl", "checked");
        var sha256 = FileDigest.Of(file);
        File.WriteAllText(file.FullPath, "exchanged");
        using var copies = new PrivateCopies();
        var e = Assert.Throws<PySignException>(() => copies.Of(file, sha256));
        Assert.Equal(PySignFailure.DigestMismatch, e.Reason);
        Assert.Contains(sha256, e.Message, StringComparison.Ordinal);
        Assert.Contains(FileDigest.Of(file), e.Message, StringComparison.Ordinal);
    }
}

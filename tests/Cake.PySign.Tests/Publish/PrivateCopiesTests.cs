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
        using var copies = new PrivateCopies(new KnownDigests());
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
        using var copies = new PrivateCopies(new KnownDigests());
        var e = Assert.Throws<PySignException>(() => copies.Of(file, sha256));
        Assert.Equal(PySignFailure.DigestMismatch, e.Reason);
        Assert.Contains(sha256, e.Message, StringComparison.Ordinal);
        Assert.Contains(FileDigest.Of(file), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_copy_the_digest_and_the_metadata_come_from_one_reading()
    {
        var wheel = _folder.Write("dist/hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel());
        var sha256 = FileDigest.Of(wheel);
        var digests = new KnownDigests();
        using var copies = new PrivateCopies(digests);
        copies.Take(wheel);
        var written = File.GetLastWriteTimeUtc(wheel.FullPath);

        // Other bytes of the same length and time: whoever reads again would see them.
        var other = File.ReadAllBytes(wheel.FullPath);
        other[^1] ^= 1;
        File.WriteAllBytes(wheel.FullPath, other);
        File.SetLastWriteTimeUtc(wheel.FullPath, written);
        Assert.Equal(sha256, digests.Of(wheel));
        Assert.Equal("1.0.0", LocalDistribution.Open(wheel, digests).Version.Value);
        Assert.Equal(sha256, FileDigest.Of(copies.Of(wheel, sha256)));
    }

    [Fact]
    public void Files_of_one_name_from_two_folders_are_two_copies()
    {
        var (one, two) = (_folder.Write("a/a.sig", "one"), _folder.Write("b/a.sig", "two"));
        using var copies = new PrivateCopies(new KnownDigests());
        Assert.Equal(["one", "two"], new[] { copies.Of(one), copies.Of(two) }.Select(copy => File.ReadAllText(copy.FullPath)));
    }
}

using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Signatures;
using Cake.PySign.Publish;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Attestations;

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
    public void An_attestation_that_is_gone_or_a_pipe_or_too_large_by_now_is_refused_by_name()
    {
        using var copies = new PrivateCopies(new KnownDigests());
        var gone = _folder.File("dist/gone.publish.attestation");
        Assert.Equal(PySignFailure.MissingFile, Refused(gone));
        var large = _folder.Write("dist/large.publish.attestation", new byte[Attestation.MaxBytes + 1]);
        Assert.Equal(PySignFailure.DigestMismatch, Refused(large));
        if (!OperatingSystem.IsWindows())
        {
            var pipe = _folder.File("dist/pipe.publish.attestation");
            ProgramRun.Successful("mkfifo", [pipe.FullPath]);
            Assert.Equal(PySignFailure.InvalidSettings, Refused(pipe));
            Assert.Equal(PySignFailure.InvalidSettings, Assert.Throws<PySignException>(() => AttestationFiles.Load(pipe)).Reason);
        }

        PySignFailure Refused(FilePath file)
        {
            var e = Assert.Throws<PySignException>(() => copies.Of(file));
            Assert.Contains(file.FullPath, e.Message, StringComparison.Ordinal);
            return e.Reason;
        }
    }

    [Fact]
    public void A_distribution_that_cannot_be_read_is_told_from_a_copy_that_cannot_be_written()
    {
        var wheel = _folder.Write("dist/hello_pysign-1.0.0-py3-none-any.whl", SampleDistribution.Wheel());
        var digests = new KnownDigests();
        if (OperatingSystem.IsLinux())
        {
            var full = Assert.Throws<PySignException>(() =>
            {
                using var copy = CopyStream.Create("/dev/full");
                digests.Copy(wheel, copy);
                copy.Flush();
            });
            Assert.Equal(PySignFailure.OutputUnwritable, full.Reason);
            Assert.Contains("/dev/full", full.Message, StringComparison.Ordinal);
        }

        var nowhere = Assert.Throws<PySignException>(() => CopyStream.Create(wheel.FullPath + "/copy"));
        Assert.Equal(PySignFailure.OutputUnwritable, nowhere.Reason);

        File.Delete(wheel.FullPath);
        using var copies = new PrivateCopies(digests);
        foreach (
            var read in new Action[] { () => copies.Take(wheel), () => digests.Of(wheel), () => LocalDistribution.Open(wheel, digests) }
        )
        {
            var gone = Assert.Throws<PySignException>(read);
            Assert.Equal(PySignFailure.MissingFile, gone.Reason);
            Assert.Contains(wheel.FullPath, gone.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Files_of_one_name_from_two_folders_are_two_copies()
    {
        var (one, two) = (_folder.Write("a/a.sig", "one"), _folder.Write("b/a.sig", "two"));
        using var copies = new PrivateCopies(new KnownDigests());
        Assert.Equal(["one", "two"], new[] { copies.Of(one), copies.Of(two) }.Select(copy => File.ReadAllText(copy.FullPath)));
    }
}

using Cake.PySign.Common;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Recipe;

public sealed class DistFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DistFolder _dist;

    public DistFolderTests()
    {
        _dist = new DistFolder(_folder.Folder("dist"));
        SampleLedger.WriteFiles(_folder, SampleLedger.Signed());
        _dist.Store.Write(SampleLedger.Signed());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_the_ledger_says_is_accepted_with_its_signatures()
    {
        Assert.Equal(2, _dist.ReadChecked().Files.Count);
        Assert.Equal(2, _dist.ReadSigned().Files.Count);
        Assert.All(SampleLedger.Signed().Files.SelectMany(file => file.Signature!.Files), part => Assert.True(_dist.Holds(part)));
    }

    [Fact]
    public void A_changed_byte_is_refused_with_both_digests()
    {
        var expected = SampleLedger.Signed().Files[0].Sha256;
        _folder.Write($"dist/{SampleLedger.Wheel}", "content oF " + SampleLedger.Wheel);
        var e = Refused(PySignFailure.DigestMismatch);
        Assert.Contains(
            $"{SampleLedger.Wheel}' is not the file that an earlier stage left: expected SHA-256 {expected}, found ",
            e.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(FileDigest.Of(_dist.File(SampleLedger.Wheel)), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_who_sign_in_one_folder_the_second_is_told_to_wait_and_leaves_no_trace()
    {
        var before = _folder.Snapshot();
        using (_dist.Hold())
        {
            Assert.Equal(PySignFailure.Conflict, Assert.Throws<PySignException>(_dist.Hold).Reason);
        }

        _dist.Hold().Dispose();
        Assert.Equal(before, _folder.Snapshot());

        // A process that was killed leaves the file, and nobody holds it.
        _folder.Write("dist/pysign.json.lock", "");
        _dist.Hold().Dispose();
        Assert.Equal(before, _folder.Snapshot());
    }

    [Fact]
    public void A_missing_file_is_refused()
    {
        File.Delete(_dist.File(SampleLedger.Sdist).FullPath);
        Assert.Contains(
            $"{SampleLedger.Sdist}' is in the ledger and not on disk",
            Refused(PySignFailure.MissingFile).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("hello_pysign-1.0.0-py2-none-any.whl")]
    [InlineData("hello_pysign-0.9.0.tar.gz")]
    [InlineData("hello_pysign-0.9.0.ZIP")]
    public void A_distribution_that_this_release_did_not_build_is_refused(string name)
    {
        _folder.Write($"dist/{name}", "x");
        Assert.Contains(
            $"holds {name}, which the ledger does not name",
            Refused(PySignFailure.DigestMismatch).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_changed_bundle_is_refused_where_signatures_are_needed()
    {
        _folder.Write($"dist/{SampleLedger.Wheel}.sigstore.json", "{}");
        Assert.Equal(2, _dist.ReadChecked().Files.Count);
        var e = Assert.Throws<PySignException>(() => _dist.ReadSigned());
        Assert.Equal(PySignFailure.DigestMismatch, e.Reason);
        Assert.Contains(
            $"{SampleLedger.Wheel}.sigstore.json' is not the file that an earlier stage left",
            e.Message,
            StringComparison.Ordinal
        );
        Assert.False(_dist.Holds(SampleLedger.Signed().Files[0].Signature!.Files[0]));
    }

    [Fact]
    public void A_missing_bundle_and_a_missing_signature_are_told_apart()
    {
        File.Delete(_dist.File(SampleLedger.Sdist + ".sigstore.json").FullPath);
        var e = Assert.Throws<PySignException>(() => _dist.ReadSigned());
        Assert.Contains($"{SampleLedger.Sdist}.sigstore.json' is in the ledger and not on disk", e.Message, StringComparison.Ordinal);
        _dist.Store.Write(SampleLedger.Unsigned());
        e = Assert.Throws<PySignException>(() => _dist.ReadSigned());
        Assert.Contains($"'{SampleLedger.Wheel}' has not been signed", e.Message, StringComparison.Ordinal);
        Assert.Contains("PySign-Sign", e.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void The_statement_must_be_there_and_be_the_one_that_was_signed()
    {
        _folder.Write($"dist/{SampleLedger.Statement}", "{}");
        Assert.Contains(
            $"{SampleLedger.Statement}' is not the file that an earlier stage left",
            Assert.Throws<PySignException>(() => _dist.ReadSigned()).Message,
            StringComparison.Ordinal
        );
        File.Delete(_dist.File(SampleLedger.Statement).FullPath);
        Assert.Contains(
            $"{SampleLedger.Statement}' is in the ledger and not on disk",
            Assert.Throws<PySignException>(() => _dist.ReadSigned()).Message,
            StringComparison.Ordinal
        );

        // As a run leaves it that ended between the last signature and the statement.
        _dist.Store.Write(SampleLedger.Signed() with { Statement = null });
        var e = Assert.Throws<PySignException>(() => _dist.ReadSigned());
        Assert.Contains("Which files the release consists of has not been signed", e.Message, StringComparison.Ordinal);
        Assert.Contains("PySign-Sign", e.Advice, StringComparison.Ordinal);
        Assert.Equal(2, _dist.ReadSignedFiles().Files.Count);
    }

    private PySignException Refused(PySignFailure reason)
    {
        var e = Assert.Throws<PySignException>(() => _dist.ReadChecked());
        Assert.Equal(reason, e.Reason);
        Assert.Equal(e.Message, Assert.Throws<PySignException>(() => _dist.ReadSigned()).Message);
        return e;
    }
}

using System.Security.Cryptography;
using PySign.Formats;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>An artifact's digests, from every source that it can come from.</summary>
public sealed class ArtifactTests : IDisposable
{
    // Longer than the buffer, so that a file and a stream are read in several pieces.
    private static readonly byte[] _content = [.. Enumerable.Range(0, (300 << 10) + 7).Select(static i => (byte)(i * 31))];
    private static readonly Sha256Digest _digest = Sha256Digest.Of(_content);
    private static readonly byte[] _prefix = [1, 2, 3];

    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public ArtifactTests() => File.WriteAllBytes(_path, _content);

    public void Dispose() => File.Delete(_path);

    public static TheoryData<string, string, bool> Sources()
    {
        var rows = new TheoryData<string, string, bool>();
        foreach (var source in (string[])["bytes", "file", "stream", "file with digest"])
        {
            foreach (var hash in (string[])["SHA256", "SHA384", "SHA512"])
            {
                rows.Add(source, hash, false);
                rows.Add(source, hash, true);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Every_source_has_the_digests_of_its_bytes(string source, string hash, bool prefixed)
    {
        using var stream = new MemoryStream(_content);
        var artifact = source switch
        {
            "bytes" => Artifact.FromBytes(_content),
            "file" => Artifact.FromFile(_path),
            "stream" => Artifact.FromStream(stream),
            _ => Artifact.FromFile(_path, _digest),
        };
        var name = new HashAlgorithmName(hash);
        var digests = artifact.Compute(name, prefixed ? _prefix : default, CancellationToken.None);
        Assert.Equal(_digest.ToBytes(), digests.Sha256);
        Assert.Equal(CryptographicOperations.HashData(name, _content), digests.Signed);
        Assert.Equal(prefixed ? SHA512.HashData([.. _prefix, .. _content]) : [], digests.Challenge);
        Assert.Equal(_digest.ToBytes(), artifact.Sha256());
        Assert.False(artifact.IsDigestOnly);
    }

    [Fact]
    public void A_stream_is_read_from_where_it_stands_and_left_open()
    {
        using var stream = new MemoryStream(_content) { Position = 5 };
        Assert.Equal(SHA256.HashData(_content.AsSpan(5)), Artifact.FromStream(stream).Sha256());
        Assert.Equal(_content.Length, stream.Position);
        Assert.True(stream.CanRead);
    }

    [Fact]
    public void A_stream_that_was_read_has_its_sha256_and_nothing_else()
    {
        using var stream = new MemoryStream(_content);
        var artifact = Artifact.FromStream(stream);
        artifact.Compute(HashAlgorithmName.SHA384, default, CancellationToken.None);
        Assert.Equal(_digest.ToBytes(), artifact.Sha256());
        Assert.Equal(VerificationFailure.ArtifactBytesNeeded, Refusal(artifact, HashAlgorithmName.SHA512, default, "stream"));
        Assert.Equal(VerificationFailure.ArtifactBytesNeeded, Refusal(artifact, HashAlgorithmName.SHA256, _prefix, "stream"));
    }

    [Fact]
    public void A_digest_alone_answers_for_sha256_and_for_nothing_else()
    {
        var artifact = Artifact.FromSha256(_digest);
        Assert.True(artifact.IsDigestOnly);
        Assert.Equal(_digest.ToBytes(), artifact.Sha256());
        Assert.Equal(VerificationFailure.ArtifactBytesNeeded, Refusal(artifact, HashAlgorithmName.SHA384, default, "digest alone"));
        Assert.Equal(VerificationFailure.ArtifactBytesNeeded, Refusal(artifact, HashAlgorithmName.SHA256, _prefix, "digest alone"));
    }

    [Fact]
    public void A_file_is_read_again_each_time_unless_its_digest_was_given()
    {
        var read = Artifact.FromFile(_path);
        var given = Artifact.FromFile(_path, _digest);
        Assert.Equal(_digest.ToBytes(), read.Sha256());
        File.WriteAllText(_path, "another");
        Assert.Equal(SHA256.HashData("another"u8), read.Sha256());
        Assert.Equal(_digest.ToBytes(), given.Sha256());
        Assert.Equal(SHA512.HashData("another"u8), given.Compute(HashAlgorithmName.SHA512, default, CancellationToken.None).Signed);
        File.Delete(_path);
        Assert.Equal(VerificationFailure.ArtifactUnreadable, Refusal(read, HashAlgorithmName.SHA256, default));
        Assert.Equal(VerificationFailure.ArtifactUnreadable, Refusal(given, HashAlgorithmName.SHA512, default));
        Assert.Equal(VerificationFailure.ArtifactUnreadable, Refusal(given, HashAlgorithmName.SHA256, _prefix));
    }

    [Fact]
    public void A_folder_cannot_be_read_as_an_artifact() =>
        Assert.Equal(
            VerificationFailure.ArtifactUnreadable,
            Refusal(Artifact.FromFile(Path.GetTempPath().TrimEnd(Path.DirectorySeparatorChar)), HashAlgorithmName.SHA256, default)
        );

    [Fact]
    public void Digests_from_an_earlier_reading_answer_for_their_two_hashes()
    {
        var earlier = Artifact.FromBytes(_content).Compute(HashAlgorithmName.SHA512, default, CancellationToken.None);
        var artifact = Artifact.FromDigests("a", HashAlgorithmName.SHA512, earlier);
        Assert.Equal(_digest.ToBytes(), artifact.Sha256());
        var again = artifact.Compute(HashAlgorithmName.SHA512, default, CancellationToken.None);
        Assert.Equal(earlier.Sha256, again.Sha256);
        Assert.Equal(earlier.Signed, again.Signed);
        Assert.Empty(again.Challenge);
        Assert.Equal(VerificationFailure.ArtifactBytesNeeded, Refusal(artifact, HashAlgorithmName.SHA384, default));
        Assert.Equal(VerificationFailure.ArtifactBytesNeeded, Refusal(artifact, HashAlgorithmName.SHA512, _prefix));
        Assert.True(artifact.IsDigestOnly);
    }

    [Fact]
    public void Reading_stops_when_it_is_told_to()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => Artifact.FromFile(_path).Sha256(cancelled.Token));
    }

    [Fact]
    public void Messages_call_an_artifact_by_its_file_or_its_kind()
    {
        Assert.Equal(Path.GetFileName(_path), Artifact.FromFile(_path).Name);
        Assert.Equal("bytes", Artifact.FromBytes(_content).Name);
        Assert.Equal("stream", Artifact.FromStream(Stream.Null).Name);
        Assert.Equal("sha256:" + _digest.Hex, Artifact.FromSha256(_digest).Name);
    }

    [Fact]
    public void An_artifact_of_nothing_is_not_made()
    {
        Assert.Throws<ArgumentException>(() => Artifact.FromFile(""));
        Assert.Throws<ArgumentNullException>(() => Artifact.FromFile(_path, null!));
        Assert.Throws<ArgumentNullException>(() => Artifact.FromStream(null!));
        Assert.Throws<ArgumentNullException>(() => Artifact.FromSha256(null!));
        Assert.Throws<ArgumentNullException>(() => Artifact.FromFirstSubject(null!));
    }

    private static VerificationFailure Refusal(Artifact artifact, HashAlgorithmName hash, byte[]? prefix, string found = "")
    {
        var refused = Assert.Throws<VerificationException>(() =>
            artifact.Compute(hash, prefix ?? default(ReadOnlyMemory<byte>), CancellationToken.None)
        );
        Assert.Contains(found, refused.Actual, StringComparison.Ordinal);
        return Spoken.AssertWhole(refused).Reason;
    }
}

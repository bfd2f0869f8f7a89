using System.Buffers.Binary;
using System.IO.Compression;
using PySign.Packaging.Acceptance;

namespace PySign.Packaging.Tests.Acceptance;

/// <summary>Zip files that two readers could understand differently, or that PyPI does not take; each is one change away from a good
/// one.</summary>
public sealed class ZipStructureTests
{
    private static readonly byte[] _good = MadeDistribution.ZipBytes();

    [Fact]
    public void What_NET_writes_to_a_file_is_taken() => Assert.Null(Problem(_good));

    [Fact]
    public void What_NET_writes_after_an_update_is_taken()
    {
        using var stream = new MemoryStream();
        stream.Write(_good);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            using var writer = new StreamWriter(zip.CreateEntry("demo_pkg/größe.py").Open());
            writer.Write("x = 1");
        }

        Assert.Null(Problem(stream.ToArray()));
    }

    [Fact]
    public void What_is_written_to_a_stream_that_cannot_go_back_is_refused()
    {
        using var stream = new MemoryStream();
        using (var forward = new ForwardStream(stream))
        using (var zip = new ZipArchive(forward, ZipArchiveMode.Create))
        {
            using var writer = new StreamWriter(zip.CreateEntry("a").Open());
            writer.Write("x");
        }

        Assert.Contains("data descriptor", Problem(stream.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Something_before_between_or_behind_is_refused()
    {
        Assert.Contains("before the first", Problem([.. "#!/bin/sh\n"u8, .. _good]), StringComparison.Ordinal);
        Assert.Contains("behind its end", Problem([.. _good, 0]), StringComparison.Ordinal);
        var directory = Find(_good, 0x02014b50);
        Assert.Contains(
            "between its records",
            Problem([.. _good[..directory], 1, 2, 3, 4, .. _good[directory..]]),
            StringComparison.Ordinal
        );
        Assert.Contains("middle of a record", Problem(_good[..^5]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x04034b50, 8, (ushort)12, "method 12")]
    [InlineData(0x04034b50, 30, (ushort)0x0101, "not a name")]
    [InlineData(0x02014b50, 20, (ushort)9, "do not agree")]
    [InlineData(0x02014b50, 46, (ushort)0x7a7a, "not in the file")]
    [InlineData(0x06054b50, 10, (ushort)9, "as many entries")]
    [InlineData(0x06054b50, 16, (ushort)1, "not where its end says")]
    public void A_changed_record_is_refused(int signature, int offset, ushort value, string expected)
    {
        var bytes = _good.ToArray();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(Find(bytes, signature) + offset), value);
        Assert.Contains(expected, Problem(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_stands_twice_is_refused()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry("a");
            zip.CreateEntry("a");
        }

        Assert.Contains("appears twice", Problem(stream.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void No_change_of_one_byte_makes_it_crash()
    {
        for (var at = 0; at < _good.Length; at++)
        {
            var bytes = _good.ToArray();
            bytes[at] ^= 0xff;
            Problem(bytes);
        }
    }

    private static string? Problem(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return ZipStructure.Problem(stream);
    }

    private static int Find(byte[] bytes, int signature)
    {
        Span<byte> wanted = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(wanted, signature);
        return bytes.AsSpan().IndexOf(wanted);
    }

    private sealed class ForwardStream(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}

using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using PySign.Formats;

namespace PySign.Packaging.Distributions;

/// <summary>
/// A file that an archive's reader moves about in, hashed in the order of its bytes while the reader goes through it. What the reader
/// leaves out is read where it is small, and else at the end; what it looks at before its turn comes, as the directory at the end of a zip
/// file, is read again then.
/// </summary>
internal sealed class HashedReading(FileStream file, Stream? copyTo) : Stream
{
    // Between two members stand a name and an extra field; what is larger was passed over and may be come back to.
    private const int MaxGap = 1 << 16;
    private const int BlockBytes = 1 << 17;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[]? _block;
    private long _hashed;
    private Exception? _notWritten;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var wanted = file.Position;
        if (wanted > _hashed && wanted - _hashed <= MaxGap)
        {
            HashTo(wanted);
            file.Position = wanted;
        }

        var read = file.Read(buffer);
        var known = _hashed - wanted;
        if (known >= 0 && known < read)
            Take(buffer[(int)known..read]);
        return read;
    }

    /// <summary>Reads what is left of the file.</summary>
    /// <returns>The SHA-256 of all of it.</returns>
    /// <exception cref="IOException">It cannot be read. What the copy's stream threw is thrown as it was.</exception>
    public Sha256Digest Finish()
    {
        HashTo(long.MaxValue);
        if (_notWritten is not null)
            ExceptionDispatchInfo.Throw(_notWritten);
        return Sha256Digest.FromBytes(_hash.GetHashAndReset());
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }

    private void HashTo(long end)
    {
        _block ??= new byte[BlockBytes];
        file.Position = _hashed;
        while (_hashed < end)
        {
            var read = file.Read(_block, 0, (int)Math.Min(_block.Length, end - _hashed));
            if (read == 0)
                return;
            Take(_block.AsSpan(0, read));
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _hashed += bytes.Length;
        if (copyTo is null || _notWritten is not null)
            return;
        try
        {
            copyTo.Write(bytes);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Thrown into the archive's reader, it would be said of the archive.
            _notWritten = e;
        }
    }
}

namespace PySign.Packaging.Distributions;

/// <summary>A read-only stream that reports after every read how many bytes have come out of it, so that a bomb is stopped while it
/// unpacks.</summary>
/// <param name="inner">Where the bytes come from.</param>
/// <param name="check">Gets how many there were so far.</param>
/// <param name="checkWanted">Gets how many are wanted at once, before any is read for it.</param>
internal sealed class BoundedStream(Stream inner, Action<long> check, Action<int>? checkWanted = null) : Stream
{
    private long _total;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _total;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        checkWanted?.Invoke(buffer.Length);
        var read = inner.Read(buffer);
        _total += read;
        check(_total);
        return read;
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

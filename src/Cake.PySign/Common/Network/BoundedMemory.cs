namespace Cake.PySign.Common.Network;

/// <summary>What a small download of a registry is kept in: bounded, and empty again for every attempt.</summary>
/// <param name="limit">Its bytes at most.</param>
/// <param name="name">What is downloaded, for messages.</param>
internal sealed class BoundedMemory(int limit, string name) : IDisposable
{
    private readonly MemoryStream _content = new();

    /// <summary>A stream to write to; what an earlier attempt wrote is gone.</summary>
    public Stream Open()
    {
        _content.SetLength(0);
        return new View(this);
    }

    public byte[] ToArray() => _content.ToArray();

    public void Dispose() => _content.Dispose();

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (_content.Length + bytes.Length > limit)
        {
            throw new PySignException(PySignFailure.TooLarge, $"'{name}' of the registry has more than {limit} bytes.");
        }

        _content.Write(bytes);
    }

    /// <summary>Closing it leaves the content.</summary>
    private sealed class View(BoundedMemory memory) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => memory._content.Length;

        public override long Position
        {
            get => memory._content.Position;
            set => throw new NotSupportedException();
        }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => memory.Write(buffer.AsSpan(offset, count));
    }
}

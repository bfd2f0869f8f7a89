namespace Cake.PySign.Common.Network;

/// <summary>A bound of what several downloads write together; an attempt that is made again counts again.</summary>
/// <param name="limit">Bytes.</param>
/// <param name="what">What is downloaded, for the message.</param>
internal sealed class TotalBound(long limit, string what)
{
    private long _written;

    /// <summary>What is bounded, for a person.</summary>
    public string What => what;

    /// <summary>A stream whose bytes count; it owns <paramref name="target"/>.</summary>
    public Stream Counted(Stream target) => new Counting(this, target);

    private void Count(int bytes)
    {
        if (Interlocked.Add(ref _written, bytes) > limit)
        {
            throw new PySignException(
                PySignFailure.TooLarge,
                $"The files of {what} have more than {limit} bytes together.",
                "If the release is that large, set Limits.MaxTotalBytes."
            );
        }
    }

    private sealed class Counting(TotalBound bound, Stream target) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => target.Length;

        public override long Position
        {
            get => target.Position;
            set => throw new NotSupportedException();
        }

        public override void Flush() => target.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => target.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            bound.Count(count);
            target.Write(buffer, offset, count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            bound.Count(buffer.Length);
            return target.WriteAsync(buffer, cancellationToken);
        }

        public override async ValueTask DisposeAsync()
        {
            await target.DisposeAsync().ConfigureAwait(false);
            await base.DisposeAsync().ConfigureAwait(false);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                target.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}

using System.Security.Cryptography;
using PySign.Formats;
using PySign.Http;

namespace Cake.PySign.Common.Network;

/// <summary>
/// A file on its way out, hashed as it is sent. Its last bytes are held back until all of it is known to be what was checked: of a file
/// that was exchanged meanwhile no server gets the length that it was told to expect, and so it keeps nothing.
/// </summary>
internal sealed class CheckedUpload(Stream file, HashedFile expected, long length) : Stream
{
    private readonly long _length = length;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _left = length;
    private bool _checked;

    /// <summary>Refuses a file of another size before anything is sent: one of no bytes would be sent whole without being
    /// read.</summary>
    /// <exception cref="PySignException">It has another size, or cannot be read.</exception>
    public static void RequireSize(HashedFile expected, long length)
    {
        try
        {
            var found = new FileInfo(expected.Path.FullPath).Length;
            if (found != length)
            {
                throw Other(expected, $"expected {length} bytes with SHA-256 {expected.Sha256}, found {found} bytes. It was not sent.");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw KnownDigests.Unreadable(expected.Path.FullPath, e);
        }
    }

    /// <summary>Opens a file to be sent.</summary>
    /// <exception cref="PySignException">It cannot be read.</exception>
    public static CheckedUpload Open(HashedFile expected, long length)
    {
        try
        {
            return new CheckedUpload(RequestBody.File(expected.Path.FullPath).Open(), expected, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw KnownDigests.Unreadable(expected.Path.FullPath, e);
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _length - _left;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var block = buffer[..(int)Math.Min(buffer.Length, _left)];
        return Check(block[..file.Read(block)], buffer.Length);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var block = buffer[..(int)Math.Min(buffer.Length, _left)];
        var read = await file.ReadAsync(block, cancellationToken).ConfigureAwait(false);
        return Check(block.Span[..read], buffer.Length);
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await file.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Check(ReadOnlySpan<byte> block, int wanted)
    {
        _hash.AppendData(block);
        _left -= block.Length;
        if (!_checked && wanted > 0 && (_left == 0 || block.IsEmpty))
        {
            _checked = true;
            var found = Sha256Digest.FromBytes(_hash.GetHashAndReset());
            if (_left > 0 || found != expected.Sha256)
            {
                throw Other(
                    expected,
                    $"expected SHA-256 {expected.Sha256}, found {found}. It was not sent whole, and no registry keeps it."
                );
            }
        }

        return block.Length;
    }

    private static PySignException Other(HashedFile expected, string how) =>
        new(
            PySignFailure.DigestMismatch,
            $"'{expected.Path}' is not what was checked: {how}",
            "Somebody writes to the folder of the release. Find out who; then build again."
        );
}

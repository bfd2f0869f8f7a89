using Cake.Core.IO;
using Cake.PySign.Common;

namespace Cake.PySign.Publish;

/// <summary>A copy that is being written. What goes wrong with it is said of the copy, and never of the file that is read for it.</summary>
internal sealed class CopyStream : Stream
{
    private const int BufferBytes = 1 << 16;

    private readonly string _path;
    private readonly FileStream _file;

    private CopyStream(string path)
    {
        _path = path;
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="PySignException"><see cref="PySignFailure.OutputUnwritable"/>, as from everything that writes to it.</exception>
    public static CopyStream Create(FilePath path)
    {
        try
        {
            return new CopyStream(path.FullPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Unwritable(path.FullPath, e);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _file.Write(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Unwritable(_path, e);
        }
    }

    public override void Flush()
    {
        try
        {
            _file.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Unwritable(_path, e);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            try
            {
                _file.Dispose();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // What was flushed is whole; of what was not, the writer has been told why.
            }
        }

        base.Dispose(disposing);
    }
}

using System.Buffers.Binary;
using System.Text;

namespace PySign.Packaging.Acceptance;

/// <summary>
/// Reads a zip file front to back, as PyPI does since 2025, and compares it with its directory (APPNOTE 4.3): an archive that two readers
/// could understand differently is refused, and with it what a program writes to a stream that cannot go back.
/// </summary>
internal sealed class ZipStructure
{
    private const uint LocalHeader = 0x04034b50;
    private const uint CentralHeader = 0x02014b50;
    private const uint Zip64End = 0x06064b50;
    private const uint Zip64Locator = 0x07064b50;
    private const uint End = 0x06054b50;

    // General purpose bit 3: sizes stand behind the data.
    private const int DataDescriptor = 1 << 3;

    // What a Zip64 end record has without an extensible data sector, counted behind its own length.
    private const ulong Zip64EndLength = 44;

    private static readonly int[] _onceOnly = [0x0001, 0x7075];

    private readonly Stream _stream;
    private readonly Dictionary<string, (uint Packed, uint Size)> _local = new(StringComparer.Ordinal);
    private readonly HashSet<string> _central = new(StringComparer.Ordinal);
    private long _directoryAt = -1;
    private long _directoryEnd;
    private bool _isZip64;

    private ZipStructure(Stream stream) => _stream = stream;

    /// <summary>Why PyPI refuses the file; null when it does not.</summary>
    public static string? Problem(Stream stream)
    {
        try
        {
            return new ZipStructure(stream).Read();
        }
        catch (EndOfStreamException)
        {
            return "it ends in the middle of a record";
        }
        catch (DecoderFallbackException)
        {
            return "a name in it is not UTF-8";
        }
    }

    private string? Read()
    {
        while (true)
        {
            var start = _stream.Position;
            switch (BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))
            {
                case LocalHeader:
                    if (ReadLocal() is { } local)
                        return local;
                    break;
                case CentralHeader:
                    _directoryAt = _directoryAt < 0 ? start : _directoryAt;
                    if (ReadCentral() is { } central)
                        return central;
                    _directoryEnd = _stream.Position;
                    break;
                case Zip64End:
                    _isZip64 = true;
                    var length = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                    if (length != Zip64EndLength)
                        return "it has an extensible data sector of Zip64";
                    Take((int)length);
                    break;
                case Zip64Locator:
                    Take(16);
                    break;
                case End:
                    return ReadEnd();
                default:
                    return "there is something between its records, or before the first";
            }
        }
    }

    private string? ReadLocal()
    {
        if (_central.Count > 0)
            return "a file follows the directory";
        var header = Take(26).AsSpan();
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(header[2..]);
        var method = BinaryPrimitives.ReadUInt16LittleEndian(header[4..]);
        var packed = BinaryPrimitives.ReadUInt32LittleEndian(header[14..]);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(header[18..]);
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[22..]);
        var extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header[24..]);
        var name = Name(Take(nameLength));
        var extra = Take(extraLength);
        if ((flags & DataDescriptor) != 0)
            return $"{name} has a data descriptor: the archive was written to a stream that cannot go back";
        if (method is not (0 or 8))
            return $"{name} is compressed by method {method}; only stored and deflated are taken";
        if (IsBad(name))
            return $"'{name}' is not a name for a file";
        if (!_local.TryAdd(name, (packed, size)))
            return $"{name} appears twice";
        if (Extra(extra, out var zip64) is { } problem)
            return $"{name}: {problem}";

        // 4.5.3: with both sizes at their maximum, the extra field holds the unpacked size and then the packed one.
        var length =
            packed != uint.MaxValue ? packed
            : zip64 is { Length: >= 16 } ? BinaryPrimitives.ReadUInt64LittleEndian(zip64.AsSpan(8))
            : 0;
        if (length > (ulong)(_stream.Length - _stream.Position))
            return $"{name} is longer than the file";
        _stream.Position += (long)length;
        return null;
    }

    private string? ReadCentral()
    {
        var header = Take(42).AsSpan();
        var packed = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[24..]);
        var extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]);
        var commentLength = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        var name = Name(Take(nameLength));
        Take(extraLength);
        Take(commentLength);
        return commentLength > 0 ? $"{name} has a comment in the directory"
            : !_central.Add(name) ? $"{name} appears twice in the directory"
            : !_local.TryGetValue(name, out var local) ? $"{name} is in the directory and not in the file"
            : local != (packed, size) && packed != uint.MaxValue && local.Packed != uint.MaxValue ? $"the sizes of {name} do not agree"
            : null;
    }

    private string? ReadEnd()
    {
        var record = Take(18).AsSpan();
        var entries = BinaryPrimitives.ReadUInt16LittleEndian(record[6..]);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(record[8..]);
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        Take(BinaryPrimitives.ReadUInt16LittleEndian(record[16..]));
        if (_stream.Position != _stream.Length)
            return "there is something behind its end";
        if (_local.Keys.FirstOrDefault(name => !_central.Contains(name)) is { } missing)
            return $"{missing} is in the file and not in the directory";
        if (entries != (_isZip64 && entries == ushort.MaxValue ? ushort.MaxValue : _central.Count))
            return "the directory does not have as many entries as its end says";
        var at = Math.Max(_directoryAt, 0);
        return _isZip64 || _central.Count == 0 || (offset == at && size == _directoryEnd - at)
            ? null
            : "the directory is not where its end says";
    }

    private static string? Extra(byte[] extra, out byte[]? zip64)
    {
        zip64 = null;
        var seen = new HashSet<int>();
        for (var at = 0; at + 4 <= extra.Length; )
        {
            var id = BinaryPrimitives.ReadUInt16LittleEndian(extra.AsSpan(at));
            var length = BinaryPrimitives.ReadUInt16LittleEndian(extra.AsSpan(at + 2));
            if (at + 4 + length > extra.Length)
                return "its extra field ends too early";
            if (!seen.Add(id) && _onceOnly.Contains(id))
                return "its extra field holds the same block twice";
            if (id == 1)
                zip64 = extra[(at + 4)..(at + 4 + length)];
            at += 4 + length;
        }

        return null;
    }

    private static bool IsBad(string name) => name.Length == 0 || name.Any(c => c is '\0' or '\\' || char.IsControl(c));

    private static string Name(byte[] bytes) => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);

    private byte[] Take(int count)
    {
        var bytes = new byte[count];
        _stream.ReadExactly(bytes);
        return bytes;
    }
}

using System.Buffers.Binary;

namespace PySign.Packaging.Distributions;

/// <summary>
/// Looks at a zip file's directory before a reader does, which takes all of it into memory first: a gigabyte can hold twenty million
/// entries, or little but their names.
/// </summary>
internal static class ZipDirectory
{
    // Central directory header, APPNOTE 4.3.12: signature, then the lengths of name, extra field and comment at 28.
    private const int HeaderLength = 46;
    private const int LengthsAt = 28;

    // End of central directory record, APPNOTE 4.3.16: signature, disks at 4, numbers of entries at 8 and
    // 10, the directory's size at 12 and offset at 16, the comment's length at 20.
    private const int EndLength = 22;

    private static ReadOnlySpan<byte> EndSignature => [(byte)'P', (byte)'K', 5, 6];

    private static ReadOnlySpan<byte> Signature => [(byte)'P', (byte)'K', 1, 2];

    /// <summary>
    /// Counts every header that could be one, wherever it stands: which of them are the directory is a question that readers answer
    /// differently. A file that ends with the end of its directory leaves no question: our reader begins where that says, and reads on
    /// from there, so that the members in front of it need not be looked through.
    /// </summary>
    /// <exception cref="PackagingException">There are more, or longer ones, than a distribution has.</exception>
    public static void Check(Stream stream, DistributionFileName file)
    {
        var buffer = new byte[1 << 16];
        var (kept, entries, named) = (0, 0, 0L);
        stream.Position = Start(stream);
        int read;
        while ((read = stream.Read(buffer, kept, buffer.Length - kept)) > 0)
        {
            var bytes = buffer.AsSpan(0, kept + read);
            var at = 0;
            int next;
            while ((next = bytes[at..].IndexOf(Signature)) >= 0 && at + next + HeaderLength <= bytes.Length)
            {
                var lengths = bytes.Slice(at + next + LengthsAt, 6);
                ArchiveBounds.CheckCount(file, ++entries);
                named +=
                    BinaryPrimitives.ReadUInt16LittleEndian(lengths)
                    + BinaryPrimitives.ReadUInt16LittleEndian(lengths[2..])
                    + BinaryPrimitives.ReadUInt16LittleEndian(lengths[4..]);
                if (named > ArchiveBounds.MaxDirectoryBytes)
                    throw ArchiveBounds.TooLarge(file, $"names and comments of at most {ArchiveBounds.MaxDirectoryBytes} bytes");
                at += next + Signature.Length;
            }

            // A header may go on in the next block.
            var rest = bytes[(next >= 0 ? at + next : Math.Max(at, bytes.Length - Signature.Length + 1))..];
            rest.CopyTo(buffer);
            kept = rest.Length;
        }

        stream.Position = 0;
    }

    private static long Start(Stream stream)
    {
        if (stream.Length < EndLength)
        {
            return 0;
        }

        Span<byte> end = stackalloc byte[EndLength];
        stream.Position = stream.Length - EndLength;
        stream.ReadExactly(end);
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        var isPlain =
            end.StartsWith(EndSignature)
            && BinaryPrimitives.ReadUInt32LittleEndian(end[4..]) == 0
            && BinaryPrimitives.ReadUInt16LittleEndian(end[8..]) != ushort.MaxValue
            && BinaryPrimitives.ReadUInt16LittleEndian(end[10..]) != ushort.MaxValue
            && BinaryPrimitives.ReadUInt32LittleEndian(end[12..]) != uint.MaxValue
            && BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) == 0
            && offset < stream.Length;

        // A field of all ones has its value elsewhere (zip64): then everything is looked through.
        return isPlain ? offset : 0;
    }
}

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

    private static ReadOnlySpan<byte> Signature => [(byte)'P', (byte)'K', 1, 2];

    /// <summary>
    /// Counts every header that could be one, wherever it stands: which of them are the directory is a question that readers answer
    /// differently.
    /// </summary>
    /// <exception cref="PackagingException">There are more, or longer ones, than a distribution has.</exception>
    public static void Check(Stream stream, DistributionFileName file)
    {
        var buffer = new byte[1 << 16];
        var (kept, entries, named) = (0, 0, 0L);
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
}

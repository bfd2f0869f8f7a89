using System.Formats.Tar;
using System.Globalization;
using System.Text;

namespace PySign.Packaging.Distributions;

/// <summary>
/// Writes POSIX.1-2001 (pax) archives, the form PEP 625 asks for. The framework's writer names its extended headers after the writing
/// process, so two runs of it never give the same bytes.
/// </summary>
internal sealed class PlainTarWriter(Stream output, long unixTime)
{
    private const int BlockSize = 512;
    private const int NameBytes = 100;
    private const long LargestOctalSize = 0x1_FFFF_FFFF;

    public void Write(PlainTarEntry entry, Stream contents)
    {
        var extended = new StringBuilder();
        if (!FitsHeader(entry.Name))
        {
            AddRecord(extended, "path", entry.Name);
        }

        if (!FitsHeader(entry.Link))
        {
            AddRecord(extended, "linkpath", entry.Link);
        }

        if (entry.Size > LargestOctalSize)
        {
            AddRecord(extended, "size", entry.Size.ToString(CultureInfo.InvariantCulture));
        }

        if (extended.Length > 0)
        {
            var records = Encoding.UTF8.GetBytes(extended.ToString());
            WriteHeader("PaxHeaders/entry", (byte)'x', 0x1A4, "", records.Length);
            output.Write(records);
            Pad(records.Length);
        }

        WriteHeader(entry.Name, (byte)entry.Kind, (int)entry.Mode, entry.Link, Math.Min(entry.Size, LargestOctalSize));
        CopyExactly(contents, entry.Size);
        Pad(entry.Size);
    }

    /// <summary>Two empty blocks end an archive.</summary>
    public void Finish() => output.Write(new byte[2 * BlockSize]);

    private static bool FitsHeader(string text) => Encoding.UTF8.GetByteCount(text) <= NameBytes && Ascii.IsValid(text);

    /// <summary>A record carries its own length, the digits of that length included.</summary>
    private static void AddRecord(StringBuilder records, string key, string value)
    {
        var rest = Encoding.UTF8.GetByteCount($" {key}={value}\n");
        var length = rest + 1;
        while (length != rest + length.ToString(CultureInfo.InvariantCulture).Length)
        {
            length = rest + length.ToString(CultureInfo.InvariantCulture).Length;
        }

        records.Append(CultureInfo.InvariantCulture, $"{length} {key}={value}\n");
    }

    private void WriteHeader(string name, byte kind, int mode, string link, long size)
    {
        Span<byte> block = stackalloc byte[BlockSize];
        block.Clear();
        PutText(block[..NameBytes], name);
        PutOctal(block.Slice(100, 8), mode);
        PutOctal(block.Slice(108, 8), 0);
        PutOctal(block.Slice(116, 8), 0);
        PutOctal(block.Slice(124, 12), size);
        PutOctal(block.Slice(136, 12), unixTime);
        block.Slice(148, 8).Fill((byte)' ');
        block[156] = kind;
        PutText(block.Slice(157, NameBytes), link);
        "ustar\0"u8.CopyTo(block[257..]);
        "00"u8.CopyTo(block[263..]);

        var sum = 0;
        foreach (var value in block)
        {
            sum += value;
        }

        PutOctal(block.Slice(148, 7), sum);
        output.Write(block);
    }

    /// <summary>What does not fit stands in the extended header; here it is cut, with a question mark for what is not ASCII.</summary>
    private static void PutText(Span<byte> field, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, field.Length)).CopyTo(field);
    }

    private static void PutOctal(Span<byte> field, long value)
    {
        var digits = Convert.ToString(value, 8).PadLeft(field.Length - 1, '0');
        Encoding.ASCII.GetBytes(digits, field);
        field[^1] = 0;
    }

    private void CopyExactly(Stream contents, long size)
    {
        var buffer = new byte[81920];
        while (size > 0)
        {
            var read = contents.Read(buffer, 0, (int)Math.Min(buffer.Length, size));
            if (read == 0)
            {
                throw new EndOfStreamException("The collected contents end early.");
            }

            output.Write(buffer, 0, read);
            size -= read;
        }
    }

    private void Pad(long size)
    {
        var rest = (int)(size % BlockSize);
        if (rest > 0)
        {
            output.Write(new byte[BlockSize - rest]);
        }
    }
}

/// <summary>An entry with nothing in it that depends on who built the archive, or when.</summary>
/// <param name="Name">The path inside the archive; a folder's ends with a slash.</param>
/// <param name="Kind">File, folder or link.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Link">A link's target, else empty.</param>
/// <param name="Offset">Where its content begins in the collected contents.</param>
/// <param name="Size">Its content's bytes.</param>
internal sealed record PlainTarEntry(string Name, TarEntryType Kind, UnixFileMode Mode, string Link, long Offset, long Size);

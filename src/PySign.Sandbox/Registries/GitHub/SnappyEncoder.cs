using System.Buffers.Binary;

namespace PySign.Sandbox.Registries.GitHub;

/// <summary>Compresses as GitHub's attestation store does: the block format of Snappy, without its framing.</summary>
internal static class SnappyEncoder
{
    private const int MinMatch = 4;
    private const int MaxCopy = 64;

    public static byte[] Compress(ReadOnlySpan<byte> content)
    {
        using var block = new MemoryStream();
        WriteLength(block, (uint)content.Length);
        Dictionary<uint, int> seen = [];
        var (at, literal) = (0, 0);
        while (at + MinMatch <= content.Length)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(content[at..]);
            var known = seen.TryGetValue(word, out var earlier) && at - earlier <= ushort.MaxValue;
            seen[word] = at;
            if (!known)
            {
                at++;
                continue;
            }

            WriteLiteral(block, content[literal..at]);
            var length = content[at..].CommonPrefixLength(content[earlier..]);
            WriteCopies(block, at - earlier, length);
            at += length;
            literal = at;
        }

        WriteLiteral(block, content[literal..]);
        return block.ToArray();
    }

    private static void WriteLength(MemoryStream block, uint length)
    {
        for (; length >= 0x80; length >>= 7)
        {
            block.WriteByte((byte)(length | 0x80));
        }

        block.WriteByte((byte)length);
    }

    private static void WriteLiteral(MemoryStream block, ReadOnlySpan<byte> literal)
    {
        if (literal.Length == 0)
        {
            return;
        }

        var length = (uint)literal.Length - 1;
        if (length < 60)
        {
            block.WriteByte((byte)(length << 2));
        }
        else
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, length);
            var count = 1 + bytes.LastIndexOfAnyExcept((byte)0);
            block.WriteByte((byte)((59 + count) << 2));
            block.Write(bytes[..count]);
        }

        block.Write(literal);
    }

    private static void WriteCopies(MemoryStream block, int offset, int length)
    {
        Span<byte> bytes = stackalloc byte[2];
        for (; length > 0; length -= MaxCopy)
        {
            var count = Math.Min(length, MaxCopy);
            if (count is >= 4 and < 12 && offset < 2048)
            {
                block.WriteByte((byte)(1 | ((count - 4) << 2) | ((offset >> 8) << 5)));
                block.WriteByte((byte)offset);
                continue;
            }

            block.WriteByte((byte)(2 | ((count - 1) << 2)));
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)offset);
            block.Write(bytes);
        }
    }
}

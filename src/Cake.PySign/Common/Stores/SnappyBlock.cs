namespace Cake.PySign.Common.Stores;

/// <summary>
/// Reads the block format of Snappy (github.com/google/snappy, format_description.txt), in which GitHub keeps attestations. Foreign
/// bytes: every length is bounded before anything is reserved for it.
/// </summary>
internal static class SnappyBlock
{
    /// <exception cref="InvalidDataException">It is not such a block, or holds more than <paramref name="limit"/> bytes.</exception>
    public static byte[] Decompress(ReadOnlySpan<byte> block, int limit)
    {
        var length = ReadLength(ref block, limit);
        var content = new byte[length];
        var at = 0;
        while (block.Length > 0)
        {
            var tag = block[0];
            block = block[1..];
            if ((tag & 3) == 0)
            {
                var count = LiteralLength(tag, ref block);
                Require(count <= block.Length && count <= length - at);
                block[..(int)count].CopyTo(content.AsSpan(at));
                block = block[(int)count..];
                at += (int)count;
                continue;
            }

            var (copied, offset) = Copy(tag, ref block);
            Require(offset > 0 && offset <= at && copied <= length - at);
            for (var i = 0; i < copied; i++, at++)
            {
                // A copy may reach into what it is writing: that is how a run is said.
                content[at] = content[at - (int)offset];
            }
        }

        Require(at == length);
        return content;
    }

    private static int ReadLength(ref ReadOnlySpan<byte> block, int limit)
    {
        ulong length = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var part = Number(ref block, 1);
            length |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                Require(length <= (ulong)limit);
                return (int)length;
            }
        }

        throw new InvalidDataException("its length has no end");
    }

    private static uint LiteralLength(byte tag, ref ReadOnlySpan<byte> block)
    {
        var count = (uint)tag >> 2;
        var length = count < 60 ? count : Number(ref block, (int)count - 59);
        Require(length < uint.MaxValue);
        return length + 1;
    }

    private static (int Length, uint Offset) Copy(byte tag, ref ReadOnlySpan<byte> block) =>
        (tag & 3) switch
        {
            1 => (4 + ((tag >> 2) & 7), ((uint)(tag >> 5) << 8) | Number(ref block, 1)),
            2 => (1 + (tag >> 2), Number(ref block, 2)),
            _ => (1 + (tag >> 2), Number(ref block, 4)),
        };

    private static uint Number(ref ReadOnlySpan<byte> block, int bytes)
    {
        Require(block.Length >= bytes);
        var number = 0u;
        for (var i = 0; i < bytes; i++)
        {
            number |= (uint)block[i] << (8 * i);
        }

        block = block[bytes..];
        return number;
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new InvalidDataException("it is cut off, too large, or points outside of itself");
        }
    }
}

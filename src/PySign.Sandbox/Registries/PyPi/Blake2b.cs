using System.Buffers.Binary;
using System.Numerics;

namespace PySign.Sandbox.Registries.PyPi;

/// <summary>BLAKE2b without a key (RFC 7693): PyPI's own name for a file's content is its 256-bit digest, and .NET has none.</summary>
internal static class Blake2b
{
    private const int BlockBytes = 128;

    private static readonly ulong[] _initial =
    [
        0x6a09e667f3bcc908,
        0xbb67ae8584caa73b,
        0x3c6ef372fe94f82b,
        0xa54ff53a5f1d36f1,
        0x510e527fade682d1,
        0x9b05688c2b3e6c1f,
        0x1f83d9abfb41bd6b,
        0x5be0cd19137e2179,
    ];

    private static readonly byte[][] _sigma =
    [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
    ];

    /// <param name="data">What is hashed.</param>
    /// <param name="length">The digest's length in bytes, 1 to 64.</param>
    public static byte[] Hash(ReadOnlySpan<byte> data, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 64);
        var state = (ulong[])_initial.Clone();
        state[0] ^= 0x01010000UL ^ (ulong)length;
        var taken = 0;
        while (data.Length - taken > BlockBytes)
        {
            Compress(state, data.Slice(taken, BlockBytes), (ulong)(taken + BlockBytes), last: false);
            taken += BlockBytes;
        }

        Span<byte> rest = stackalloc byte[BlockBytes];
        rest.Clear();
        data[taken..].CopyTo(rest);
        Compress(state, rest, (ulong)data.Length, last: true);
        var digest = new byte[64];
        for (var i = 0; i < 8; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(digest.AsSpan(i * 8), state[i]);
        }

        return digest[..length];
    }

    private static void Compress(ulong[] state, ReadOnlySpan<byte> block, ulong counter, bool last)
    {
        Span<ulong> m = stackalloc ulong[16];
        for (var i = 0; i < 16; i++)
        {
            m[i] = BinaryPrimitives.ReadUInt64LittleEndian(block[(i * 8)..]);
        }

        Span<ulong> v = stackalloc ulong[16];
        state.CopyTo(v);
        _initial.CopyTo(v[8..]);
        v[12] ^= counter;
        v[14] = last ? ~v[14] : v[14];
        for (var round = 0; round < 12; round++)
        {
            var s = _sigma[round % 10];
            for (var i = 0; i < 4; i++)
            {
                Mix(v, i, 4 + i, 8 + i, 12 + i, m[s[2 * i]], m[s[(2 * i) + 1]]);
            }

            for (var i = 0; i < 4; i++)
            {
                Mix(v, i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4), m[s[8 + (2 * i)]], m[s[9 + (2 * i)]]);
            }
        }

        for (var i = 0; i < 8; i++)
        {
            state[i] ^= v[i] ^ v[i + 8];
        }
    }

    private static void Mix(Span<ulong> v, int a, int b, int c, int d, ulong x, ulong y)
    {
        v[a] += v[b] + x;
        v[d] = BitOperations.RotateRight(v[d] ^ v[a], 32);
        v[c] += v[d];
        v[b] = BitOperations.RotateRight(v[b] ^ v[c], 24);
        v[a] += v[b] + y;
        v[d] = BitOperations.RotateRight(v[d] ^ v[a], 16);
        v[c] += v[d];
        v[b] = BitOperations.RotateRight(v[b] ^ v[c], 63);
    }
}

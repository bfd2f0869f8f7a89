using System.Buffers.Binary;
using System.Numerics;

namespace PySign.Sigstore.Cryptography;

/// <summary>
/// The Salsa20 core (Bernstein, "The Salsa20 family of stream ciphers") and the two things built of it that cosign's key files need:
/// scrypt's mixing (8 rounds, RFC 7914 3) and XSalsa20 (20 rounds; "Extending the Salsa20 nonce").
/// </summary>
internal static class Salsa20
{
    public const int Words = 16;
    public const int KeyBytes = 32;
    public const int ExtendedNonceBytes = 24;
    private const int BlockBytes = 64;
    private const int FullRounds = 20;

    /// <summary>The words of "expand 32-byte k".</summary>
    private static readonly uint[] _constants = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];

    /// <summary>The hash function: rounds, then the input added to the result, in place.</summary>
    public static void Core(Span<uint> block, int rounds)
    {
        Span<uint> x = stackalloc uint[Words];
        block.CopyTo(x);
        Rounds(x, rounds);
        for (var i = 0; i < Words; i++)
        {
            block[i] += x[i];
        }
    }

    /// <summary>XORs the XSalsa20 key stream into data, from the stream's beginning.</summary>
    public static void XorExtended(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, Span<byte> data)
    {
        // HSalsa20: the first 16 nonce bytes make a key of their own; of its rounds' result, 8 words are kept and nothing is added.
        Span<uint> state = stackalloc uint[Words];
        Fill(state, key, nonce[..16]);
        Rounds(state, FullRounds);
        Span<byte> derived = stackalloc byte[KeyBytes];
        ReadOnlySpan<int> kept = [0, 5, 10, 15, 6, 7, 8, 9];
        for (var i = 0; i < kept.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(derived[(4 * i)..], state[kept[i]]);
        }

        Span<byte> position = stackalloc byte[16];
        nonce[16..].CopyTo(position);
        Span<byte> stream = stackalloc byte[BlockBytes];
        for (var (at, block) = (0, 0UL); at < data.Length; at += BlockBytes, block++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(position[8..], block);
            Fill(state, derived, position);
            Core(state, FullRounds);
            for (var i = 0; i < Words; i++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(stream[(4 * i)..], state[i]);
            }

            for (var i = 0; i < Math.Min(BlockBytes, data.Length - at); i++)
            {
                data[at + i] ^= stream[i];
            }
        }

        derived.Clear();
        state.Clear();
        stream.Clear();
    }

    private static void Fill(Span<uint> state, ReadOnlySpan<byte> key, ReadOnlySpan<byte> sixteen)
    {
        for (var i = 0; i < 4; i++)
        {
            state[5 * i] = _constants[i];
            state[1 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(4 * i)..]);
            state[6 + i] = BinaryPrimitives.ReadUInt32LittleEndian(sixteen[(4 * i)..]);
            state[11 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(16 + 4 * i)..]);
        }
    }

    private static void Rounds(Span<uint> x, int rounds)
    {
        for (var round = 0; round < rounds; round += 2)
        {
            Quarter(ref x[0], ref x[4], ref x[8], ref x[12]);
            Quarter(ref x[5], ref x[9], ref x[13], ref x[1]);
            Quarter(ref x[10], ref x[14], ref x[2], ref x[6]);
            Quarter(ref x[15], ref x[3], ref x[7], ref x[11]);
            Quarter(ref x[0], ref x[1], ref x[2], ref x[3]);
            Quarter(ref x[5], ref x[6], ref x[7], ref x[4]);
            Quarter(ref x[10], ref x[11], ref x[8], ref x[9]);
            Quarter(ref x[15], ref x[12], ref x[13], ref x[14]);
        }
    }

    private static void Quarter(ref uint a, ref uint b, ref uint c, ref uint d)
    {
        b ^= BitOperations.RotateLeft(a + d, 7);
        c ^= BitOperations.RotateLeft(b + a, 9);
        d ^= BitOperations.RotateLeft(c + b, 13);
        a ^= BitOperations.RotateLeft(d + c, 18);
    }
}

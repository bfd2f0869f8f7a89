using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PySign.Sigstore.Cryptography;

/// <summary>scrypt (RFC 7914). Cost is bounded before any work: a key file says itself how expensive it is, and may be hostile.</summary>
internal static class Scrypt
{
    private const int MaxMemoryBytes = 256 << 20;
    private const int MaxParallel = 16;

    /// <summary>Whether parameters are valid (RFC 7914 6) and within 256 MiB of memory; cosign's are N = 32768 or 65536, r = 8, p =
    /// 1.</summary>
    public static bool IsAcceptable(long n, long r, long p) =>
        n is > 1 and <= 1 << 20
        && BitOperations.IsPow2(n)
        && r is >= 1 and <= 32
        && p is >= 1 and <= MaxParallel
        && 128 * n * r <= MaxMemoryBytes;

    public static byte[] DeriveKey(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int n, int r, int p, int length)
    {
        if (!IsAcceptable(n, r, p))
        {
            throw new ArgumentOutOfRangeException(nameof(n), "The scrypt parameters are out of bounds.");
        }

        var blocks = Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA256, p * 128 * r);
        var memory = new uint[32L * r * n];
        for (var i = 0; i < p; i++)
        {
            Mix(MemoryMarshal.Cast<byte, uint>(blocks.AsSpan(i * 128 * r, 128 * r)), memory, n, r);
        }

        Array.Clear(memory);
        var key = Rfc2898DeriveBytes.Pbkdf2(password, blocks, 1, HashAlgorithmName.SHA256, length);
        CryptographicOperations.ZeroMemory(blocks);
        return key;
    }

    /// <summary>scryptROMix (RFC 7914 5), on words as they lie in memory: every machine that .NET 10 runs on is little-endian.</summary>
    private static void Mix(Span<uint> block, uint[] memory, int n, int r)
    {
        var words = 32 * r;
        var scratch = new uint[words];
        for (var i = 0; i < n; i++)
        {
            block.CopyTo(memory.AsSpan(i * words));
            BlockMix(block, scratch);
        }

        for (var i = 0; i < n; i++)
        {
            var at = (int)(block[words - Salsa20.Words] & (uint)(n - 1)) * words;
            for (var k = 0; k < words; k++)
            {
                block[k] ^= memory[at + k];
            }

            BlockMix(block, scratch);
        }
    }

    /// <summary>scryptBlockMix (RFC 7914 4): even results in the first half, odd ones in the second.</summary>
    private static void BlockMix(Span<uint> block, Span<uint> scratch)
    {
        var count = block.Length / Salsa20.Words;
        Span<uint> x = stackalloc uint[Salsa20.Words];
        block[^Salsa20.Words..].CopyTo(x);
        for (var i = 0; i < count; i++)
        {
            for (var k = 0; k < Salsa20.Words; k++)
            {
                x[k] ^= block[(i * Salsa20.Words) + k];
            }

            Salsa20.Core(x, 8);
            x.CopyTo(scratch[((i / 2 + i % 2 * (count / 2)) * Salsa20.Words)..]);
        }

        scratch.CopyTo(block);
    }
}

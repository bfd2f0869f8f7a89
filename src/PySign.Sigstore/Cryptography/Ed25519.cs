using System.Buffers.Binary;
using System.Security.Cryptography;

namespace PySign.Sigstore.Cryptography;

/// <summary>
/// Verifies Ed25519 signatures (RFC 8032 5.1.7), which .NET's base library cannot. The rule is the strictest in use
/// ("verify_strict"): S below the group order; A and R in their canonical encodings; neither of small order; and the equation
/// without cofactor, [S]B = R + [k]A. Only so does one signature bind one key and one message, whatever the signer tries;
/// every signature that an honest signer makes satisfies it.
/// </summary>
internal sealed class Ed25519
{
    public const int KeyBytes = 32;
    public const int SignatureBytes = 64;
    private const int WindowOfKey = 8;
    private const int WindowOfBase = 64;

    // 2^252 + 27742317777372353535851937790883648493, least significant limb first.
    private const ulong Order0 = 0x5812631A5CF5D3ED;
    private const ulong Order1 = 0x14DEF9DEA2F79CD6;
    private const ulong Order3 = 0x1000000000000000;

    private static readonly EdwardsPoint[] _baseMultiples = EdwardsPoint
        .TryRead(Convert.FromHexString("5866666666666666666666666666666666666666666666666666666666666666"))!
        .Value.OddMultiples(WindowOfBase);

    private readonly byte[] _encoded;
    private readonly EdwardsPoint[] _negativeMultiples;

    private Ed25519(ReadOnlySpan<byte> encoded, EdwardsPoint point)
    {
        _encoded = encoded.ToArray();
        _negativeMultiples = point.Negate().OddMultiples(WindowOfKey);
    }

    /// <summary>Reads a public key; null unless it is a canonical point of large order.</summary>
    public static Ed25519? TryRead(ReadOnlySpan<byte> publicKey) =>
        publicKey.Length == KeyBytes && EdwardsPoint.TryRead(publicKey) is { IsSmallOrder: false } point
            ? new Ed25519(publicKey, point)
            : null;

    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureBytes)
        {
            return false;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(signature[..32]);
        hash.AppendData(_encoded);
        hash.AppendData(message);
        Span<byte> challenge = stackalloc byte[64];
        hash.GetHashAndReset(challenge);
        return VerifyChallenge(challenge, signature);
    }

    /// <summary>Verifies with SHA-512(R ‖ A ‖ M) computed by the caller.</summary>
    public bool VerifyChallenge(ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureBytes || challenge.Length != 64)
        {
            return false;
        }

        Span<ulong> s = stackalloc ulong[4],
            k = stackalloc ulong[4];
        for (var i = 0; i < 4; i++)
        {
            s[i] = BinaryPrimitives.ReadUInt64LittleEndian(signature[(32 + 8 * i)..]);
        }

        if (!BelowOrder(s))
        {
            return false;
        }

        ReduceModuloOrder(challenge, k);
        var r = SumOfProducts(s, k);
        Span<byte> encoded = stackalloc byte[32];
        r.Write(encoded);

        // Comparing encodings refuses every non-canonical R; the point itself is then known to be R.
        return encoded.SequenceEqual(signature[..32]) && !r.IsSmallOrder;
    }

    /// <summary>[s]B - [k]A.</summary>
    private EdwardsPoint SumOfProducts(ReadOnlySpan<ulong> s, ReadOnlySpan<ulong> k)
    {
        Span<sbyte> windowS = stackalloc sbyte[256],
            windowK = stackalloc sbyte[256];
        Slide(s, windowS, 2 * WindowOfBase - 1);
        Slide(k, windowK, 2 * WindowOfKey - 1);
        var i = 255;
        while (i >= 0 && windowS[i] == 0 && windowK[i] == 0)
        {
            i--;
        }

        var sum = EdwardsPoint.Identity;
        for (; i >= 0; i--)
        {
            sum = sum.Double();
            sum = AddMultiple(sum, windowS[i], _baseMultiples);
            sum = AddMultiple(sum, windowK[i], _negativeMultiples);
        }

        return sum;
    }

    private static EdwardsPoint AddMultiple(in EdwardsPoint sum, sbyte digit, EdwardsPoint[] oddMultiples) =>
        digit switch
        {
            0 => sum,
            > 0 => sum + oddMultiples[digit / 2],
            _ => sum + oddMultiples[-digit / 2].Negate(),
        };

    /// <summary>Writes a scalar below 2^253 as digits that are zero or odd, at most <paramref name="max"/> in size, few of them not
    /// zero.</summary>
    private static void Slide(ReadOnlySpan<ulong> scalar, Span<sbyte> digits, int max)
    {
        for (var i = 0; i < 256; i++)
        {
            digits[i] = (sbyte)((scalar[i >> 6] >> (i & 63)) & 1);
        }

        for (var i = 0; i < 256; i++)
        {
            for (var b = 1; digits[i] != 0 && b <= 7 && i + b < 256; b++)
            {
                var next = digits[i + b] << b;
                if (next == 0)
                {
                    continue;
                }

                if (digits[i] + next <= max)
                {
                    digits[i] += (sbyte)next;
                    digits[i + b] = 0;
                }
                else if (digits[i] - next >= -max)
                {
                    // Borrow: -2^b here and a carry into the next bits.
                    digits[i] -= (sbyte)next;
                    var k = i + b;
                    while (digits[k] != 0)
                    {
                        digits[k++] = 0;
                    }

                    digits[k] = 1;
                }
                else
                {
                    break;
                }
            }
        }
    }

    private static bool BelowOrder(ReadOnlySpan<ulong> value) =>
        value[3] != Order3 ? value[3] < Order3
        : value[2] != 0 ? false
        : value[1] != Order1 ? value[1] < Order1
        : value[0] < Order0;

    /// <summary>Schoolbook division, bit by bit: 260 short steps are nothing beside the point arithmetic.</summary>
    private static void ReduceModuloOrder(ReadOnlySpan<byte> wide, Span<ulong> result)
    {
        result.Clear();
        for (var bit = 511; bit >= 0; bit--)
        {
            var next = (ulong)(wide[bit >> 3] >> (bit & 7)) & 1;
            result[3] = (result[3] << 1) | (result[2] >> 63);
            result[2] = (result[2] << 1) | (result[1] >> 63);
            result[1] = (result[1] << 1) | (result[0] >> 63);
            result[0] = (result[0] << 1) | next;
            if (BelowOrder(result))
            {
                continue;
            }

            var borrow = result[0] < Order0 ? 1UL : 0;
            result[0] -= Order0;
            var borrow1 = result[1] < Order1 || (result[1] == Order1 && borrow == 1) ? 1UL : 0;
            result[1] = result[1] - Order1 - borrow;
            var borrow2 = result[2] < borrow1 ? 1UL : 0;
            result[2] -= borrow1;
            result[3] = result[3] - Order3 - borrow2;
        }
    }
}

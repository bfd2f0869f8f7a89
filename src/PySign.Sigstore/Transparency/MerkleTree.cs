using System.Numerics;
using System.Security.Cryptography;

namespace PySign.Sigstore.Transparency;

/// <summary>Merkle tree proofs with SHA-256 (RFC 6962 2.1; the algorithms are those of RFC 9162 2.1.3.2 and 2.1.4.2).</summary>
internal static class MerkleTree
{
    public const int HashBytes = 32;

    /// <summary>SHA-256(0x00 ‖ leaf).</summary>
    public static byte[] LeafHash(ReadOnlySpan<byte> leaf)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0]);
        hash.AppendData(leaf);
        return hash.GetHashAndReset();
    }

    /// <summary>Whether the path leads from the leaf at an index to the root of a tree of that size.</summary>
    public static bool Includes(
        long index,
        long size,
        ReadOnlySpan<byte> leafHash,
        IReadOnlyList<ReadOnlyMemory<byte>> path,
        ReadOnlySpan<byte> root
    )
    {
        if (index < 0 || index >= size || leafHash.Length != HashBytes || root.Length != HashBytes)
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[HashBytes];
        leafHash.CopyTo(hash);
        var (node, last) = ((ulong)index, (ulong)(size - 1));
        foreach (var sibling in path)
        {
            if (last == 0 || sibling.Length != HashBytes)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                Combine(sibling.Span, hash, hash);

                // The last node of a level without a sibling rises unchanged.
                while ((node & 1) == 0 && node != 0)
                {
                    node >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                Combine(hash, sibling.Span, hash);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 && hash.SequenceEqual(root);
    }

    /// <summary>Whether the proof shows that the second tree begins with the whole first one.</summary>
    public static bool IsConsistent(
        long size1,
        long size2,
        ReadOnlySpan<byte> root1,
        ReadOnlySpan<byte> root2,
        IReadOnlyList<ReadOnlyMemory<byte>> proof
    )
    {
        if (size1 == size2)
        {
            return proof.Count == 0 && root1.SequenceEqual(root2);
        }

        if (size1 <= 0 || size1 > size2 || root1.Length != HashBytes || root2.Length != HashBytes)
        {
            return false;
        }

        // A tree of a power of two is itself the first node of the path; the proof does not repeat it.
        var isWhole = BitOperations.IsPow2(size1);
        if (!isWhole && (proof.Count == 0 || proof[0].Length != HashBytes))
        {
            return false;
        }

        Span<byte> old = stackalloc byte[HashBytes],
            current = stackalloc byte[HashBytes];
        (isWhole ? root1 : proof[0].Span).CopyTo(old);
        old.CopyTo(current);
        return Rise(size1, size2, isWhole ? 0 : 1, proof, old, current) && old.SequenceEqual(root1) && current.SequenceEqual(root2);
    }

    /// <summary>Walks from the last node that both trees have up to the two roots (RFC 9162 2.1.4.2, steps 4 to 6).</summary>
    private static bool Rise(
        long size1,
        long size2,
        int next,
        IReadOnlyList<ReadOnlyMemory<byte>> proof,
        Span<byte> old,
        Span<byte> current
    )
    {
        var (node, last) = ((ulong)(size1 - 1), (ulong)(size2 - 1));
        while ((node & 1) == 1)
        {
            node >>= 1;
            last >>= 1;
        }

        for (; next < proof.Count; next++)
        {
            var hash = proof[next].Span;
            if (last == 0 || hash.Length != HashBytes)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                Combine(hash, old, old);
                Combine(hash, current, current);
                while ((node & 1) == 0 && node != 0)
                {
                    node >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                Combine(current, hash, current);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0;
    }

    /// <summary>SHA-256(0x01 ‖ left ‖ right).</summary>
    private static void Combine(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> result)
    {
        Span<byte> input = stackalloc byte[1 + 2 * HashBytes];
        input[0] = 1;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + HashBytes)..]);
        SHA256.HashData(input, result);
    }
}

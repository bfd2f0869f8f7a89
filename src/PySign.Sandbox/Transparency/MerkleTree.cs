using System.Security.Cryptography;

namespace PySign.Sandbox.Transparency;

/// <summary>
/// An append-only RFC 6962 tree. Every complete subtree's hash is kept, so an append costs amortised O(1) hashes and a
/// root or a proof O(log² n), whatever the size of the log. Not thread safe: its log holds the lock.
/// </summary>
internal sealed class MerkleTree
{
    // levels[k][i] is the hash of the complete subtree over leaves [i·2^k, (i+1)·2^k).
    private readonly List<List<byte[]>> _levels =
    [
        [],
    ];

    public long Size => _levels[0].Count;

    public static byte[] LeafHash(ReadOnlySpan<byte> leaf)
    {
        var input = new byte[leaf.Length + 1];
        leaf.CopyTo(input.AsSpan(1));
        return SHA256.HashData(input);
    }

    public static byte[] NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> input = stackalloc byte[65];
        input[0] = 1;
        left.CopyTo(input[1..]);
        right.CopyTo(input[33..]);
        return SHA256.HashData(input);
    }

    /// <returns>The index of the new leaf.</returns>
    public long Append(byte[] leafHash)
    {
        var index = Size;
        _levels[0].Add(leafHash);
        for (var level = 0; _levels[level].Count % 2 == 0; level++)
        {
            if (_levels.Count == level + 1)
            {
                _levels.Add([]);
            }

            _levels[level + 1].Add(NodeHash(_levels[level][^2], _levels[level][^1]));
        }

        return index;
    }

    public byte[] Root() => Root(Size);

    public byte[] Root(long size)
    {
        RequireSize(size);
        return size == 0 ? SHA256.HashData([]) : Subtree(0, size);
    }

    /// <summary>PATH(index, D[size]) of RFC 6962 section 2.1.1, leaf side first.</summary>
    public IReadOnlyList<byte[]> InclusionProof(long index, long size)
    {
        RequireSize(size);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var proof = new List<byte[]>();
        var (low, high) = (0L, size);
        while (high - low > 1)
        {
            var split = low + Split(high - low);
            if (index < split)
            {
                proof.Add(Subtree(split, high));
                high = split;
            }
            else
            {
                proof.Add(Subtree(low, split));
                low = split;
            }
        }

        proof.Reverse();
        return proof;
    }

    /// <summary>PROOF(first, D[second]) of RFC 6962 section 2.1.2.</summary>
    public IReadOnlyList<byte[]> ConsistencyProof(long first, long second)
    {
        RequireSize(second);
        ArgumentOutOfRangeException.ThrowIfLessThan(first, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, second);
        var proof = new List<byte[]>();
        var (low, high, wholePrefix) = (0L, second, true);
        while (first != high)
        {
            var split = low + Split(high - low);
            if (first <= split)
            {
                proof.Add(Subtree(split, high));
                high = split;
            }
            else
            {
                proof.Add(Subtree(low, split));
                low = split;
                wholePrefix = false;
            }
        }

        if (!wholePrefix)
        {
            proof.Add(Subtree(low, high));
        }

        proof.Reverse();
        return proof;
    }

    /// <summary>Hashes of a C2SP tile: <paramref name="count"/> nodes of <paramref name="height"/>, or null when they are not complete
    /// yet.</summary>
    public IReadOnlyList<byte[]>? Nodes(int height, long start, int count) =>
        height < _levels.Count && start + count <= _levels[height].Count ? _levels[height].GetRange((int)start, count) : null;

    public long NodeCount(int height) => height < _levels.Count ? _levels[height].Count : 0;

    private byte[] Subtree(long low, long high)
    {
        var width = high - low;
        if (long.IsPow2(width) && low % width == 0)
        {
            return _levels[(int)long.Log2(width)][(int)(low / width)];
        }

        var split = low + Split(width);
        return NodeHash(Subtree(low, split), Subtree(split, high));
    }

    // The largest power of two smaller than the width (width > 1).
    private static long Split(long width) => 1L << (int)long.Log2(width - 1);

    private void RequireSize(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
    }
}

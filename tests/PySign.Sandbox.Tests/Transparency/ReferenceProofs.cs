using System.Security.Cryptography;

namespace PySign.Sandbox.Tests.Transparency;

/// <summary>RFC 9162 section 2.1.3.2, written down from the text: it shares nothing with the tree that it judges.</summary>
internal static class ReferenceProofs
{
    public static byte[] Node(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);

    public static byte[] Leaf(byte[] data) => SHA256.HashData([0, .. data]);

    public static bool Includes(long index, long size, byte[] leafHash, IReadOnlyList<byte[]> proof, byte[] root)
    {
        if (index >= size)
        {
            return false;
        }

        var (fn, sn, r) = (index, size - 1, leafHash);
        foreach (var p in proof)
        {
            if (sn == 0)
            {
                return false;
            }

            if (fn % 2 == 1 || fn == sn)
            {
                r = Node(p, r);
                while (fn % 2 == 0 && fn != 0)
                {
                    fn >>= 1;
                    sn >>= 1;
                }
            }
            else
            {
                r = Node(r, p);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && r.AsSpan().SequenceEqual(root);
    }

    /// <summary>The definition of MTH, computed from scratch.</summary>
    public static byte[] Root(IReadOnlyList<byte[]> leafHashes)
    {
        if (leafHashes.Count == 0)
        {
            return SHA256.HashData([]);
        }

        if (leafHashes.Count == 1)
        {
            return leafHashes[0];
        }

        var split = 1;
        while (split * 2 < leafHashes.Count)
        {
            split *= 2;
        }

        return Node(Root([.. leafHashes.Take(split)]), Root([.. leafHashes.Skip(split)]));
    }
}

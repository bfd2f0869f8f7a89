using System.Security.Cryptography;
using System.Text.Json;
using PySign.Sigstore.Transparency;

namespace PySign.Sigstore.Tests.Transparency;

public sealed class MerkleTreeTests
{
    [Fact]
    public void Every_probe_of_the_corpus_is_decided_rightly()
    {
        var inclusion = Directory.GetFiles(Corpora.Require("merkle/inclusion"), "*.json", SearchOption.AllDirectories);
        var consistency = Directory.GetFiles(Corpora.Require("merkle/consistency"), "*.json", SearchOption.AllDirectories);
        Assert.Equal(195, inclusion.Length + consistency.Length);
        foreach (var file in inclusion)
        {
            using var probe = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = probe.RootElement;
            var ok = MerkleTree.Includes(
                Number(root, "leafIdx"),
                Number(root, "treeSize"),
                Bytes(root, "leafHash"),
                Proof(root),
                Bytes(root, "root")
            );
            Assert.True(ok != root.GetProperty("wantErr").GetBoolean(), file);
        }

        foreach (var file in consistency)
        {
            using var probe = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = probe.RootElement;
            var ok = MerkleTree.IsConsistent(
                Number(root, "size1"),
                Number(root, "size2"),
                Bytes(root, "root1"),
                Bytes(root, "root2"),
                Proof(root)
            );
            Assert.True(ok != root.GetProperty("wantErr").GetBoolean(), file);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(-1, 1)]
    [InlineData(5, 4)]
    public void An_index_outside_the_tree_is_never_included(long index, long size)
    {
        var leaf = MerkleTree.LeafHash([1]);
        Assert.False(MerkleTree.Includes(index, size, leaf, [], leaf));
    }

    [Fact]
    public void Every_leaf_of_every_small_tree_is_included_and_nowhere_else()
    {
        for (var size = 1; size <= 17; size++)
        {
            var leaves = Enumerable.Range(0, size).Select(i => MerkleTree.LeafHash([(byte)i])).ToArray();
            var root = Root(leaves);
            for (var i = 0; i < size; i++)
            {
                var path = Path(leaves, i);
                for (var at = 0; at < size; at++)
                {
                    Assert.Equal(at == i, MerkleTree.Includes(at, size, leaves[i], path, root));
                }

                Assert.False(MerkleTree.Includes(i, size, leaves[i], [.. path, leaves[0]], root));
            }
        }
    }

    /// <summary>RFC 6962 2.1, by its recursive definition.</summary>
    private static byte[] Root(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        var split = Split(leaves.Length);
        return SHA256.HashData([1, .. Root(leaves[..split]), .. Root(leaves[split..])]);
    }

    private static List<ReadOnlyMemory<byte>> Path(ReadOnlySpan<byte[]> leaves, int index)
    {
        if (leaves.Length == 1)
        {
            return [];
        }

        var split = Split(leaves.Length);
        return index < split
            ? [.. Path(leaves[..split], index), Root(leaves[split..])]
            : [.. Path(leaves[split..], index - split), Root(leaves[..split])];
    }

    private static int Split(int count)
    {
        var split = 1;
        while (split * 2 < count)
        {
            split *= 2;
        }

        return split;
    }

    private static long Number(JsonElement root, string name)
    {
        var value = root.GetProperty(name);
        return value.TryGetInt64(out var number) ? number : unchecked((long)value.GetUInt64());
    }

    private static byte[] Bytes(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetBytesFromBase64() : [];

    private static List<ReadOnlyMemory<byte>> Proof(JsonElement root) =>
        root.GetProperty("proof") is { ValueKind: JsonValueKind.Array } proof
            ? [.. proof.EnumerateArray().Select(static e => (ReadOnlyMemory<byte>)e.GetBytesFromBase64())]
            : [];
}

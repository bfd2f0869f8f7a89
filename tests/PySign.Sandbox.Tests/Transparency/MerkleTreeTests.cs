using System.Buffers.Binary;
using System.Text.Json;
using PySign.Sandbox.Transparency;

namespace PySign.Sandbox.Tests.Transparency;

public sealed class MerkleTreeTests
{
    // The eight leaves of the certificate transparency test vectors.
    private static readonly string[] _leaves =
    [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];

    [Fact]
    public void Roots_and_inclusion_proofs_of_the_corpus_are_made_exactly()
    {
        var tree = ReferenceTree();
        var cases = Cases("inclusion");
        Assert.Equal(82, cases.Count);
        foreach (var (name, json) in cases)
        {
            var size = json.GetProperty("treeSize").GetInt64();
            // Some indexes do not even fit a signed number.
            var known = json.GetProperty("leafIdx").TryGetInt64(out var index) && index >= 0 && index < size && size <= tree.Size;
            var agrees =
                known
                && Bytes(json, "root").SequenceEqual(tree.Root(size))
                && Bytes(json, "leafHash").SequenceEqual(MerkleTree.LeafHash(Convert.FromHexString(_leaves[index])))
                && SameProof(json, tree.InclusionProof(index, size));
            Assert.True(agrees != json.GetProperty("wantErr").GetBoolean(), name);
        }
    }

    [Fact]
    public void Consistency_proofs_of_the_corpus_are_made_exactly()
    {
        var tree = ReferenceTree();
        var cases = Cases("consistency");
        Assert.Equal(84, cases.Count);
        foreach (var (name, json) in cases)
        {
            var (first, second) = (json.GetProperty("size1").GetInt64(), json.GetProperty("size2").GetInt64());
            var known = first >= 1 && first <= second && second <= tree.Size;
            var agrees =
                known
                && Bytes(json, "root1").SequenceEqual(tree.Root(first))
                && Bytes(json, "root2").SequenceEqual(tree.Root(second))
                && SameProof(json, tree.ConsistencyProof(first, second));
            Assert.True(agrees != json.GetProperty("wantErr").GetBoolean(), name);
        }
    }

    [Fact]
    public void Every_proof_of_every_small_tree_leads_to_the_root_by_definition()
    {
        var tree = new MerkleTree();
        var hashes = new List<byte[]>();
        Assert.Equal(ReferenceProofs.Root([]), tree.Root());
        for (var size = 1; size <= 70; size++)
        {
            hashes.Add(ReferenceProofs.Leaf([(byte)size]));
            Assert.Equal(size - 1, tree.Append(hashes[^1]));
            var root = ReferenceProofs.Root(hashes);
            Assert.Equal(root, tree.Root());
            for (var index = 0; index < size; index++)
            {
                Assert.True(
                    ReferenceProofs.Includes(index, size, hashes[index], tree.InclusionProof(index, size), root),
                    $"{index} of {size}"
                );
            }
        }
    }

    [Fact]
    public void Ten_thousand_entries_are_proven_without_hashing_the_log_anew()
    {
        var tree = new MerkleTree();
        var hashes = new List<byte[]>();
        for (var index = 0; index < 10_000; index++)
        {
            var leaf = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(leaf, index);
            hashes.Add(ReferenceProofs.Leaf(leaf));
            tree.Append(hashes[index]);
            var proof = tree.InclusionProof(index, tree.Size);
            Assert.True(ReferenceProofs.Includes(index, tree.Size, hashes[index], proof, tree.Root()));
        }

        Assert.Equal(ReferenceProofs.Root(hashes), tree.Root());
    }

    [Fact]
    public void What_is_not_in_the_tree_is_not_proven()
    {
        var tree = ReferenceTree();
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.InclusionProof(8, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.InclusionProof(0, 9));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.ConsistencyProof(0, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Root(9));
    }

    private static MerkleTree ReferenceTree()
    {
        var tree = new MerkleTree();
        foreach (var leaf in _leaves)
        {
            tree.Append(MerkleTree.LeafHash(Convert.FromHexString(leaf)));
        }

        return tree;
    }

    private static byte[] Bytes(JsonElement json, string name) =>
        json.GetProperty(name) is { ValueKind: JsonValueKind.String } value ? value.GetBytesFromBase64() : [];

    private static bool SameProof(JsonElement json, IReadOnlyList<byte[]> proof)
    {
        var given = json.GetProperty("proof");
        var hashes =
            given.ValueKind is JsonValueKind.Array ? given.EnumerateArray().Select(hash => hash.GetBytesFromBase64()).ToArray() : [];
        return hashes.Length == proof.Count && hashes.Zip(proof).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
    }

    // The numbered folders speak about the tree of the eight leaves.
    private static List<(string Name, JsonElement Json)> Cases(string kind)
    {
        var root = Path.Combine(Corpora.Require("merkle"), kind);
        return
        [
            .. Enumerable
                .Range(0, 5)
                .SelectMany(folder =>
                    Directory.GetFiles(Path.Combine(root, folder.ToString(System.Globalization.CultureInfo.InvariantCulture)), "*.json")
                )
                .Order(StringComparer.Ordinal)
                .Select(file => (Path.GetRelativePath(root, file), JsonDocument.Parse(File.ReadAllBytes(file)).RootElement)),
        ];
    }
}

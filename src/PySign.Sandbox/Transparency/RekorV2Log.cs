using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Transparency;

/// <summary>The state of a Rekor v2 log (rekor-tiles): append, read tiles and the checkpoint; no search.</summary>
internal sealed class RekorV2Log : IDisposable
{
    private readonly Lock _gate = new();
    private readonly MerkleTree _tree = new();
    private readonly List<byte[]> _bodies = [];
    private readonly Dictionary<string, long> _byLeafHash = [];
    private readonly Witnesses _witnesses;

    public RekorV2Log(CheckpointSigner signer, TimeProvider time)
    {
        _witnesses = new Witnesses(time);
        Signer = signer;
        var seed = SeedEntry.Create();
        Append(HashedRekordV002.Write(seed.Digest, "SHA2_256", seed.Signature, "PKIX_ECDSA_P256_SHA_256", seed.Key));
    }

    public CheckpointSigner Signer { get; }

    public long Size
    {
        get
        {
            lock (_gate)
            {
                return _tree.Size;
            }
        }
    }

    /// <returns>The index, and whether the body is new.</returns>
    public (long Index, bool Added) Append(byte[] canonicalBody)
    {
        var leafHash = MerkleTree.LeafHash(canonicalBody);
        lock (_gate)
        {
            if (_byLeafHash.TryGetValue(Convert.ToHexStringLower(leafHash), out var known))
            {
                return (known, false);
            }

            var index = _tree.Append(leafHash);
            _bodies.Add(canonicalBody);
            _byLeafHash.Add(Convert.ToHexStringLower(leafHash), index);
            return (index, true);
        }
    }

    /// <summary>The TransparencyLogEntry of an index, in proto-JSON.</summary>
    public JsonObject Describe(long index, LogLie lie = LogLie.None)
    {
        lock (_gate)
        {
            var (size, root) = (_tree.Size, lie.HasFlag(LogLie.WrongRoot) ? SHA256.HashData(_tree.Root()) : _tree.Root());
            var earlier = Math.Max(index, 1);
            var checkpoint = lie.HasFlag(LogLie.StaleCheckpoint)
                ? Signer.Checkpoint(Signer.Name, earlier, _tree.Root(earlier))
                : Signer.Checkpoint(Signer.Name, size, root);
            return new JsonObject
            {
                ["logIndex"] = Text(index),
                ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(Signer.KeyId) },
                ["kindVersion"] = new JsonObject { ["kind"] = "hashedrekord", ["version"] = "0.0.2" },
                ["inclusionProof"] = new JsonObject
                {
                    ["logIndex"] = Text(index),
                    ["rootHash"] = Convert.ToBase64String(root),
                    ["treeSize"] = Text(size),
                    ["hashes"] = new JsonArray([
                        .. _tree.InclusionProof(index, size).Select(hash => JsonValue.Create(Convert.ToBase64String(hash))),
                    ]),
                    ["checkpoint"] = new JsonObject
                    {
                        ["envelope"] = lie.HasFlag(LogLie.Cosigned) ? _witnesses.Cosign(checkpoint) : checkpoint,
                    },
                },
                ["canonicalizedBody"] = Convert.ToBase64String(_bodies[(int)index]),
            };
        }
    }

    public string Checkpoint()
    {
        lock (_gate)
        {
            return Signer.Checkpoint(Signer.Name, _tree.Size, _tree.Root());
        }
    }

    /// <summary>A C2SP hash tile, or null when the log does not (yet) have it at that width.</summary>
    public byte[]? HashTile(int level, long number, int width)
    {
        lock (_gate)
        {
            return level * 8 > 56 ? null : _tree.Nodes(level * 8, number * 256, width)?.SelectMany(hash => hash).ToArray();
        }
    }

    /// <summary>A C2SP entry bundle: each entry behind its 16-bit big-endian length.</summary>
    public byte[]? EntryTile(long number, int width)
    {
        lock (_gate)
        {
            var start = number * 256;
            return start + width > _bodies.Count
                ? null
                :
                [
                    .. _bodies
                        .GetRange((int)start, width)
                        .SelectMany(body => (byte[])[(byte)(body.Length >> 8), (byte)body.Length, .. body]),
                ];
        }
    }

    public void Dispose() => Signer.Dispose();

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Transparency;

internal sealed record RekorV1Entry(string Uuid, byte[] Body, long TreeIndex, long GlobalIndex, long IntegratedTime);

/// <summary>
/// The state of a Rekor v1 log: one active shard after a retired one, so that the index in the log (entry and signed entry
/// timestamp) and the index in the tree (inclusion proof) differ as they do on the public instance.
/// </summary>
internal sealed class RekorV1Log : IDisposable
{
    private const int RetiredShardSize = 7;
    private readonly Lock _gate = new();
    private readonly MerkleTree _tree = new();
    private readonly MerkleTree _retiredTree = new();
    private readonly List<RekorV1Entry> _entries = [];
    private readonly Dictionary<string, RekorV1Entry> _byLeafHash = [];
    private readonly CheckpointSigner _signer;
    private readonly TimeProvider _time;
    private readonly ulong _retiredTreeId;

    public RekorV1Log(CheckpointSigner signer, TimeProvider time)
    {
        _time = time;
        _signer = signer;
        TreeId = NewTreeId();
        _retiredTreeId = NewTreeId();
        for (var leaf = 0; leaf < RetiredShardSize; leaf++)
        {
            _retiredTree.Append(RandomNumberGenerator.GetBytes(32));
        }

        var seed = SeedEntry.Create();
        Add(HashedRekordV001.Write("sha256", Convert.ToHexStringLower(seed.Digest), seed.Signature, seed.Key));
    }

    public CheckpointSigner Signer => _signer;

    public ulong TreeId { get; }

    public string LogId => Convert.ToHexStringLower(_signer.KeyId);

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

    /// <summary>The log's own first entry.</summary>
    public RekorV1Entry First
    {
        get
        {
            lock (_gate)
            {
                return _entries[0];
            }
        }
    }

    /// <returns>The entry, and whether it is new: an equal body is never logged twice.</returns>
    public (RekorV1Entry Entry, bool Added) Add(byte[] canonicalBody)
    {
        var leafHash = MerkleTree.LeafHash(canonicalBody);
        var hex = Convert.ToHexStringLower(leafHash);
        lock (_gate)
        {
            if (_byLeafHash.TryGetValue(hex, out var known))
            {
                return (known, false);
            }

            var index = _tree.Append(leafHash);
            var entry = new RekorV1Entry(
                FormattableString.Invariant($"{TreeId:x16}{hex}"),
                canonicalBody,
                index,
                RetiredShardSize + index,
                _time.GetUtcNow().ToUnixTimeSeconds()
            );
            _entries.Add(entry);
            _byLeafHash.Add(hex, entry);
            return (entry, true);
        }
    }

    /// <summary>Finds by entry id (tree id and leaf hash) or by the leaf hash alone.</summary>
    public RekorV1Entry? Find(string id)
    {
        var hex = id.ToLowerInvariant();
        if (hex.Length == 80)
        {
            if (!hex.StartsWith(TreeId.ToString("x16", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal))
            {
                return null;
            }

            hex = hex[16..];
        }

        lock (_gate)
        {
            return _byLeafHash.GetValueOrDefault(hex);
        }
    }

    public RekorV1Entry? FindIndex(long globalIndex)
    {
        lock (_gate)
        {
            var index = globalIndex - RetiredShardSize;
            return index >= 0 && index < _entries.Count ? _entries[(int)index] : null;
        }
    }

    public RekorV1Entry? FindBody(byte[] canonicalBody) => Find(Convert.ToHexStringLower(MerkleTree.LeafHash(canonicalBody)));

    /// <summary>The entry as the API shows it, with proof, checkpoint and signed entry timestamp for the log's present size.</summary>
    public JsonObject Describe(RekorV1Entry entry, LogLie lie = LogLie.None)
    {
        byte[] root;
        long size;
        byte[] earlier;
        IReadOnlyList<byte[]> proof;
        lock (_gate)
        {
            size = _tree.Size;
            root = _tree.Root();
            earlier = _tree.Root(Math.Max(entry.TreeIndex, 1));
            proof = _tree.InclusionProof(entry.TreeIndex, size);
        }

        if (lie.HasFlag(LogLie.WrongRoot))
        {
            root = SHA256.HashData(root);
        }

        var origin = $"{_signer.Name} - {TreeId}";
        var inclusion = new JsonObject
        {
            ["checkpoint"] = lie.HasFlag(LogLie.StaleCheckpoint)
                ? _signer.Checkpoint(origin, Math.Max(entry.TreeIndex, 1), earlier)
                : _signer.Checkpoint(origin, size, root),
            ["hashes"] = new JsonArray([.. proof.Select(hash => JsonValue.Create(Convert.ToHexStringLower(hash)))]),
            ["logIndex"] = entry.TreeIndex,
            ["rootHash"] = Convert.ToHexStringLower(root),
            ["treeSize"] = size,
        };
        var promised = Promised(entry, lie.HasFlag(LogLie.WrongSignedEntryTimestamp) ? 1 : 0);
        return new JsonObject { [entry.Uuid] = Described(entry, inclusion, _signer.Sign(promised)) };
    }

    private JsonObject Described(RekorV1Entry entry, JsonObject inclusionProof, byte[] signedEntryTimestamp) =>
        new()
        {
            ["body"] = Convert.ToBase64String(entry.Body),
            ["integratedTime"] = entry.IntegratedTime,
            ["logID"] = LogId,
            ["logIndex"] = entry.GlobalIndex,
            ["verification"] = new JsonObject
            {
                ["inclusionProof"] = inclusionProof,
                ["signedEntryTimestamp"] = Convert.ToBase64String(signedEntryTimestamp),
            },
        };

    /// <summary>What the signed entry timestamp is over.</summary>
    private byte[] Promised(RekorV1Entry entry, int secondsOff) =>
        CanonicalJson.Write(
            new JsonObject
            {
                ["body"] = Convert.ToBase64String(entry.Body),
                ["integratedTime"] = entry.IntegratedTime + secondsOff,
                ["logID"] = LogId,
                ["logIndex"] = entry.GlobalIndex,
            }
        );

    public JsonObject DescribeLog()
    {
        lock (_gate)
        {
            var description = DescribeShard(_tree, TreeId);
            description["inactiveShards"] = new JsonArray(DescribeShard(_retiredTree, _retiredTreeId));
            return description;
        }
    }

    /// <returns>Null when the sizes do not fit the log.</returns>
    public JsonObject? ConsistencyProof(long first, long last)
    {
        lock (_gate)
        {
            return first < 1 || last < first || last > _tree.Size
                ? null
                : new JsonObject
                {
                    ["hashes"] = new JsonArray([
                        .. _tree.ConsistencyProof(first, last).Select(hash => JsonValue.Create(Convert.ToHexStringLower(hash))),
                    ]),
                    ["rootHash"] = Convert.ToHexStringLower(_tree.Root(last)),
                };
        }
    }

    public void Dispose() => _signer.Dispose();

    private JsonObject DescribeShard(MerkleTree shard, ulong treeId) =>
        new()
        {
            ["rootHash"] = Convert.ToHexStringLower(shard.Root()),
            ["signedTreeHead"] = _signer.Checkpoint($"{_signer.Name} - {treeId}", shard.Size, shard.Root()),
            ["treeID"] = treeId.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["treeSize"] = shard.Size,
        };

    // Trillian's tree ids are positive 64-bit numbers.
    private static ulong NewTreeId() => BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8)) >> 1 | 1UL << 60;
}

/// <summary>What a log says of an entry that is not so.</summary>
[Flags]
internal enum LogLie
{
    None = 0,
    WrongSignedEntryTimestamp = 1,
    WrongRoot = 2,
    StaleCheckpoint = 4,

    /// <summary>Not a lie: witnesses sign the checkpoint too.</summary>
    Cosigned = 8,
}

/// <summary>
/// A log's own first entry. Proto-JSON drops index 0 and an empty proof, which some clients cannot read, so no user's
/// entry shall be the first.
/// </summary>
internal sealed record SeedEntry(byte[] Digest, byte[] Signature, LoggedKey Key)
{
    public static SeedEntry Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var digest = SHA256.HashData("the first entry of a rehearsal log"u8);
        return new SeedEntry(
            digest,
            key.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence),
            LoggedKey.FromSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo())
        );
    }
}

/// <summary>A proposed log entry that the log does not take; the message is what the server answers.</summary>
internal sealed class EntryRejectedException(string message) : Exception(message)
{
    /// <summary>The canonical entry that <paramref name="read"/> makes of a proposal; whatever a malformed one makes it stumble over is a
    /// refusal.</summary>
    /// <exception cref="EntryRejectedException">The proposal is malformed.</exception>
    public static byte[] For(string what, Func<byte[]> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception)
            when (exception
                    is KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or CryptographicException
                        or ArgumentException
                        or JsonException
            )
        {
            throw new EntryRejectedException($"{what}: {exception.Message}");
        }
    }
}

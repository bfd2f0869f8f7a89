using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Trust;

/// <summary>
/// A TUF repository (specification 1.0, consistent snapshots) with keys of its own: a root signed by two of three keys, and
/// one key each for timestamp, snapshot and targets. Its first content is published when somebody asks first, since it names
/// the sandbox's address; a timestamp that grows old is signed anew.
/// </summary>
internal sealed class TufRepository : IDisposable
{
    public const int RootThreshold = 2;
    private const int RootKeys = 3;
    private static readonly string[] OnlineRoles = ["timestamp", "snapshot", "targets"];
    private static readonly TimeSpan TimestampLife = TimeSpan.FromDays(7);
    private readonly Lock gate = new();
    private readonly Func<IReadOnlyList<TufTarget>> targets;
    private readonly TimeProvider time;
    private readonly Dictionary<string, byte[]> files = new(StringComparer.Ordinal);
    private readonly List<TufSigningKey> retired = [];
    private TufSigningKey[] rootKeys;
    private Dictionary<string, TufSigningKey> onlineKeys;
    private DateTimeOffset timestampRenewal;
    private int rootVersion;
    private int targetsVersion;
    private int snapshotVersion;
    private int timestampVersion;

    public TufRepository(Func<IReadOnlyList<TufTarget>> targets, TimeProvider time)
    {
        this.targets = targets;
        this.time = time;
        rootKeys = NewRootKeys();
        onlineKeys = NewOnlineKeys();
        PublishRoot(rootKeys);
        Root = files["1.root.json"];
    }

    /// <summary>The first root: what a client starts from.</summary>
    public byte[] Root { get; }

    /// <summary>The next root's path: asked for by every client, there only after a rotation.</summary>
    public string NextRootPath
    {
        get
        {
            lock (gate)
            {
                return Path("root", rootVersion + 1);
            }
        }
    }

    /// <returns>The file at a path below the repository's address, or null.</returns>
    public byte[]? Read(string path)
    {
        lock (gate)
        {
            Keep();
            return files.GetValueOrDefault(path);
        }
    }

    /// <summary>A version of the timestamp that the repository had before, still signed and in time.</summary>
    public byte[] EarlierTimestamp()
    {
        lock (gate)
        {
            Keep();
            return Sign(Timestamp(timestampVersion - 1, TimestampLife), onlineKeys["timestamp"]);
        }
    }

    /// <summary>A newer timestamp whose time is over.</summary>
    public byte[] ExpiredTimestamp()
    {
        lock (gate)
        {
            Keep();
            return Sign(Timestamp(timestampVersion + 1, TimeSpan.FromDays(-1)), onlineKeys["timestamp"]);
        }
    }

    /// <summary>The present timestamp, signed by a key that no root names but under the id of the one it does.</summary>
    public byte[] ForgedTimestamp()
    {
        using var stranger = new TufSigningKey();
        lock (gate)
        {
            Keep();
            var signed = Timestamp(timestampVersion + 1, TimestampLife);
            var signature = stranger.Sign(TufJson.Canonical(signed));
            signature["keyid"] = onlineKeys["timestamp"].Id;
            return Envelope(signed, [signature]);
        }
    }

    /// <summary>A next root that one key too few has signed.</summary>
    public byte[] UndersignedRoot()
    {
        lock (gate)
        {
            return Sign(NewRoot(rootVersion + 1), rootKeys[..(RootThreshold - 1)]);
        }
    }

    /// <summary>The snapshot of another moment than the timestamp names: one version higher than announced.</summary>
    public byte[] OtherSnapshot()
    {
        lock (gate)
        {
            Keep();
            return Sign(Snapshot(snapshotVersion + 1), onlineKeys["snapshot"]);
        }
    }

    /// <summary>An honest rotation: new keys for every role, the new root signed by enough of the old and of the new keys.</summary>
    public void Rotate()
    {
        lock (gate)
        {
            Keep();
            var before = rootKeys;
            retired.AddRange(before);
            retired.AddRange(onlineKeys.Values);
            rootKeys = NewRootKeys();
            onlineKeys = NewOnlineKeys();
            PublishRoot([.. before, .. rootKeys]);
            Publish();
        }
    }

    public void Dispose()
    {
        foreach (var key in retired.Concat(rootKeys).Concat(onlineKeys.Values))
        {
            key.Dispose();
        }
    }

    private static TufSigningKey[] NewRootKeys() => [.. Enumerable.Range(0, RootKeys).Select(_ => new TufSigningKey())];

    private static Dictionary<string, TufSigningKey> NewOnlineKeys() =>
        OnlineRoles.ToDictionary(static role => role, static _ => new TufSigningKey());

    private static string Path(string role, int version) => string.Create(CultureInfo.InvariantCulture, $"{version}.{role}.json");

    private static byte[] Sign(JsonObject signed, params TufSigningKey[] keys) =>
        Envelope(signed, keys.Select(key => key.Sign(TufJson.Canonical(signed))));

    private static byte[] Envelope(JsonObject signed, IEnumerable<JsonObject> signatures) =>
        Encoding.UTF8.GetBytes(new JsonObject { ["signatures"] = new JsonArray([.. signatures]), ["signed"] = signed }.ToJsonString());

    // Two versions from the start, so that there is an earlier one to roll back to.
    private void Keep()
    {
        if (targetsVersion == 0)
        {
            Publish();
            PublishTimestamp();
        }
        else if (time.GetUtcNow() >= timestampRenewal)
        {
            PublishTimestamp();
        }
    }

    private void Publish()
    {
        var present = targets();
        foreach (var target in present)
        {
            files[target.Path] = target.Content;
        }

        var listed = new JsonObject();
        foreach (var target in present)
        {
            listed[target.Name] = target.Describe();
        }

        var signed = Fresh("targets", ++targetsVersion, TimeSpan.FromDays(180), ("targets", listed));
        files[Path("targets", targetsVersion)] = Sign(signed, onlineKeys["targets"]);
        snapshotVersion++;
        files[Path("snapshot", snapshotVersion)] = Sign(Snapshot(snapshotVersion), onlineKeys["snapshot"]);
        PublishTimestamp();
    }

    private void PublishTimestamp()
    {
        files["timestamp.json"] = Sign(Timestamp(++timestampVersion, TimestampLife), onlineKeys["timestamp"]);
        timestampRenewal = time.GetUtcNow() + TimestampLife / 2;
    }

    private void PublishRoot(TufSigningKey[] signers)
    {
        var signed = NewRoot(++rootVersion);
        files[Path("root", rootVersion)] = Sign(signed, signers);
    }

    private JsonObject NewRoot(int version)
    {
        var keys = new JsonObject();
        foreach (var key in rootKeys.Concat(onlineKeys.Values))
        {
            keys[key.Id] = key.Public.DeepClone();
        }

        var roles = new JsonObject { ["root"] = Role(RootThreshold, rootKeys) };
        foreach (var (role, key) in onlineKeys)
        {
            roles[role] = Role(1, key);
        }

        return Fresh("root", version, TimeSpan.FromDays(180), ("consistent_snapshot", true), ("keys", keys), ("roles", roles));
    }

    private static JsonObject Role(int threshold, params TufSigningKey[] keys) =>
        new() { ["keyids"] = new JsonArray([.. keys.Select(key => JsonValue.Create(key.Id))]), ["threshold"] = threshold };

    private JsonObject Timestamp(int version, TimeSpan life) =>
        Fresh("timestamp", version, life, ("meta", Meta("snapshot", snapshotVersion)));

    private JsonObject Snapshot(int version) =>
        Fresh("snapshot", version, TimeSpan.FromDays(180), ("meta", Meta("targets", targetsVersion)));

    private static JsonObject Meta(string role, int version) => new() { [$"{role}.json"] = new JsonObject { ["version"] = version } };

    private JsonObject Fresh(string type, int version, TimeSpan life, params (string Name, JsonNode Value)[] members)
    {
        var signed = new JsonObject
        {
            ["_type"] = type,
            ["spec_version"] = "1.0",
            ["version"] = version,
            ["expires"] = (time.GetUtcNow() + life).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
        foreach (var (name, value) in members)
        {
            signed[name] = value;
        }

        return signed;
    }
}

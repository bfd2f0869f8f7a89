using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Trust;

/// <summary>
/// A TUF repository (specification 1.0, consistent snapshots) with keys of its own: a root signed by two of three keys, and
/// one key each for timestamp, snapshot and targets. Its first content is published when somebody asks first, since it names
/// the sandbox's address; a timestamp that grows old is signed again.
/// </summary>
internal sealed class TufRepository : IDisposable
{
    public const int RootThreshold = 2;
    private const int RootKeys = 3;
    private static readonly string[] _onlineRoles = ["timestamp", "snapshot", "targets"];
    private static readonly TimeSpan _timestampLife = TimeSpan.FromDays(7);
    private readonly Lock _gate = new();
    private readonly Func<IReadOnlyList<TufTarget>> _targets;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly List<TufSigningKey> _retired = [];
    private TufSigningKey[] _rootKeys;
    private Dictionary<string, TufSigningKey> _onlineKeys;
    private DateTimeOffset _timestampRenewal;
    private int _rootVersion;
    private int _targetsVersion;
    private int _snapshotVersion;
    private int _timestampVersion;

    public TufRepository(Func<IReadOnlyList<TufTarget>> targets, TimeProvider time)
    {
        _targets = targets;
        _time = time;
        _rootKeys = NewRootKeys();
        _onlineKeys = NewOnlineKeys();
        PublishRoot(_rootKeys);
        Root = _files["1.root.json"];
    }

    /// <summary>The first root: what a client starts from.</summary>
    public byte[] Root { get; }

    /// <summary>The next root's path: asked for by every client, there only after a rotation.</summary>
    public string NextRootPath
    {
        get
        {
            lock (_gate)
            {
                return Path("root", _rootVersion + 1);
            }
        }
    }

    /// <returns>The file at a path below the repository's address, or null.</returns>
    public byte[]? Read(string path)
    {
        lock (_gate)
        {
            Keep();
            return _files.GetValueOrDefault(path);
        }
    }

    /// <summary>A version of the timestamp that the repository had before, still signed and in time.</summary>
    public byte[] EarlierTimestamp()
    {
        lock (_gate)
        {
            Keep();
            return Sign(Timestamp(_timestampVersion - 1, _timestampLife), _onlineKeys["timestamp"]);
        }
    }

    /// <summary>A newer timestamp that has expired.</summary>
    public byte[] ExpiredTimestamp()
    {
        lock (_gate)
        {
            Keep();
            return Sign(Timestamp(_timestampVersion + 1, TimeSpan.FromDays(-1)), _onlineKeys["timestamp"]);
        }
    }

    /// <summary>The present timestamp, signed by a key that no root names but under the id of the one it does.</summary>
    public byte[] ForgedTimestamp()
    {
        using var foreign = new TufSigningKey();
        lock (_gate)
        {
            Keep();
            var signed = Timestamp(_timestampVersion + 1, _timestampLife);
            var signature = foreign.Sign(TufJson.Canonical(signed));
            signature["keyid"] = _onlineKeys["timestamp"].Id;
            return Envelope(signed, [signature]);
        }
    }

    /// <summary>A next root that one key too few has signed.</summary>
    public byte[] UndersignedRoot()
    {
        lock (_gate)
        {
            return Sign(NewRoot(_rootVersion + 1), _rootKeys[..(RootThreshold - 1)]);
        }
    }

    /// <summary>The snapshot of another moment than the timestamp names: one version higher than announced.</summary>
    public byte[] OtherSnapshot()
    {
        lock (_gate)
        {
            Keep();
            return Sign(Snapshot(_snapshotVersion + 1), _onlineKeys["snapshot"]);
        }
    }

    /// <summary>An honest rotation: new keys for every role, the new root signed by enough of the old and of the new keys.</summary>
    public void Rotate()
    {
        lock (_gate)
        {
            Keep();
            var before = _rootKeys;
            _retired.AddRange(before);
            _retired.AddRange(_onlineKeys.Values);
            _rootKeys = NewRootKeys();
            _onlineKeys = NewOnlineKeys();
            PublishRoot([.. before, .. _rootKeys]);
            Publish();
        }
    }

    public void Dispose()
    {
        foreach (var key in _retired.Concat(_rootKeys).Concat(_onlineKeys.Values))
        {
            key.Dispose();
        }
    }

    private static TufSigningKey[] NewRootKeys() => [.. Enumerable.Range(0, RootKeys).Select(_ => new TufSigningKey())];

    private static Dictionary<string, TufSigningKey> NewOnlineKeys() =>
        _onlineRoles.ToDictionary(static role => role, static _ => new TufSigningKey(), StringComparer.Ordinal);

    private static string Path(string role, int version) => string.Create(CultureInfo.InvariantCulture, $"{version}.{role}.json");

    private static byte[] Sign(JsonObject signed, params TufSigningKey[] keys) =>
        Envelope(signed, keys.Select(key => key.Sign(TufJson.Canonical(signed))));

    private static byte[] Envelope(JsonObject signed, IEnumerable<JsonObject> signatures) =>
        Encoding.UTF8.GetBytes(new JsonObject { ["signatures"] = new JsonArray([.. signatures]), ["signed"] = signed }.ToJsonString());

    // Two versions from the start, so that there is an earlier one to roll back to.
    private void Keep()
    {
        if (_targetsVersion == 0)
        {
            Publish();
            PublishTimestamp();
        }
        else if (_time.GetUtcNow() >= _timestampRenewal)
        {
            PublishTimestamp();
        }
    }

    private void Publish()
    {
        var present = _targets();
        foreach (var target in present)
        {
            _files[target.Path] = target.Content;
        }

        var listed = new JsonObject();
        foreach (var target in present)
        {
            listed[target.Name] = target.Describe();
        }

        var signed = Fresh("targets", ++_targetsVersion, TimeSpan.FromDays(180), ("targets", listed));
        _files[Path("targets", _targetsVersion)] = Sign(signed, _onlineKeys["targets"]);
        _snapshotVersion++;
        _files[Path("snapshot", _snapshotVersion)] = Sign(Snapshot(_snapshotVersion), _onlineKeys["snapshot"]);
        PublishTimestamp();
    }

    private void PublishTimestamp()
    {
        _files["timestamp.json"] = Sign(Timestamp(++_timestampVersion, _timestampLife), _onlineKeys["timestamp"]);
        _timestampRenewal = _time.GetUtcNow() + _timestampLife / 2;
    }

    private void PublishRoot(TufSigningKey[] signers)
    {
        var signed = NewRoot(++_rootVersion);
        _files[Path("root", _rootVersion)] = Sign(signed, signers);
    }

    private JsonObject NewRoot(int version)
    {
        var keys = new JsonObject();
        foreach (var key in _rootKeys.Concat(_onlineKeys.Values))
        {
            keys[key.Id] = key.Public.DeepClone();
        }

        var roles = new JsonObject { ["root"] = Role(RootThreshold, _rootKeys) };
        foreach (var (role, key) in _onlineKeys)
        {
            roles[role] = Role(1, key);
        }

        return Fresh("root", version, TimeSpan.FromDays(180), ("consistent_snapshot", true), ("keys", keys), ("roles", roles));
    }

    private static JsonObject Role(int threshold, params TufSigningKey[] keys) =>
        new() { ["keyids"] = new JsonArray([.. keys.Select(key => JsonValue.Create(key.Id))]), ["threshold"] = threshold };

    private JsonObject Timestamp(int version, TimeSpan life) =>
        Fresh("timestamp", version, life, ("meta", Meta("snapshot", _snapshotVersion)));

    private JsonObject Snapshot(int version) =>
        Fresh("snapshot", version, TimeSpan.FromDays(180), ("meta", Meta("targets", _targetsVersion)));

    private static JsonObject Meta(string role, int version) => new() { [$"{role}.json"] = new JsonObject { ["version"] = version } };

    private JsonObject Fresh(string type, int version, TimeSpan life, params (string Name, JsonNode Value)[] members)
    {
        var signed = new JsonObject
        {
            ["_type"] = type,
            ["spec_version"] = "1.0",
            ["version"] = version,
            ["expires"] = (_time.GetUtcNow() + life).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
        foreach (var (name, value) in members)
        {
            signed[name] = value;
        }

        return signed;
    }
}

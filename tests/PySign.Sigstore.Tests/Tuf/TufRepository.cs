using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>
/// A TUF repository in memory whose owner may be honest or not: metadata is plain JSON that a test changes as it likes, and
/// signing and publishing are separate steps. It makes its canonical JSON and signatures itself, sharing no code with the client.
/// </summary>
internal sealed class TufRepository
{
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly string[] TopLevelRoles = ["root", "timestamp", "snapshot", "targets"];

    private readonly Dictionary<string, JsonObject> _roles = new(StringComparer.Ordinal);

    public TufRepository(Func<TestKey>? newKey = null)
    {
        NewKey = newKey ?? (() => TestKey.Ecdsa());
        var roles = new JsonObject();
        this["root"] = Fresh("root", ("consistent_snapshot", true), ("keys", new JsonObject()), ("roles", roles));
        this["timestamp"] = Fresh("timestamp", ("meta", new JsonObject()));
        this["snapshot"] = Fresh("snapshot", ("meta", new JsonObject()));
        this["targets"] = Fresh("targets", ("targets", new JsonObject()));
        foreach (var role in TopLevelRoles)
        {
            roles[role] = new JsonObject { ["keyids"] = new JsonArray(), ["threshold"] = 1 };
            AddKey(role);
        }

        PublishRoot();
        this["targets"]["version"] = 0;
        this["snapshot"]["version"] = 0;
        this["timestamp"]["version"] = 0;
        Release();
        InitialRoot = Files["metadata/1.root.json"];
    }

    public Func<TestKey> NewKey { get; }

    public byte[] InitialRoot { get; set; }

    /// <summary>What the server answers, by path.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Who signs each role, whether its delegator says so or not.</summary>
    public Dictionary<string, List<TestKey>> Signers { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the honest owner lists length and hashes of metadata files.</summary>
    public bool ListsHashes { get; set; }

    public bool ConsistentSnapshot
    {
        get => (bool)this["root"]["consistent_snapshot"]!;
        set => this["root"]["consistent_snapshot"] = value;
    }

    /// <summary>The signed part of a role's metadata.</summary>
    public JsonObject this[string role]
    {
        get => _roles[role];
        set => _roles[role] = value;
    }

    public static JsonObject Fresh(string type, params (string Name, JsonNode? Value)[] members)
    {
        var signed = new JsonObject
        {
            ["_type"] = type,
            ["spec_version"] = "1.0.31",
            ["version"] = 1,
            ["expires"] = "2026-07-01T00:00:00Z",
        };
        foreach (var (name, value) in members)
        {
            signed[name] = value;
        }

        return signed;
    }

    public long Version(string role) => long.Parse(this[role]["version"]!.ToJsonString(), CultureInfo.InvariantCulture);

    public void Bump(string role, long by = 1) => this[role]["version"] = Version(role) + by;

    public void ExpireAt(string role, DateTimeOffset time) =>
        this[role]["expires"] = time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Names a key for a top-level role and lets it sign.</summary>
    public TestKey AddKey(string role, TestKey? key = null)
    {
        key ??= NewKey();
        this["root"]["keys"]![key.Id] = key.Public.DeepClone();
        ((JsonArray)this["root"]["roles"]![role]!["keyids"]!).Add(key.Id);
        SignersOf(role).Add(key);
        return key;
    }

    public void RotateKeys(string role)
    {
        this["root"]["roles"]![role]!["keyids"] = new JsonArray();
        SignersOf(role).Clear();
        AddKey(role);
    }

    public void Threshold(string role, int threshold) => this["root"]["roles"]![role]!["threshold"] = threshold;

    public List<TestKey> SignersOf(string role)
    {
        Signers.TryAdd(role, []);
        return Signers[role];
    }

    public void AddTarget(string name, byte[] content, string role = "targets", bool publish = true)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        this[role]["targets"]![name] = new JsonObject
        {
            ["length"] = content.Length,
            ["hashes"] = new JsonObject { ["sha256"] = hash },
        };
        if (publish)
        {
            Files[TargetPath(name, hash)] = content;
        }
    }

    public string TargetPath(string name, string hash)
    {
        var slash = name.LastIndexOf('/') + 1;
        return "targets/" + (ConsistentSnapshot ? name[..slash] + hash + "." + name[slash..] : name);
    }

    /// <summary>Lets a role delegate to another; both are published with the next release.</summary>
    public JsonObject Delegate(
        string delegator,
        string role,
        IEnumerable<string>? paths = null,
        bool terminating = false,
        TestKey? key = null
    )
    {
        key ??= SignersOf(role).FirstOrDefault() ?? NewKey();
        var delegations = this[delegator]["delegations"] ??= new JsonObject { ["keys"] = new JsonObject(), ["roles"] = new JsonArray() };
        delegations["keys"]![key.Id] = key.Public.DeepClone();
        var entry = new JsonObject
        {
            ["name"] = role,
            ["keyids"] = new JsonArray(key.Id),
            ["threshold"] = 1,
            ["terminating"] = terminating,
            ["paths"] = new JsonArray([.. (paths ?? ["*"]).Select(static p => (JsonNode)p)]),
        };
        ((JsonArray)delegations["roles"]!).Add(entry);
        if (!_roles.ContainsKey(role))
        {
            this[role] = Fresh("targets", ("targets", new JsonObject()));
            this[role]["version"] = 0;
            SignersOf(role).Add(key);
        }

        return entry;
    }

    /// <summary>The honest way: every targets role, the snapshot and the timestamp one version up, all naming each other.</summary>
    public void Release()
    {
        foreach (var role in _roles.Keys.Where(static r => r is not ("root" or "timestamp" or "snapshot")))
        {
            Bump(role);
            Publish(role);
            Announce("snapshot", role);
        }

        ReleaseSnapshot();
    }

    public void ReleaseSnapshot()
    {
        Bump("snapshot");
        Publish("snapshot");
        ReleaseTimestamp();
    }

    public void ReleaseTimestamp()
    {
        Bump("timestamp");
        Announce("timestamp", "snapshot");
        Publish("timestamp");
    }

    public void NextRoot()
    {
        Bump("root");
        PublishRoot();
    }

    public void PublishRoot() => Publish("root");

    /// <summary>Writes what one role says of another's published file.</summary>
    public void Announce(string announcer, string role)
    {
        var entry = new JsonObject { ["version"] = Version(role) };
        if (ListsHashes)
        {
            var file = Files[PathOf(role, Version(role))];
            entry["length"] = file.Length;
            entry["hashes"] = new JsonObject { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(file)) };
        }

        this[announcer]["meta"]![role + ".json"] = entry;
    }

    /// <summary>Signs a role as it stands, and serves it under its version.</summary>
    public void Publish(string role) => Files[PathOf(role, Version(role))] = Sign(role);

    public string PathOf(string role, long version) =>
        role == "root" || (role != "timestamp" && ConsistentSnapshot)
            ? string.Create(CultureInfo.InvariantCulture, $"metadata/{version}.{role}.json")
            : $"metadata/{role}.json";

    public byte[] Sign(string role)
    {
        var canonical = Canonical(this[role]);
        var signatures = new JsonArray([
            .. SignersOf(role)
                .Select(key => (JsonNode)new JsonObject { ["keyid"] = key.Id, ["sig"] = Convert.ToHexStringLower(key.Sign(canonical)) }),
        ]);
        return Encoding.UTF8.GetBytes(new JsonObject { ["signatures"] = signatures, ["signed"] = this[role].DeepClone() }.ToJsonString());
    }

    private static byte[] Canonical(JsonNode? node) => Encoding.UTF8.GetBytes(Text(node));

    private static string Text(JsonNode? node) =>
        node switch
        {
            JsonObject map => "{"
                + string.Join(
                    ',',
                    map.OrderBy(static m => m.Key, StringComparer.Ordinal).Select(static m => Quote(m.Key) + ":" + Text(m.Value))
                )
                + "}",
            JsonArray list => "[" + string.Join(',', list.Select(Text)) + "]",
            JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.String => Quote((string)value!),
            null => "null",
            _ => node.ToJsonString(),
        };

    private static string Quote(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}

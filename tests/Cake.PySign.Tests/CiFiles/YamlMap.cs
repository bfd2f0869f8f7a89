using YamlDotNet.Serialization;

namespace Cake.PySign.Tests.CiFiles;

/// <summary>A mapping of a YAML file, read without knowing its schema.</summary>
internal sealed class YamlMap(IReadOnlyDictionary<object, object?> entries)
{
    public static YamlMap Empty { get; } = new(new Dictionary<object, object?>());

    public IEnumerable<string> Keys => entries.Keys.Select(key => (string)key);

    public static YamlMap Load(string path) => Parse(File.ReadAllText(path));

    public static YamlMap Parse(string text) =>
        new(new DeserializerBuilder().Build().Deserialize<Dictionary<object, object?>>(new StringReader(text)));

    public bool Has(string key) => entries.ContainsKey(key);

    public string? Text(string key) => entries.GetValueOrDefault(key) as string;

    public YamlMap Map(string key) => entries.GetValueOrDefault(key) is Dictionary<object, object?> map ? new YamlMap(map) : Empty;

    public IReadOnlyList<YamlMap> Maps(string key) => [.. Items(key).OfType<Dictionary<object, object?>>().Select(map => new YamlMap(map))];

    /// <summary>A list of texts, or one text alone.</summary>
    public IReadOnlyList<string> Texts(string key) => Text(key) is { } one ? [one] : [.. Items(key).OfType<string>()];

    public IReadOnlyDictionary<string, string> Variables(string key)
    {
        var map = Map(key);
        return map.Keys.Where(name => map.Text(name) is not null).ToDictionary(name => name, name => map.Text(name)!);
    }

    /// <summary>A value as YAML of one form, to compare it with another.</summary>
    public string Written(string key) => new SerializerBuilder().Build().Serialize(entries.GetValueOrDefault(key));

    /// <summary>This mapping over <paramref name="other"/>, mappings merged key by key and everything else replaced: GitLab's
    /// <c>extends</c>.</summary>
    public YamlMap Over(YamlMap other) => new(Merge(entries, other.Entries));

    private IReadOnlyDictionary<object, object?> Entries => entries;

    private static Dictionary<object, object?> Merge(IReadOnlyDictionary<object, object?> top, IReadOnlyDictionary<object, object?> bottom)
    {
        var merged = bottom.ToDictionary();
        foreach (var (key, value) in top)
        {
            merged[key] =
                value is Dictionary<object, object?> map && merged.GetValueOrDefault(key) is Dictionary<object, object?> below
                    ? Merge(map, below)
                    : value;
        }

        return merged;
    }

    private List<object?> Items(string key) =>
        entries.GetValueOrDefault(key) as List<object?> ?? (entries.GetValueOrDefault(key) as List<object>)?.Cast<object?>().ToList() ?? [];
}

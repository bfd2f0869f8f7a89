using System.Text.Json;

namespace PySign.Packaging.LockFiles;

/// <summary><c>Pipfile.lock</c>: JSON, a section for each category, and hashes without file names.</summary>
internal static class PipfileLockReader
{
    private const string Meta = "_meta";
    private const string Default = "default";

    // Duplicate keys: two readers could see two different entries.
    private static readonly JsonDocumentOptions _options = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    private static readonly string[] _versionControls = ["git", "hg", "svn", "bzr"];

    public static LockFile Read(ReadOnlyMemory<byte> content, LockSelection selection)
    {
        if (content.Span.StartsWith("\ufeff"u8))
            content = content[3..];
        try
        {
            using var document = JsonDocument.Parse(content, _options);
            var root = Require(document.RootElement, "the file");
            var sources = Sources(root);
            var lines = new EntryLines(content.Span);
            var packages = new List<LockedPackage>();
            foreach (var section in root.EnumerateObject().Where(section => section.Name != Meta))
            {
                if (section.Name != Default && !selection.HasGroup(section.Name))
                    continue;
                foreach (var entry in Require(section.Value, section.Name).EnumerateObject())
                    packages.Add(Package(entry, section.Name, sources, lines.Of(section.Name, entry.Name)));
            }

            return new LockFile { Kind = LockFileKind.Pipfile, Packages = packages };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw LockText.Invalid(e.Message, "the JSON of a Pipfile.lock", 0, e);
        }
    }

    private static List<(string Name, string Url)> Sources(JsonElement root)
    {
        var meta = root.TryGetProperty(Meta, out var value) ? Require(value, Meta) : throw LockText.Invalid("no _meta", "the key _meta", 1);
        if (meta.TryGetProperty("pipfile-spec", out var spec) && (!spec.TryGetInt32(out var number) || number > 6))
            throw TomlLockReader.Unsupported("pipfile-spec", "pipfile-spec 6");
        return meta.TryGetProperty("sources", out var sources)
            ? [.. sources.EnumerateArray().Select(source => (Text(source, "name") ?? "", LockText.Clean(Text(source, "url") ?? "")))]
            : [];
    }

    private static LockedPackage Package(JsonProperty entry, string section, List<(string Name, string Url)> sources, int line)
    {
        var value = Require(entry.Value, entry.Name);
        var version = Text(value, "version");
        if (version is not null && !version.StartsWith("==", StringComparison.Ordinal))
            throw LockText.Invalid($"{entry.Name} {version}", "a version such as ==1.0", line);
        var files = value.TryGetProperty("hashes", out var hashes)
            ? hashes.EnumerateArray().Select(hash => LockText.Hashed(null, hash.GetString() ?? "", line))
            : [];
        return new LockedPackage
        {
            Name = LockText.Name(entry.Name, line),
            Version = version?.TrimStart('='),
            Line = line,
            Source = Source(value, sources),
            Files = [.. files],
            Groups = [section],
            Marker = LockMarker.Environment(Text(value, "markers"), LockSelection.All),
        };
    }

    private static LockedSource Source(JsonElement entry, List<(string Name, string Url)> sources)
    {
        var editable = entry.TryGetProperty("editable", out var flag) && flag.ValueKind == JsonValueKind.True;
        foreach (var control in _versionControls)
        {
            if (Text(entry, control) is { } repository)
                return new LockedSource(LockedSourceKind.Vcs, LockText.Clean(repository), Text(entry, "ref"));
        }

        if (Text(entry, "path") is { } path)
            return new LockedSource(editable ? LockedSourceKind.Editable : LockedSourceKind.Path, path);
        if (Text(entry, "file") is { } file)
            return file.StartsWith("http", StringComparison.OrdinalIgnoreCase)
                ? new LockedSource(LockedSourceKind.Url, LockText.Clean(file))
                : new LockedSource(LockedSourceKind.Path, LockText.Clean(file));
        if (editable)
            return new LockedSource(LockedSourceKind.Editable);
        if (Text(entry, "index") is { } index)
            return new LockedSource(LockedSourceKind.Index, sources.FirstOrDefault(source => source.Name == index).Url ?? index);

        // Without an index any of the sources may serve it; pipenv asks the first one first.
        return sources.Count > 1
            ? new LockedSource(LockedSourceKind.SeveralIndexes, sources[0].Url)
            : new LockedSource(LockedSourceKind.Index, sources.Count == 1 ? sources[0].Url : null);
    }

    private static string? Text(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw LockText.Invalid(name, $"text as {name}", 0);
    }

    private static JsonElement Require(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object ? element : throw LockText.Invalid(name, $"a JSON object as {name}", 0);

    /// <summary>The line of each entry, found in a pass of its own: JSON documents do not keep positions.</summary>
    private sealed class EntryLines
    {
        private readonly Dictionary<(string Section, string Entry), int> _lines = [];

        public EntryLines(ReadOnlySpan<byte> json)
        {
            var reader = new Utf8JsonReader(json);
            var section = "";
            var (at, line) = (0, 1);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth > 2)
                    continue;
                line += json[at..(int)reader.TokenStartIndex].Count((byte)'\n');
                at = (int)reader.TokenStartIndex;
                if (reader.CurrentDepth == 1)
                    section = reader.GetString()!;
                else
                    _lines[(section, reader.GetString()!)] = line;
            }
        }

        public int Of(string section, string entry) => _lines.GetValueOrDefault((section, entry), 1);
    }
}

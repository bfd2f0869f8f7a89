using PySign.Packaging.Toml;

namespace PySign.Packaging.LockFiles;

/// <summary>
/// Walks the edges of a <c>uv.lock</c> from the project over the groups and extras that are chosen. A marker stands on an edge, so what
/// installs a package is any of the ways to it, each with all the markers on it.
/// </summary>
internal sealed class UvWalk(LockToml toml, LockSelection selection, Dictionary<string, List<TomlTable>> byName)
{
    // A package, or one of its extras.
    private readonly Dictionary<(TomlTable Package, string Extra), UvWays> _reached = [];
    private readonly Queue<(TomlTable Package, string Extra)> _open = new();

    /// <summary>The packages that are reached, each with the marker that it needs; null for all environments.</summary>
    public Dictionary<TomlTable, string?> From(IEnumerable<TomlTable> own)
    {
        foreach (var root in own)
        {
            Follow(toml.Tables(root, "dependencies"), UvWays.Always);
            foreach (var (name, edges) in Lists(root, "optional-dependencies"))
            {
                if (selection.HasExtra(name))
                    Follow(edges, UvWays.Always);
            }

            foreach (var (name, edges) in Lists(root, "dev-dependencies").Concat(Lists(root, "dependency-groups")))
            {
                if (selection.HasGroup(name))
                    Follow(edges, UvWays.Always);
            }
        }

        if (toml.Table(toml.Root, "manifest") is { } manifest)
            Follow(toml.Tables(manifest, "requirements"), UvWays.Always);
        while (_open.TryDequeue(out var node))
            Follow(Edges(node.Package, node.Extra), _reached[node]);
        return _reached.Where(one => one.Key.Extra.Length == 0).ToDictionary(one => one.Key.Package, Marker);
    }

    private string? Marker(KeyValuePair<(TomlTable Package, string Extra), UvWays> one)
    {
        // A fork of a name holds only where its own markers say so.
        var forks = toml.Texts(one.Key.Package, "resolution-markers").Select(marker => LockMarker.Environment(marker, selection)).ToList();
        var ways = forks.Count == 0 || forks.Contains(null) ? one.Value : one.Value.And(string.Join(" or ", forks));
        return LockMarker.Environment(ways.Text, selection);
    }

    private IReadOnlyList<TomlTable> Edges(TomlTable package, string extra) =>
        extra.Length == 0
            ? toml.Tables(package, "dependencies")
            : [.. Lists(package, "optional-dependencies").Where(list => list.Name == extra).SelectMany(list => list.Edges)];

    private void Follow(IEnumerable<TomlTable> edges, UvWays from)
    {
        foreach (var edge in edges)
        {
            var marker = toml.Text(edge, "marker");
            if (marker is not null && !LockMarker.MayHold(marker, selection, []))
                continue;
            var ways = LockMarker.Environment(marker, selection) is { } needed ? from.And(needed) : from;
            var name = LockText.Name(toml.RequireText(edge, "name"), toml.Line(edge)).Normalized;
            var version = toml.Text(edge, "version");

            // Version and source stand on an edge only where the name alone is ambiguous.
            foreach (
                var package in (byName.GetValueOrDefault(name) ?? []).Where(one => version is null || toml.Text(one, "version") == version)
            )
            {
                Reach((package, ""), ways);
                foreach (var extra in toml.Texts(edge, "extra"))
                    Reach((package, extra), ways);
            }
        }
    }

    private void Reach((TomlTable Package, string Extra) node, UvWays ways)
    {
        var known = _reached.GetValueOrDefault(node);
        var joined = known is null ? ways : known.Or(ways);
        if (joined == known)
            return;
        _reached[node] = joined;
        _open.Enqueue(node);
    }

    private IEnumerable<(string Name, IReadOnlyList<TomlTable> Edges)> Lists(TomlTable package, string key) =>
        toml.Table(package, key) is { } lists ? lists.Keys.Select(name => (name, toml.Tables(lists, name))) : [];
}

/// <summary>The ways to a package: any of them, each with all of its markers. A way that asks for more than another one adds nothing, so
/// that joining comes to an end also in a circle.</summary>
internal sealed class UvWays
{
    // Beyond this, "everywhere" is the answer: too much may be installed, never something else.
    private const int Most = 12;

    private readonly IReadOnlyList<HashSet<string>> _ways;

    private UvWays(IReadOnlyList<HashSet<string>> ways) => _ways = ways;

    public static UvWays Always { get; } =
        new([
            [],
        ]);

    /// <summary>The marker; null where it always holds.</summary>
    public string? Text =>
        _ways.Any(static way => way.Count == 0)
            ? null
            : string.Join(
                " or ",
                _ways
                    .Select(static way => string.Join(" and ", way.Order(StringComparer.Ordinal).Select(static marker => $"({marker})")))
                    .Order(StringComparer.Ordinal)
            );

    public UvWays And(string marker) =>
        _ways.Any(way => way.Count >= Most)
            ? this
            : new UvWays([.. _ways.Select(way => new HashSet<string>(way, way.Comparer) { marker })]);

    /// <summary>These ways and others; this very instance where the others add nothing.</summary>
    public UvWays Or(UvWays other)
    {
        var added = other._ways.Where(way => !_ways.Any(known => known.IsSubsetOf(way))).ToList();
        if (added.Count == 0)
            return this;
        var kept = _ways.Where(known => !added.Exists(way => way.IsSubsetOf(known))).Concat(added).ToList();
        return kept.Count > Most ? Always : new UvWays(kept);
    }
}

using System.Security.Cryptography;
using System.Text;

namespace PySign.Sigstore.Tuf;

/// <summary>A delegation: which role may speak about which targets, signed by whom (specification 4.5).</summary>
internal sealed record DelegatedRole(
    string Name,
    RoleKeys Signers,
    bool Terminating,
    IReadOnlyList<string>? Paths,
    IReadOnlyList<string>? HashPrefixes
)
{
    /// <summary>Whether the delegator lets this role speak about the target.</summary>
    public bool Covers(string target)
    {
        if (Paths is not null)
        {
            return Paths.Any(pattern => PathPattern.Matches(pattern, target));
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(target)));
        return HashPrefixes!.Any(prefix => hash.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
    }

    public static IReadOnlyList<DelegatedRole> ReadAll(MetadataJson list)
    {
        var roles = list.Items().Select(Read).ToList();
        return roles.DistinctBy(static r => r.Name, StringComparer.Ordinal).Count() == roles.Count
            ? roles
            : throw TufRefusal.Malformed(list.Subject, "delegated roles of different names", "a name twice");
    }

    private static DelegatedRole Read(MetadataJson json)
    {
        var name = json.Member("name").Text();

        // A delegated role that calls itself "root" would share file names and messages with the real one.
        if (name.Length == 0 || TopLevel.Contains(name))
        {
            throw TufRefusal.Malformed(json.Subject, $"a name of its own in {json.Path}.name", $"\"{name}\"");
        }

        var paths = json.Optional("paths")?.Items().Select(static p => p.Text()).ToList();
        var prefixes = json.Optional("path_hash_prefixes")?.Items().Select(static p => p.Text()).ToList();
        if ((paths is null) == (prefixes is null))
        {
            throw TufRefusal.Malformed(
                json.Subject,
                $"either paths or path_hash_prefixes in {json.Path}",
                paths is null ? "neither" : "both"
            );
        }

        return new DelegatedRole(name, RoleKeys.Read(json), json.Optional("terminating")?.Flag() ?? false, paths, prefixes);
    }
}

using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Packaging.Toml;

namespace Cake.PySign.Audit;

/// <summary>
/// Writes what was found into the memory file, leaving every other character as it is. The first acceptance of a publisher is trust on
/// first use; a review of the file's diff is what makes more of it.
/// </summary>
internal static class AuditMemory
{
    private const string New =
        "# Whom the dependencies come from, and what is asked of them: docs/dependencies-audit.md of Cake.PySign.\n"
        + "schema = 1\nmode = \"collect\"\n";

    /// <summary>The document with everything accepted that is proven, and every absence that the index states.</summary>
    public static TomlDocument Accept(TomlDocument? document, AuditPolicy policy, IReadOnlyList<AuditedPackage> packages)
    {
        var edited = document ?? TomlDocument.Parse(New);
        foreach (var (row, own) in Rows(policy, packages))
        {
            if (row.State is AuditState.Attested or AuditState.PartlyAttested && row.Publisher is { } publisher)
            {
                edited = Attested(edited, row, own, publisher);
            }
            else if (row.State == AuditState.Unattested && !(own is not null && own.Publisher is null && row.Changes.Count == 0))
            {
                edited = Set(edited, ["unattested", Key(policy.Unattested.Keys, row.Name)], row.Version ?? "0");
            }
        }

        return edited;
    }

    /// <summary>The document with everything enforced that has been attested steadily by the remembered publisher.</summary>
    /// <returns>The document, and the names that moved.</returns>
    public static (TomlDocument Document, IReadOnlyList<string> Moved) Promote(
        TomlDocument document,
        AuditPolicy policy,
        IReadOnlyList<AuditedPackage> packages,
        int versions,
        DateTimeOffset before
    )
    {
        var moved = new List<string>();
        foreach (var (row, own) in Rows(policy, packages))
        {
            var isSteady = row.SteadyVersions >= versions && row.SteadySince is { } since && since <= before;
            if (isSteady && own?.Publisher is not null && row.Mode != AuditMode.Enforce && row.Unmet.Count == 0)
            {
                document = Set(document, ["packages", own.Key, "mode"], "enforce");
                moved.Add(row.Name);
            }
        }

        return (document, moved);
    }

    /// <summary>Writes the file whole or not at all.</summary>
    public static void Write(FilePath path, TomlDocument document) => AtomicFile.Write(path, document.ToUtf8());

    // Several lock files may hold one package; what one of them disagrees with is not learnt from the other.
    private static IEnumerable<(AuditedPackage Row, AuditRule? Own)> Rows(AuditPolicy policy, IReadOnlyList<AuditedPackage> packages) =>
        packages
            .GroupBy(static row => row.Name, StringComparer.Ordinal)
            .OrderBy(static group => group.Key, StringComparer.Ordinal)
            .Select(group => (Worst(group), policy.Own(group.Key)));

    private static AuditedPackage Worst(IEnumerable<AuditedPackage> rows) => rows.OrderByDescending(static row => row.State).First();

    private static TomlDocument Attested(TomlDocument document, AuditedPackage row, AuditRule? own, AuditedPublisher publisher)
    {
        var key = own?.Key ?? row.Name;
        if (own?.Publisher is null || !PublisherChanges.IsSame(own.Publisher, publisher))
        {
            document = Publisher(document, key, publisher);
        }

        if (own?.Since is null)
        {
            document = Set(document, ["packages", key, "since"], row.Version ?? "0");
        }

        var some = row.State == AuditState.PartlyAttested;
        return some == (own?.SomeFiles ?? false) ? document : Set(document, ["packages", key, "files"], some ? "some" : "all");
    }

    private static TomlDocument Publisher(TomlDocument document, string key, AuditedPublisher publisher)
    {
        KeyValuePair<string, string?>[] all =
        [
            new("kind", publisher.Kind),
            new("repository", publisher.Repository),
            new("workflow", publisher.Workflow),
            new("environment", publisher.Environment),
            new("email", publisher.Email),
        ];
        if (document.Find("packages", key, "publisher") is TomlTable { IsInline: false } table)
        {
            // Written as a table of its own: each value in its place; what is gone is empty.
            return all.Where(one => one.Value is not null || table.TryGetValue(one.Key, out _))
                .Aggregate(document, (edited, one) => Set(edited, ["packages", key, "publisher", one.Key], one.Value ?? ""));
        }

        return document.WithInlineTable(
            ["packages", key, "publisher"],
            [.. all.Where(static one => one.Value is { Length: > 0 }).Select(static one => KeyValuePair.Create(one.Key, one.Value!))]
        );
    }

    private static TomlDocument Set(TomlDocument document, IReadOnlyList<string> path, string value) => document.WithString(path, value);

    private static string Key(IEnumerable<string> keys, string name) => keys.FirstOrDefault(key => AuditPolicy.Normal(key) == name) ?? name;
}

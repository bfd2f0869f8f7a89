namespace PySign.Sigstore.Tuf;

/// <summary>root.json (specification 4.3): the keys of the four top-level roles.</summary>
internal sealed record RootMetadata
{
    public required MetadataDocument Document { get; init; }

    /// <summary>Whether files have their version or digest in front of their names.</summary>
    public required bool ConsistentSnapshot { get; init; }

    public required IReadOnlyDictionary<string, TufKey> Keys { get; init; }

    public required RoleKeys Root { get; init; }

    public required RoleKeys Timestamp { get; init; }

    public required RoleKeys Snapshot { get; init; }

    public required RoleKeys Targets { get; init; }

    public static RootMetadata Parse(ReadOnlyMemory<byte> file) => MetadataDocument.Parse(file, "root", "root", Read);

    private static RootMetadata Read(MetadataDocument document, MetadataJson signed)
    {
        var roles = signed.Member("roles").RequireObject();
        return new RootMetadata
        {
            Document = document,

            // Absent means false in metadata of older repositories.
            ConsistentSnapshot = signed.Optional("consistent_snapshot")?.Flag() ?? false,
            Keys = signed
                .Member("keys")
                .Members()
                .ToDictionary(static k => k.Name, static k => TufKey.Read(k.Value), StringComparer.Ordinal),
            Root = RoleKeys.Read(roles.Member("root")),
            Timestamp = RoleKeys.Read(roles.Member("timestamp")),
            Snapshot = RoleKeys.Read(roles.Member("snapshot")),
            Targets = RoleKeys.Read(roles.Member("targets")),
        };
    }

    /// <summary>Whether another root asks for other timestamp or snapshot signers, which is how a repository recovers from a fast-forward
    /// attack (5.3.11).</summary>
    public bool RotatesOnlineKeys(RootMetadata previous) =>
        !Timestamp.Equivalent(Keys, previous.Timestamp, previous.Keys) || !Snapshot.Equivalent(Keys, previous.Snapshot, previous.Keys);
}

/// <summary>The names of the four top-level roles.</summary>
internal static class TopLevel
{
    public const string Root = "root";
    public const string Timestamp = "timestamp";
    public const string Snapshot = "snapshot";
    public const string Targets = "targets";

    public static bool Contains(string role) => role is Root or Timestamp or Snapshot or Targets;
}

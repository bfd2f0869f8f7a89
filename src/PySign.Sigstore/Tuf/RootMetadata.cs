namespace PySign.Sigstore.Tuf;

/// <summary>root.json (specification 4.3): the keys of the four top-level roles.</summary>
internal sealed record RootMetadata(
    MetadataDocument Document,
    bool ConsistentSnapshot,
    IReadOnlyDictionary<string, TufKey> Keys,
    RoleKeys Root,
    RoleKeys Timestamp,
    RoleKeys Snapshot,
    RoleKeys Targets
)
{
    public static RootMetadata Parse(ReadOnlyMemory<byte> file) =>
        MetadataDocument.Parse(
            file,
            "root",
            "root",
            static (document, signed) =>
            {
                var roles = signed.Member("roles").RequireObject();
                return new RootMetadata(
                    document,
                    // Absent means false in metadata of older repositories.
                    signed.Optional("consistent_snapshot")?.Flag()
                        ?? false,
                    signed
                        .Member("keys")
                        .Members()
                        .ToDictionary(static k => k.Name, static k => TufKey.Read(k.Value), StringComparer.Ordinal),
                    RoleKeys.Read(roles.Member("root")),
                    RoleKeys.Read(roles.Member("timestamp")),
                    RoleKeys.Read(roles.Member("snapshot")),
                    RoleKeys.Read(roles.Member("targets"))
                );
            }
        );

    /// <summary>Whether another root asks for other timestamp or snapshot signers, which is how a repository recovers from a fast-forward
    /// attack (5.3.11).</summary>
    public bool RotatesOnlineKeys(RootMetadata previous) =>
        !Timestamp.Equivalent(Keys, previous.Timestamp, previous.Keys) || !Snapshot.Equivalent(Keys, previous.Snapshot, previous.Keys);
}

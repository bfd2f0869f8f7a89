namespace PySign.Sigstore.Tuf;

/// <summary>A target as signed metadata describes it.</summary>
internal sealed record TargetFile(string Name, long Length, ContentDigest Digest);

/// <summary>targets.json, or the metadata of a delegated role (specification 4.5).</summary>
internal sealed record TargetsMetadata(
    MetadataDocument Document,
    IReadOnlyDictionary<string, TargetFile> Targets,
    IReadOnlyDictionary<string, TufKey> Keys,
    IReadOnlyList<DelegatedRole> Delegations
)
{
    public static TargetsMetadata Parse(ReadOnlyMemory<byte> file, TargetsRole role) =>
        MetadataDocument.Parse(
            file,
            TopLevel.Targets,
            role.Subject,
            static (document, signed) =>
            {
                var delegations = signed.Optional("delegations");
                return new TargetsMetadata(
                    document,
                    signed
                        .Member("targets")
                        .Members()
                        .ToDictionary(
                            static t => t.Name,
                            static t => new TargetFile(
                                t.Name,
                                t.Value.Member("length").Integer(0),
                                ContentDigest.Read(t.Value.Member("hashes"))
                            ),
                            StringComparer.Ordinal
                        ),
                    delegations
                        ?.Member("keys")
                        .Members()
                        .ToDictionary(static k => k.Name, static k => TufKey.Read(k.Value), StringComparer.Ordinal)
                        ?? [],
                    delegations is null ? [] : DelegatedRole.ReadAll(delegations.Value.Member("roles"))
                );
            }
        );
}

/// <summary>
/// A targets role by the way that leads to it. The same name reached over another delegator is another role here: it must
/// also be signed by the keys that that delegator names, and may not borrow the belief in the first.
/// </summary>
internal sealed record TargetsRole(string Name, TargetsRole? Delegator, DelegatedRole? Delegation)
{
    public static readonly TargetsRole Top = new(TopLevel.Targets, null, null);

    public string Subject => Delegation is null ? Name : $"delegated role {TufRefusal.Shown(Name)}";
}

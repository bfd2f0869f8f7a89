namespace PySign.Sigstore.Tuf;

/// <summary>snapshot.json (specification 4.4): the version of every targets role, so that old and new cannot be mixed.</summary>
internal sealed record SnapshotMetadata(MetadataDocument Document, IReadOnlyDictionary<string, MetaFile> Files)
{
    public static SnapshotMetadata Parse(ReadOnlyMemory<byte> file) =>
        MetadataDocument.Parse(
            file,
            "snapshot",
            "snapshot",
            static (document, signed) =>
                new SnapshotMetadata(
                    document,
                    signed
                        .Member("meta")
                        .Members()
                        .ToDictionary(static f => f.Name, static f => MetaFile.Read(f.Value), StringComparer.Ordinal)
                )
        );
}

/// <summary>timestamp.json (specification 4.6): which snapshot is the newest.</summary>
internal sealed record TimestampMetadata(MetadataDocument Document, MetaFile Snapshot)
{
    public static TimestampMetadata Parse(ReadOnlyMemory<byte> file) =>
        MetadataDocument.Parse(
            file,
            "timestamp",
            "timestamp",
            static (document, signed) => new TimestampMetadata(document, MetaFile.Read(signed.Member("meta").Member("snapshot.json")))
        );
}

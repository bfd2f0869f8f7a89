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

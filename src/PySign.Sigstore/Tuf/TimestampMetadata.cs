namespace PySign.Sigstore.Tuf;

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

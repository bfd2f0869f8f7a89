using Cake.PySign.Common.Network;

namespace Cake.PySign.Publish;

/// <summary>One file of a plan.</summary>
internal sealed record PlannedUpload : HashedFile
{
    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    /// <summary>What the registry serves under its name; null for nothing.</summary>
    public required RegistryDownload? There { get; init; }

    /// <summary>Whether the registry keeps this very file as the first of its name, under the one it serves.</summary>
    public bool CameFirst { get; init; }

    public PlannedState State =>
        There is null ? PlannedState.Absent
        : There.Sha256 == Sha256 ? PlannedState.Identical
        : CameFirst ? PlannedState.Shadowed
        : PlannedState.Different;

    /// <summary>The proof that the registry holds the file.</summary>
    public UploadReceipt Receipt(RegistryDownload served, UploadState state) =>
        new()
        {
            Path = Path,
            Sha256 = served.Sha256,
            Url = served.Url,
            Size = served.Size,
            State = state,
        };

    public override string ToString() =>
        State switch
        {
            PlannedState.Absent => $"    upload     {FileName}  {Size} bytes  sha256 {Sha256}",
            PlannedState.Identical => $"    is there   {FileName}  sha256 {Sha256}",
            PlannedState.Shadowed => $"    put back   {FileName}: here {Sha256}, which came first; there {There!.Sha256}",
            _ => $"    DIFFERENT  {FileName}: here {Sha256}, there {There!.Sha256}",
        };
}

/// <summary>What a registry serves under the name of a file, by the digest of the bytes themselves.</summary>
internal enum PlannedState
{
    /// <summary>Nothing: the file will be sent.</summary>
    Absent,

    /// <summary>The same bytes: nothing is left to do.</summary>
    Identical,

    /// <summary>Other bytes: nothing at all will be sent.</summary>
    Different,

    /// <summary>This file, and later another over it, which a registry that takes duplicates now serves: this one came first and will be
    /// put on top.</summary>
    Shadowed,
}

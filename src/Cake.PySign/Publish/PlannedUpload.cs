using Cake.Core.IO;
using Cake.PySign.Common.Network;
using PySign.Formats;

namespace Cake.PySign.Publish;

/// <summary>One file of a plan.</summary>
/// <param name="File">The local file, absolute.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="Size">Their number.</param>
/// <param name="There">What the registry serves under its name; <see langword="null"/> for nothing.</param>
/// <param name="CameFirst">Whether the registry keeps this very file as the first of its name, under the one it serves.</param>
internal sealed record PlannedUpload(FilePath File, Sha256Digest Sha256, long Size, RegistryDownload? There, bool CameFirst = false)
{
    public string Name { get; } = File.GetFilename().FullPath;

    public PlannedState State =>
        There is null ? PlannedState.Absent
        : There.Sha256 == Sha256 ? PlannedState.Identical
        : CameFirst ? PlannedState.Shadowed
        : PlannedState.Different;

    /// <summary>The proof that the registry holds the file.</summary>
    public UploadReceipt Receipt(RegistryDownload served, UploadState state) => new(File, served.Url, served.Sha256, served.Size, state);

    public override string ToString() =>
        State switch
        {
            PlannedState.Absent => $"    upload     {Name}  {Size} bytes  sha256 {Sha256}",
            PlannedState.Identical => $"    is there   {Name}  sha256 {Sha256}",
            PlannedState.Shadowed => $"    put back   {Name}: here {Sha256}, which came first; there {There!.Sha256}",
            _ => $"    DIFFERENT  {Name}: here {Sha256}, there {There!.Sha256}",
        };
}

/// <summary>What a registry serves under the name of a file, by the digest of the bytes themselves.</summary>
public enum PlannedState
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

namespace Cake.PySign.Publish;

/// <summary>Proof that a registry holds a file: it was read back and its bytes compared.</summary>
public sealed record UploadReceipt : HashedFile
{
    /// <summary>Where the registry serves it.</summary>
    /// <value>An address without secrets.</value>
    public required Uri Url { get; init; }

    /// <summary>How large it is, here and there.</summary>
    /// <value>In bytes.</value>
    public required long Size { get; init; }

    /// <summary>Whether it was sent now or was there before.</summary>
    /// <value>Both are success.</value>
    public required UploadState State { get; init; }
}

/// <summary>What an upload did. Both are success: the registry holds exactly these bytes.</summary>
public enum UploadState
{
    /// <summary>The file was sent and read back.</summary>
    Uploaded,

    /// <summary>The registry already held the same bytes under this name; nothing was sent.</summary>
    AlreadyThere,
}

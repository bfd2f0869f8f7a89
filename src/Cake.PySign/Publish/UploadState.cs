namespace Cake.PySign.Publish;

/// <summary>What an upload did. Both are success: the registry holds exactly these bytes.</summary>
public enum UploadState
{
    /// <summary>The file was sent and read back.</summary>
    Uploaded,

    /// <summary>The registry already held the same bytes under this name; nothing was sent.</summary>
    AlreadyThere,
}

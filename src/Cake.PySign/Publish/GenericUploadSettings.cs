namespace Cake.PySign.Publish;

/// <summary>Where <c>GenericUpload</c> puts files.</summary>
/// <remarks>By default 4 files are sent at a time, storage on another host included.</remarks>
public sealed class GenericUploadSettings : PySignSettings
{
    /// <summary>Where the files are kept.</summary>
    /// <value>A store, a package and its version. Required.</value>
    public SignatureStoreSettings Store
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>Whether only the plan is made and printed.</summary>
    /// <value>Default <see langword="false"/>. The registry is read and nothing is sent; the receipts are those of files that are there
    /// already.</value>
    public bool DryRun { get; set; }

    /// <summary>Called for each file as soon as the registry was seen to serve it.</summary>
    /// <value>Calls come one at a time, on any thread; the upload does not end before they have. An exception from it ends the
    /// upload.</value>
    public Action<UploadReceipt>? Received { get; set; }

    /// <summary>Whether a GitHub release that does not exist yet is created as a draft.</summary>
    /// <value>Default <see langword="false"/>: it is published at once. A release that exists stays what it is.</value>
    public bool Draft { get; set; }
}

using Cake.PySign.Common.Network;
using PySign.Formats;

namespace Cake.PySign.Common.Stores;

/// <summary>One package version of a registry that keeps files as they are.</summary>
internal abstract class GenericRegistry(RegistryConnection connection, Uri root) : IDisposable
{
    /// <summary>Where the files of this package version are, for people.</summary>
    public Uri Root => root;

    protected RegistryConnection Connection => connection;

    /// <summary>The name under which the registry keeps <paramref name="fileName"/>.</summary>
    public virtual string Stored(string fileName) => fileName;

    /// <exception cref="PySignException">The registry would refuse or change the name, or it is not a plain file name.</exception>
    public abstract void RequireFile(string fileName);

    /// <summary>Where the registry serves <paramref name="fileName"/>.</summary>
    public virtual Uri Url(string fileName) => ServiceAddress.Below(root, Stored(fileName));

    /// <summary>Whether a file that came since the plan was made would be overwritten without a trace.</summary>
    public virtual bool Overwrites => false;

    /// <summary>Called once before the first upload.</summary>
    public virtual Task PrepareUploadAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Hashes what the registry serves under the name; <see langword="null"/> where it serves nothing.</summary>
    public Task<RegistryDownload?> FingerprintAsync(string fileName, CancellationToken cancellationToken) =>
        FetchAsync(fileName, () => Stream.Null, $"Reading {fileName}", cancellationToken);

    /// <summary>Fetches a file; <see langword="null"/> where the registry serves nothing under the name.</summary>
    public Task<RegistryDownload?> DownloadAsync(string fileName, Func<Stream> open, CancellationToken cancellationToken) =>
        FetchAsync(fileName, open, $"Downloading {fileName}", cancellationToken);

    /// <summary>Called with what a plan found missing, before anything is sent.</summary>
    /// <exception cref="PySignException">The registry takes no more files.</exception>
    public virtual Task RequireOpenAsync(IReadOnlyList<string> missing, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called once after the last upload, or when there was none: what the registry held back until now becomes public.</summary>
    /// <param name="files">Name and SHA-256 of every file of the upload.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public virtual Task CompleteUploadAsync(IReadOnlyDictionary<string, Sha256Digest> files, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <summary>Sends a file, once, and whole only if it is what was hashed, of the size that it had then. That it is there now is for the
    /// caller to see by reading it back.</summary>
    public abstract Task UploadAsync(HashedFile file, long size, CancellationToken cancellationToken);

    /// <summary>
    /// The digests of all files that the registry keeps, by the name it keeps them under and in the order in which they came; empty where
    /// it keeps one of a name only or does not tell. This lists the whole package version.
    /// </summary>
    public virtual Task<ILookup<string, Sha256Digest>> KeptAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Enumerable.Empty<Sha256Digest>().ToLookup(_ => "", StringComparer.Ordinal));

    public void Dispose() => connection.Dispose();

    protected virtual Task<RegistryDownload?> FetchAsync(
        string fileName,
        Func<Stream> open,
        string action,
        CancellationToken cancellationToken
    ) => connection.DownloadAsync(Url(fileName), open, action, cancellationToken);
}

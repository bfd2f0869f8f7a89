using Cake.Core.IO;

namespace Cake.PySign;

/// <summary>How services and registries are reached. Retries and progress need no settings.</summary>
public sealed class NetworkSettings
{
    /// <summary>Certificates of authorities of your own that are trusted in addition to the system's, for TLS to every service that is
    /// asked.</summary>
    /// <value>A PEM file; <see langword="null"/> takes the one that the variable <c>PYSIGN_CA_FILE</c> names, if any. Programs that are run
    /// (pip, uv, twine) are given it too. What is believed of a signature is a matter of <see cref="TrustSettings"/> alone.</value>
    public FilePath? CaFile { get; set; }

    /// <summary>How many files are sent, fetched or logged at a time.</summary>
    /// <value>1 or more; <see langword="null"/> (default) means 4 at a registry and 25 at a transparency log, which never gets more than
    /// that together.</value>
    public int? MaxParallel { get; set; }

    /// <summary>Whether a file may come from a registry's object storage on another host.</summary>
    /// <value><see cref="PySignChoice.Auto"/> (default): yes where the bytes are compared with known ones or with a
    /// signature, no for <c>PyPackageDownload</c>. Credentials never go to another host.</value>
    public PySignChoice StorageRedirects { get; set; }

    /// <summary>How long the transfer of one file may take, an attempt at a time.</summary>
    /// <value>More than zero, at most one day; default 15 minutes.</value>
    public TimeSpan TransferTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The number of files at a time where <paramref name="otherwise"/> is the alias's own.</summary>
    internal int Parallel(int otherwise) =>
        MaxParallel is not < 1
            ? MaxParallel ?? otherwise
            : throw new PySignException(PySignFailure.InvalidSettings, $"MaxParallel is {MaxParallel}; it must be 1 or more.");
}

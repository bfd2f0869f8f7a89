using Cake.Core.IO;
using Cake.PySign.Common.Trust;

namespace Cake.PySign;

/// <summary>Whom a signature is believed from: the part that signing and verifying have in common.</summary>
public abstract class TrustSettings
{
    private protected TrustSettings(TrustSource otherwise) => Trust = otherwise;

    /// <summary>The keys and certificates that are believed.</summary>
    /// <value>A <c>trusted_root.json</c>; <see langword="null"/> means what <see cref="Trust"/> says. Whoever signs with it has the result
    /// checked before it is written.</value>
    public FilePath? TrustedRoot { get; set; }

    /// <summary>Where the trust comes from when <see cref="TrustedRoot"/> is not set.</summary>
    /// <value>Default for verifying <see cref="TrustSource.Embedded"/>: nobody is asked. For signing <see cref="TrustSource.Tuf"/>: the
    /// instance says which keys and, where no service is named, which services it uses now.</value>
    public TrustSource Trust { get; set; }

    /// <summary>The TUF repository of another instance than Sigstore's public one.</summary>
    /// <value>An https URL (http on loopback only), used with <see cref="TufRoot"/>; <see langword="null"/> means the public
    /// instance.</value>
    public Uri? TufMirror { get; set; }

    /// <summary>Where the belief in <see cref="TufMirror"/> starts.</summary>
    /// <value>The <c>root.json</c> that the instance's operator handed over in a safe way.</value>
    public FilePath? TufRoot { get; set; }

    /// <summary>Where TUF keeps what was believed, so that nobody can roll it back.</summary>
    /// <value>A folder that processes may share; <see langword="null"/> means one below the user's local application data.</value>
    public DirectoryPath? TufCache { get; set; }

    /// <summary>Ask no TUF repository: take what is cached, or what the package carries, and warn.</summary>
    /// <value>Default <see langword="false"/>: a repository that cannot be reached stops the work.</value>
    public bool TufOffline { get; set; }

    /// <summary>Certificates of authorities of your own that are trusted besides the system's, for TLS to every service that is
    /// asked.</summary>
    /// <value>A PEM file; <see langword="null"/> takes the one that the variable <c>PYSIGN_CA_FILE</c> names, if any. What is believed of a
    /// signature is <see cref="TrustedRoot"/>'s matter alone.</value>
    public FilePath? CaFile { get; set; }

    internal TrustChoice TrustChoice => new(TrustedRoot, Trust, TufMirror, TufRoot, TufCache, TufOffline, CaFile);
}

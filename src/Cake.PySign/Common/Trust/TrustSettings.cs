using Cake.Core.IO;

namespace Cake.PySign;

/// <summary>Whom a signature is believed from. One object can serve signing and verifying alike.</summary>
public sealed class TrustSettings
{
    /// <summary>The keys and certificates that are believed.</summary>
    /// <value>A <c>trusted_root.json</c>; <see langword="null"/> means what <see cref="Source"/> says. Whoever signs with it has the result
    /// checked before it is written.</value>
    public FilePath? TrustedRoot { get; set; }

    /// <summary>Where the trust comes from when neither <see cref="TrustedRoot"/> nor <see cref="TufMirror"/> is set.</summary>
    /// <value><see cref="TrustSource.Auto"/> (default) leaves it to the alias. Verifying takes <see cref="TrustSource.Embedded"/>: nobody
    /// is asked. Signing takes <see cref="TrustSource.Tuf"/>: the instance says which keys and, where no service is named, which services
    /// it uses now.</value>
    public TrustSource Source { get; set; }

    /// <summary>The TUF repository of another instance than Sigstore's public one.</summary>
    /// <value>An https URL (http on loopback only), used with <see cref="TufRoot"/>; <see langword="null"/> means the public
    /// instance.</value>
    public Uri? TufMirror { get; set; }

    /// <summary>Where the belief in <see cref="TufMirror"/> starts.</summary>
    /// <value>The <c>root.json</c> that the instance's operator handed over through a trusted channel.</value>
    public FilePath? TufRoot { get; set; }

    /// <summary>Where TUF keeps what was believed, so that nobody can roll it back.</summary>
    /// <value>A folder that processes may share; <see langword="null"/> means one below the user's local application data.</value>
    public DirectoryPath? TufCacheDirectory { get; set; }

    /// <summary>Whether no TUF repository is asked: what is cached is taken, or what the package carries, with a warning.</summary>
    /// <value>Default <see langword="false"/>: a repository that cannot be reached stops the work.</value>
    public bool TufOffline { get; set; }

    /// <summary>The same, with a source where it is left open. The caller's object stays as it is.</summary>
    internal TrustSettings Instead(TrustSource otherwise)
    {
        var chosen = (TrustSettings)MemberwiseClone();
        chosen.Source = Source == TrustSource.Auto ? otherwise : Source;
        return chosen;
    }
}

/// <summary>Where the keys and certificates come from that are believed, when no trusted root is given as a file.</summary>
public enum TrustSource
{
    /// <summary>Whichever fits: <see cref="Tuf"/> where something is signed, <see cref="Embedded"/> where something is verified.</summary>
    Auto,

    /// <summary>What this version of the package carries of Sigstore's public instance. No network; it grows old.</summary>
    Embedded,

    /// <summary>A TUF repository, which hands out the current keys: the public instance's, or the mirror that is named.</summary>
    Tuf,
}

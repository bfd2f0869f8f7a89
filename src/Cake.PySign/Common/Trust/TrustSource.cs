namespace Cake.PySign;

/// <summary>Where the keys and certificates come from that are believed, when no trusted root is given as a file.</summary>
public enum TrustSource
{
    /// <summary>What this version of the package carries of Sigstore's public instance. No network; it grows old.</summary>
    Embedded,

    /// <summary>A TUF repository, which hands out the current keys: the public instance's, or the mirror that is named.</summary>
    Tuf,
}

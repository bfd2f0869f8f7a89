using PySign.Sigstore.Certificates;

namespace PySign.Sigstore.Trust;

/// <summary>A certificate authority or timestamp authority of the trusted root, its chain checked when the root was read.</summary>
internal sealed class TrustedAuthority
{
    public required string Uri { get; init; }

    /// <summary>The chain, leaf-most first, trust anchor last.</summary>
    public required Certificate[] Chain { get; init; }

    public required ValidityWindow Window { get; init; }
}

using Cake.Core.IO;

namespace Cake.PySign.Verify;

/// <summary>Whose attestations are accepted, where they come from, and with which trust. The publisher has no default: nobody is trusted by
/// chance.</summary>
/// <remarks>By default Sigstore's public instance is believed, as the package carries its keys.</remarks>
public sealed class PyPiVerifyAttestationsSettings : TrustingSettings
{
    /// <summary>The publisher that must have attested.</summary>
    /// <value>For example <c>TrustedPublisher.GitHub("acme/demo", "release.yml")</c>. Required.</value>
    public TrustedPublisher? Publisher { get; set; }

    /// <summary>The integrity API of the index whose provenance is verified.</summary>
    /// <value>For PyPI <c>https://pypi.org/integrity</c>; with user and password where it is private. Without an address, the files
    /// <c>{file}.publish.attestation</c> and <c>{file}.slsa.attestation</c> beside each file are taken.</value>
    public IndexSettings Integrity
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>The provenance of the one file to verify, as an index served it.</summary>
    /// <value>A JSON file; <see langword="null"/> for none. Only with a single file, and without <see cref="Integrity"/>.</value>
    public FilePath? ProvenanceFile { get; set; }
}

using Cake.Core.IO;

namespace Cake.PySign.Verify;

/// <summary>Whose attestations are accepted, where they come from, and with which trust. The publisher has no default: nobody is trusted by
/// chance.</summary>
public sealed class PyPiVerifyAttestationsSettings
{
    /// <summary>The publisher that must have attested.</summary>
    /// <value>For example <c>TrustedPublisher.GitHub("acme/demo", "release.yml")</c>. Required.</value>
    public TrustedPublisher? Publisher { get; set; }

    /// <summary>The integrity API of the index whose provenance is verified.</summary>
    /// <value>For PyPI <c>https://pypi.org/integrity</c>. https, or http on loopback. <see langword="null"/> takes the files
    /// <c>{file}.publish.attestation</c> and <c>{file}.slsa.attestation</c> beside each file.</value>
    public Uri? IntegrityUrl { get; set; }

    /// <summary>The provenance of the one file to verify, as an index served it.</summary>
    /// <value>A JSON file; <see langword="null"/> for none. Only with a single file, and without <see cref="IntegrityUrl"/>.</value>
    public FilePath? ProvenanceFile { get; set; }

    /// <summary>Who is believed.</summary>
    /// <value>By default Sigstore's public instance, as the package carries its keys.</value>
    public TrustSettings Trust
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();

    /// <summary>How the index and a TUF repository are reached.</summary>
    /// <value>By default directly.</value>
    public NetworkSettings Network
    {
        get;
        set => field = Setting.NotNull(value);
    } = new();
}

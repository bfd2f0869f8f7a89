using Cake.Core.IO;

namespace Cake.PySign.Attestations;

/// <summary>Whose attestations are accepted, where they come from, and with which trust. The publisher has no default: nobody is trusted by chance.</summary>
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
    public FilePath? Provenance { get; set; }

    /// <summary>The keys and certificates that are believed.</summary>
    /// <value>A <c>trusted_root.json</c>; <see langword="null"/> means what <see cref="Trust"/> says.</value>
    public FilePath? TrustedRoot { get; set; }

    /// <summary>Where the trust comes from when <see cref="TrustedRoot"/> is not set.</summary>
    /// <value>Default <see cref="TrustSource.Embedded"/>: nobody is asked.</value>
    public TrustSource Trust { get; set; }

    /// <summary>The TUF repository of another instance than Sigstore's public one.</summary>
    /// <value>An https URL (http on loopback only), used with <see cref="TufRoot"/>; <see langword="null"/> means the public instance.</value>
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

    /// <summary>Certificates of authorities of your own that are trusted besides the system's.</summary>
    /// <value>A PEM file; <see langword="null"/> takes the one that the variable <c>PYSIGN_CA_FILE</c> names, if any. For the index and a TUF repository.</value>
    public FilePath? CaFile { get; set; }

    internal TrustChoice TrustChoice => new(TrustedRoot, Trust, TufMirror, TufRoot, TufCache, TufOffline, CaFile);
}

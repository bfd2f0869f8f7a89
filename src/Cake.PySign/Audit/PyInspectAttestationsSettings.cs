using Cake.Core.IO;

namespace Cake.PySign.Audit;

/// <summary>What <c>PyInspectAttestations</c> shows: one of a file, an address, or a version in an index.</summary>
public sealed class PyInspectAttestationsSettings : PySignSettings
{
    /// <summary>A provenance object or an attestation, or a distribution whose attestations lie beside it.</summary>
    /// <value>A file; <see langword="null"/> for none.</value>
    public FilePath? File { get; set; }

    /// <summary>The address of a provenance object.</summary>
    /// <value>https, or http on loopback; <see langword="null"/> for none.</value>
    public Uri? ProvenanceUrl { get; set; }

    /// <summary>A project in <see cref="Index"/>.</summary>
    /// <value>Its name; used with <see cref="Version"/>.</value>
    public string? Name { get; set; }

    /// <summary>The version of <see cref="Name"/>.</summary>
    /// <value>A PEP 440 version.</value>
    public string? Version { get; set; }

    /// <summary>The index.</summary>
    /// <value>Default PyPI.</value>
    public IndexSettings Index
    {
        get;
        set => field = Setting.NotNull(value);
    } = new() { Url = AuditServices.PyPi };
}

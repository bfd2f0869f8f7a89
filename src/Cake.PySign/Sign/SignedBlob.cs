using Cake.Core.IO;

namespace Cake.PySign.Sign;

/// <summary>One file that was signed, and what was written beside it.</summary>
public sealed record SignedBlob : ProvenFile
{
    /// <summary>Its Sigstore bundle.</summary>
    /// <value><c>{file}.sigstore.json</c>.</value>
    public required FilePath Bundle { get; init; }

    /// <summary>cosign's detached signature.</summary>
    /// <value><c>{file}.sig</c> (base64 of the DER signature), if asked for.</value>
    public FilePath? Signature { get; init; }

    /// <summary>cosign's certificate.</summary>
    /// <value><c>{file}.crt</c> (base64 of the PEM certificate), if asked for.</value>
    public FilePath? Certificate { get; init; }

    /// <summary>The bundle in cosign's old format.</summary>
    /// <value><c>{file}.bundle</c>, if asked for.</value>
    public FilePath? CosignBundle { get; init; }
}

/// <summary>One file that something was said of, and the bundle that says it.</summary>
public sealed record AttestedBlob : ProvenFile
{
    /// <summary>The Sigstore bundle with the in-toto statement.</summary>
    /// <value><c>{file}.{name}.sigstore.json</c>.</value>
    public required FilePath Bundle { get; init; }

    /// <summary>What the predicate is.</summary>
    /// <value>A URI.</value>
    public required string PredicateType { get; init; }
}

/// <summary>One distribution and its publish attestation.</summary>
public sealed record AttestedDistribution : ProvenFile
{
    /// <summary>The attestation.</summary>
    /// <value><c>{file}.publish.attestation</c>.</value>
    public required FilePath Attestation { get; init; }
}

/// <summary>A signed statement about which files a release consists of.</summary>
public sealed record SignedReleaseStatement : ProvenStatement;

using Cake.Core.IO;

namespace Cake.PySign.Sign;

/// <summary>One file that was signed, and what was written beside it.</summary>
/// <param name="Path">The signed file, absolute.</param>
/// <param name="Bundle">Its Sigstore bundle, <c>{file}.sigstore.json</c>.</param>
/// <param name="Signature">cosign's <c>{file}.sig</c> (base64 of the DER signature), if asked for.</param>
/// <param name="Certificate">cosign's <c>{file}.crt</c> (base64 of the PEM certificate), if asked for.</param>
/// <param name="Sha256">SHA-256 of the signed bytes, lower-case hex.</param>
/// <param name="Identity">The identity in the certificate (its subject alternative name); empty for a key.</param>
/// <param name="Issuer">The OIDC issuer in the certificate.</param>
/// <param name="LogEntries">Where the signature was logged.</param>
public sealed record SignedBlob(
    FilePath Path,
    FilePath Bundle,
    FilePath? Signature,
    FilePath? Certificate,
    string Sha256,
    string Identity,
    string Issuer,
    IReadOnlyList<SignedLogEntry> LogEntries
)
{
    /// <summary>The bundle in cosign's old format.</summary>
    /// <value><c>{file}.bundle</c>, if asked for.</value>
    public FilePath? CosignBundle { get; init; }
}

namespace PySign.Interop.Tests.Matrix;

/// <summary>What the matrix expects of others beyond "it works": every refusal has its reason and the words that show it.</summary>
internal static class MatrixExpectations
{
    /// <summary>Words of the refusal when a signer cannot sign a cell; null when it can.</summary>
    public static string? SigningRefusal(MatrixCell cell) =>
        cell switch
        {
            // Rekor v2 entries have no time of their own, so a short-lived certificate needs a timestamp.
            { Signer: "ours" or "cosign 3", RekorVersion: 2, Timestamp: false } => "timestamp authority",

            // Signed and logged, but sigstore-go's program refuses its own result for the same reason.
            { Signer: "sigstore-go", RekorVersion: 2, Timestamp: false } =>
                "threshold not met for verified log entry integrated timestamps",

            // cosign 2.5.0 speaks Rekor v1 only, whose paths a v2 log does not have.
            { Signer: "cosign 2", RekorVersion: 2 } => "[POST /api/v1/log/entries][404]",

            // @sigstore/sign 4.1.1 asks Rekor v2 for a dsse entry, a kind that Rekor v2 took out again (rekor-tiles 2.3.0).
            { Signer: "npm", Statement: true, RekorVersion: 2 } => "must be hashedrekord",

            // Both verify what they signed, and Go's clients take a log's promise from an ECDSA key only, see below.
            { Signer: "cosign 3" or "sigstore-go", RekorVersion: 1 } when cell.Log.HasFlag(LogPeculiarity.Rsa) =>
                "not enough verified log entries",
            _ => null,
        };

    /// <summary>Words of the refusal when a verifier does not take a good bundle; null when it does.</summary>
    public static string? VerificationRefusal(MatrixCell cell, string verifier) =>
        (cell, verifier) switch
        {
            // @sigstore/verify 3.1.1 reads every RSA key of a trusted root as PKCS #1; PKIX_RSA_PKCS1V15 is a SubjectPublicKeyInfo.
            (_, "npm") when cell.Log.HasFlag(LogPeculiarity.Rsa) => "wrong tag",

            // npm signs into Rekor v2 without a timestamp; then nothing says when the certificate was used, and nobody takes it.
            ({ RekorVersion: 2, Timestamp: false }, "ours") => "NoVerifiedTime",
            ({ RekorVersion: 2, Timestamp: false }, "cosign 3" or "sigstore-go") => "threshold not met for verified",
            ({ RekorVersion: 2, Timestamp: false }, "npm") => "TIMESTAMP_ERROR",

            // cosign 2.5.0's library does not know hashedrekord 0.0.2.
            ({ RekorVersion: 2 }, "cosign 2") => "nil value in transaction log entry",

            // @sigstore/verify 3.1.1 compares a hashedrekord with the payload's digest instead of the encoding's (4.1.3 is right).
            ({ RekorVersion: 2, Statement: true }, "npm") => "TLOG_BODY_ERROR",

            // A signed entry timestamp is verified with ECDSA keys and no others (sigstore-go and cosign, VerifySET: "unsupported public
            // key type"), although both read and write RSA keys of logs in a trusted root.
            ({ RekorVersion: 1 }, "cosign 2" or "cosign 3" or "sigstore-go") when cell.Log.HasFlag(LogPeculiarity.Rsa) =>
                "not enough verified log entries",

            // It looks for the log by the host of its baseUrl, and the name of a pod is not that.
            ({ RekorVersion: 1 }, "npm") when cell.Log.HasFlag(LogPeculiarity.PodNamed) => "invalid checkpoint signature",
            _ => null,
        };

    /// <summary>@sigstore/verify leaves a statement's subjects to its caller: it takes any file.</summary>
    public static bool ComparesSubjects(MatrixCell cell, string verifier) => !(cell.Statement && verifier == "npm");
}

namespace PySign.Sigstore.Formats;

/// <summary>Every bound on input, in one place. Each is enforced before the work that it bounds.</summary>
internal static class Limits
{
    /// <summary>Largest bundle or cosign file, in bytes. DSSE payloads (SBOMs, provenance) are what makes bundles large.</summary>
    public const int DocumentBytes = 16 << 20;

    /// <summary>Largest trusted root, in bytes (the public one has 6 KiB).</summary>
    public const int TrustedRootBytes = 1 << 20;

    /// <summary>Deepest nesting of a bundle or trusted root (the formats need 7).</summary>
    public const int JsonDepth = 16;

    public const int LogEntries = 32;
    public const int BundleLines = 256;
    public const int Timestamps = 32;
    public const int ChainCertificates = 10;
    public const int ProofHashes = 64;
    public const int CertificateBytes = 64 << 10;
    public const int CertificateExtensions = 64;
    public const int TimestampBytes = 64 << 10;
    public const int SignatureBytes = 4096;
    public const int CheckpointChars = 64 << 10;
    public const int CheckpointSignatures = 100;
    public const int TrustedRootItems = 256;
    public const int TrustedRootLines = 16;
    public const int SctCount = 16;
    public const int PublicKeyBytes = 2048;
    public const int ShortTextChars = 4096;
    public const int PemChars = 128 << 10;
}

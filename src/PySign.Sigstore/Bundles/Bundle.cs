using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Bundles;

/// <summary>
/// A Sigstore bundle 0.1, 0.2 or 0.3. One that exists has been checked for shape: exactly one content, exactly the key
/// material and proofs that its version asks for. Nothing in it is believed before a verifier has verified it.
/// </summary>
public sealed record Bundle
{
    /// <summary>The media type of bundle 0.3 that is written.</summary>
    public const string MediaTypeV03 = "application/vnd.dev.sigstore.bundle.v0.3+json";

    internal Bundle(string mediaType, VerificationMaterial material, MessageSignature? messageSignature, DsseEnvelope? envelope)
    {
        MediaType = mediaType;
        Version = BundleRules.VersionOf(mediaType);
        VerificationMaterial = material;
        MessageSignature = messageSignature;
        DsseEnvelope = envelope;
        BundleRules.Check(this);
    }

    /// <summary>The media type as written in the bundle.</summary>
    public string MediaType { get; }

    /// <summary>The version that the media type names.</summary>
    public BundleVersion Version { get; }

    /// <summary>Certificate or key hint, log entries, timestamps.</summary>
    public VerificationMaterial VerificationMaterial { get; }

    /// <summary>The signature over an artifact; null when the content is <see cref="DsseEnvelope"/>.</summary>
    public MessageSignature? MessageSignature { get; }

    /// <summary>The signed statement; null when the content is <see cref="MessageSignature"/>.</summary>
    public DsseEnvelope? DsseEnvelope { get; }

    /// <summary>The signature's bytes, whichever the content.</summary>
    public ReadOnlyMemory<byte> Signature => MessageSignature?.Signature ?? DsseEnvelope!.Signature;

    /// <summary>Reads a bundle from UTF-8 proto-JSON.</summary>
    /// <param name="utf8Json">The document, at most 16 MiB.</param>
    /// <exception cref="VerificationException">The document is not a bundle of a known version, with step
    /// <see cref="VerificationStep.Parse"/>.</exception>
    public static Bundle Parse(ReadOnlyMemory<byte> utf8Json) => BundleReader.Read(utf8Json);

    /// <summary>Reads a bundle file.</summary>
    /// <param name="path">The file, at most 16 MiB.</param>
    /// <exception cref="VerificationException">The file is not a bundle of a known version.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Bundle Load(string path) => Parse(BoundedFile.Read(path, Limits.DocumentBytes, VerificationStep.Parse));

    /// <summary>Reads a <c>.sigstore.jsonl</c> document: one bundle a line, at least one.</summary>
    /// <param name="utf8Lines">The document, at most 16 MiB; blank lines are skipped.</param>
    /// <exception cref="VerificationException">A line is not a bundle, or there is none.</exception>
    public static IReadOnlyList<Bundle> ParseLines(ReadOnlyMemory<byte> utf8Lines) => BundleReader.ReadLines(utf8Lines);

    /// <summary>Reads what cosign 2 writes with <c>--bundle</c> in its old format, as a bundle 0.1.</summary>
    /// <param name="utf8Json">The document, at most 16 MiB.</param>
    /// <exception cref="VerificationException">The document is not such a bundle.</exception>
    public static Bundle ParseCosign(ReadOnlyMemory<byte> utf8Json) => CosignBundleReader.Read(utf8Json);

    /// <summary>The bundle as proto-JSON, without a final line end.</summary>
    public string ToJson() => BundleWriter.Write(this);
}

/// <summary>The version that a bundle's media type names; it decides which parts must, may and must not be there.</summary>
public enum BundleVersion
{
    /// <summary>Certificate chain and inclusion promise.</summary>
    V01,

    /// <summary>Certificate chain and inclusion proof with checkpoint.</summary>
    V02,

    /// <summary>One certificate or a key hint, and inclusion proof with checkpoint.</summary>
    V03,
}

/// <summary>What a bundle brings to be verified with: a certificate or a key hint, log entries and timestamps.</summary>
public sealed record VerificationMaterial
{
    internal VerificationMaterial() { }

    /// <summary>The signing certificate first, DER; empty when the bundle is signed with a managed key.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; init; } = [];

    /// <summary>Whether the certificates stand in a chain (0.1, 0.2) or the one certificate stands alone (0.3).</summary>
    public bool IsChain { get; init; }

    /// <summary>The managed key's hint, usually base64 of the SHA-256 of its SubjectPublicKeyInfo; null with a certificate.</summary>
    public string? PublicKeyHint { get; init; }

    /// <summary>The transparency log entries; every one of them must verify.</summary>
    public IReadOnlyList<TransparencyLogEntry> LogEntries { get; init; } = [];

    /// <summary>RFC 3161 timestamp responses over the signature, DER.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Timestamps { get; init; } = [];
}

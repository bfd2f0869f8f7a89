using System.Diagnostics.CodeAnalysis;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Trust;

/// <summary>
/// Whom to believe: the keys of transparency logs, certificate authorities, certificate transparency logs and timestamp
/// authorities, each with the time in which it is trusted (trusted_root.json, 0.1 and 0.2). Keys and chains are prepared once;
/// one instance serves any number of verifications, also at the same time.
/// </summary>
public sealed class TrustedRoot
{
    private static readonly Lazy<TrustedRoot> EmbeddedProduction = new(static () => Parse(Embedded.Read("trusted_root.json")));

    internal TrustedRoot(string mediaType) => MediaType = mediaType;

    /// <summary>The media type as written in the document.</summary>
    public string MediaType { get; }

    /// <summary>The addresses that the root gives for its transparency logs, as they stand there; one that has none is left out.</summary>
    public IEnumerable<string> LogAddresses => TransparencyLogs.Select(static log => log.BaseUrl).OfType<string>();

    internal IReadOnlyList<TrustedLog> TransparencyLogs { get; init; } = [];

    internal IReadOnlyList<TrustedLog> CertificateTransparencyLogs { get; init; } = [];

    internal IReadOnlyList<TrustedAuthority> CertificateAuthorities { get; init; } = [];

    internal IReadOnlyList<TrustedAuthority> TimestampAuthorities { get; init; } = [];

    /// <summary>Reads a trusted root, or the trusted root inside a client trust configuration, from UTF-8 proto-JSON.</summary>
    /// <param name="utf8Json">The document, at most 1 MiB.</param>
    /// <exception cref="VerificationException">The document is no intact trusted root, with step
    /// <see cref="VerificationStep.TrustedRoot"/>.</exception>
    public static TrustedRoot Parse(ReadOnlyMemory<byte> utf8Json) => TrustedRootReader.Read(utf8Json);

    /// <summary>Reads a trusted root file.</summary>
    /// <param name="path">The file, at most 1 MiB.</param>
    /// <exception cref="VerificationException">The file is no intact trusted root.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TrustedRoot Load(string path) => Parse(BoundedFile.Read(path, Limits.TrustedRootBytes, VerificationStep.TrustedRoot));

    /// <summary>
    /// The trusted root of the public-good instance that this version of the library carries. It grows old: a root rotated
    /// later is not in it, and then valid new signatures are refused, never the other way round.
    /// </summary>
    [SuppressMessage("Design", "CA1024:Use properties where appropriate", Justification = "A named constructor, like Parse and Load.")]
    public static TrustedRoot Production() => EmbeddedProduction.Value;
}

using System.Diagnostics.CodeAnalysis;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Trust;

/// <summary>
/// Whom to believe: the keys of transparency logs, certificate authorities, certificate transparency logs and timestamp
/// authorities, each with the time in which it is trusted (trusted_root.json, 0.1 and 0.2; or trusted_root.jsonl with one such root a
/// line). A member that cannot be used is left out and named in <see cref="Warnings"/>. Keys and chains are prepared once; one instance
/// serves any number of verifications, also at the same time.
/// </summary>
public sealed class TrustedRoot
{
    private static readonly Lazy<TrustedRoot> _publicGood = new(static () => Parse(Embedded.Read("trusted_root.json")));

    internal TrustedRoot(string mediaType)
    {
        MediaType = mediaType;
        Instances = [this];
    }

    /// <summary>The root that several instances make together; a signature must verify wholly with one of them.</summary>
    internal TrustedRoot(IReadOnlyList<TrustedRoot> instances, IReadOnlyList<string> warnings)
    {
        MediaType = instances[0].MediaType;
        Instances = instances;
        Warnings = [.. warnings, .. instances.SelectMany(static instance => instance.Warnings)];
    }

    /// <summary>The media type as written in the document; of several lines, the first one's.</summary>
    public string MediaType { get; }

    /// <summary>What of the document is not used, and why, as sentences; usually none. Nothing that is named here is believed.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>The addresses that the root gives for its transparency logs, with <c>https</c> where it names no scheme; one that has none
    /// is left out.</summary>
    public IEnumerable<string> LogAddresses =>
        Instances
            .SelectMany(static instance => instance.TransparencyLogs)
            .Select(static log => TrustedLogReader.AddressOf(log.BaseUrl) is { } address ? address.AbsoluteUri.TrimEnd('/') : log.BaseUrl)
            .Where(static url => url.Length > 0);

    /// <summary>The instances of Sigstore that the document describes: itself, or one for each line. They never mix: a certificate of one
    /// proves nothing with the log of another.</summary>
    internal IReadOnlyList<TrustedRoot> Instances { get; }

    internal IReadOnlyList<TrustedLog> TransparencyLogs { get; init; } = [];

    internal IReadOnlyList<TrustedLog> CertificateTransparencyLogs { get; init; } = [];

    internal IReadOnlyList<TrustedAuthority> CertificateAuthorities { get; init; } = [];

    internal IReadOnlyList<TrustedAuthority> TimestampAuthorities { get; init; } = [];

    /// <summary>The members that are left out.</summary>
    internal IReadOnlyList<UnusableMember> Unusable { get; init; } = [];

    /// <summary>Whether the document names certificate transparency logs, usable or not: then certificates must carry their
    /// promise.</summary>
    internal bool NamesCertificateTransparencyLogs { get; init; }

    /// <summary>
    /// Reads a trusted root, the trusted root inside a client trust configuration, or several roots, one on each line, from UTF-8
    /// proto-JSON.
    /// </summary>
    /// <param name="utf8Json">The document, at most 1 MiB.</param>
    /// <exception cref="VerificationException">The document is not an intact trusted root, or nothing in it can be used; with step
    /// <see cref="VerificationStep.TrustedRoot"/>.</exception>
    public static TrustedRoot Parse(ReadOnlyMemory<byte> utf8Json) => TrustedRootReader.Read(utf8Json);

    /// <summary>Reads a trusted root file, <c>trusted_root.json</c> or <c>trusted_root.jsonl</c>.</summary>
    /// <param name="path">The file, at most 1 MiB.</param>
    /// <exception cref="VerificationException">The file is not an intact trusted root, or nothing in it can be used.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TrustedRoot Load(string path) => Parse(BoundedFile.Read(path, Limits.TrustedRootBytes, VerificationStep.TrustedRoot));

    /// <summary>
    /// The trusted root of the public-good instance that this version of the library carries. It grows old: a root rotated
    /// later is not in it, and then valid new signatures are refused, never the other way round.
    /// </summary>
    [SuppressMessage("Design", "CA1024:Use properties where appropriate", Justification = "A named constructor, like Parse and Load.")]
    public static TrustedRoot PublicGood() => _publicGood.Value;

    /// <summary>Whether a transparency log is in both roots, whatever its address: logs are known by their ids.</summary>
    /// <param name="other">The other root.</param>
    public bool SharesLogWith(TrustedRoot other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var known = other.Instances.SelectMany(static instance => instance.TransparencyLogs).ToList();
        return Instances
            .SelectMany(static instance => instance.TransparencyLogs)
            .Any(log => known.Exists(one => one.LogId.Span.SequenceEqual(log.LogId.Span)));
    }

    /// <summary>Why something was not found: the document names it, but in a form that cannot be used. Null where that is not
    /// why.</summary>
    /// <param name="list">The list that it should stand in, such as <c>tlogs</c>.</param>
    /// <param name="logId">The log's id; empty for authorities, of which any may be the one.</param>
    internal VerificationException? WhyUnusable(string list, ReadOnlySpan<byte> logId)
    {
        foreach (var member in Unusable)
        {
            if (member.List == list && (logId.IsEmpty || member.LogId is not { } id || id.AsSpan().SequenceEqual(logId)))
            {
                return member.Refusal();
            }
        }

        return null;
    }
}

/// <summary>A member of a trusted root that is left out.</summary>
/// <param name="List">The list that it stands in.</param>
/// <param name="Name">Its place, and its address where it has one.</param>
/// <param name="LogId">A log's id, where it can be read.</param>
/// <param name="Why">What is wrong with it.</param>
internal sealed record UnusableMember(string List, string Name, byte[]? LogId, VerificationException Why)
{
    public string Warning => $"{Name} of the trusted root is not used: expected {Why.Expected}; found {Why.Actual}.";

    public VerificationException Refusal() =>
        new(
            Why.Reason,
            VerificationStep.TrustedRoot,
            $"{Why.Expected}, to use {Name} of the trusted root",
            Why.Actual,
            "The trusted root names it in a form that cannot be used. Ask the instance's operator for a corrected trusted root, or update "
                + "Cake.PySign if the form is a newer one.",
            Why
        );
}

namespace PySign.Sigstore.Tuf;

/// <summary>How a <see cref="TufTrust"/> works.</summary>
public sealed record TufTrustOptions
{
    /// <summary>
    /// The folder that keeps what was believed, safe to share between processes. Null for a folder per repository below the
    /// user's local application data (<c>~/.local/share/pysign/tuf</c> on Linux); an empty string for none, in memory only.
    /// </summary>
    public string? CacheDirectory { get; init; }

    /// <summary>
    /// Ask nobody: use what is cached, or what this library carries, even if it has expired meanwhile. Each use is told to
    /// <see cref="Warn"/>.
    /// </summary>
    public bool Offline { get; init; }

    /// <summary>Where requests go; null for the network, by the proxy that the environment names. It is not disposed.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The clock that decides what has expired; null for the system's.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>Receives warnings as sentences: offline use, expired metadata in it, a cache that cannot be written.</summary>
    public Action<string>? Warn { get; init; }
}

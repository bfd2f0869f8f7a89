using PySign.Http;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Trust;

namespace PySign.Sigstore.Tuf;

/// <summary>
/// Trust material that renews itself: fetches trusted root and signing configuration from a TUF repository (specification
/// 1.0), starting from a root that came with the program. One instance is one look at the repository: the first question
/// refreshes, at one fixed time, and the others are answered from that. It is safe to ask from several threads.
/// <code>
/// var trust = TufTrust.PublicGood();
/// var verifier = new SigstoreVerifier(await trust.GetTrustedRootAsync(cancellationToken));
/// </code>
/// </summary>
public sealed class TufTrust : IDisposable
{
    /// <summary>The target that holds the trusted root.</summary>
    public const string TrustedRootTarget = "trusted_root.json";

    /// <summary>The target that holds the signing configuration.</summary>
    public const string SigningConfigTarget = "signing_config.v0.2.json";

    private static readonly Uri _publicGoodMirror = new("https://tuf-repo-cdn.sigstore.dev/");

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ReadOnlyMemory<byte> _root;
    private readonly TufAddresses _addresses;
    private readonly TufTrustOptions _options;
    private readonly TimeProvider _time;
    private readonly ServiceClient _client;
    private readonly TufCache _cache;
    private readonly bool _isPublicGood;
    private Updater? _updater;

    private TufTrust(Uri mirror, ReadOnlyMemory<byte> root, bool isPublicGood, TufTrustOptions options)
    {
        var folder = mirror.AbsoluteUri.EndsWith('/') ? mirror : new Uri(mirror.AbsoluteUri + "/");
        _root = root;
        _isPublicGood = isPublicGood;
        _options = options;
        _time = options.Time ?? TimeProvider.System;
        _addresses = new TufAddresses(folder, new Uri(folder, "targets/"));
        _client = new ServiceClient(new ServiceClientOptions { Handler = options.Handler, Time = _time });
        var cache = CacheFolder(folder, options.CacheDirectory);
        _cache = new TufCache(cache, cache is null ? null : Path.Combine(cache, "targets"), Warn, _time);
    }

    /// <summary>The public-good instance, https://tuf-repo-cdn.sigstore.dev, from the root that this library carries.</summary>
    public static TufTrust PublicGood(TufTrustOptions? options = null) =>
        new(_publicGoodMirror, Embedded.Read("root.json"), true, options ?? new());

    /// <summary>Another instance: a private one, a mirror, the rehearsal sandbox.</summary>
    /// <param name="mirror">The repository's address (https, or http on this machine); metadata lies there, targets below
    /// <c>targets/</c>.</param>
    /// <param name="root">The bytes of a root.json that you got from the instance's operator in a safe way. Everything hangs on it.</param>
    /// <param name="options">How to work; null for the defaults.</param>
    /// <exception cref="ArgumentException">The address is not https, or carries a user, a query or a fragment.</exception>
    public static TufTrust Mirror(Uri mirror, ReadOnlyMemory<byte> root, TufTrustOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(mirror);
        return mirror.IsAbsoluteUri
            ? new(mirror, root.ToArray(), false, options ?? new())
            : throw new ArgumentException("The address of a TUF repository must be absolute.", nameof(mirror));
    }

    /// <summary>The trusted root, read.</summary>
    /// <exception cref="TufException">The repository cannot be believed or reached.</exception>
    /// <exception cref="VerificationException">The repository's operator published a trusted root that cannot be
    /// used.</exception>
    public async Task<TrustedRoot> GetTrustedRootAsync(CancellationToken cancellationToken = default) =>
        TrustedRoot.Parse(await GetTargetAsync(TrustedRootTarget, cancellationToken).ConfigureAwait(false));

    /// <summary>The bytes of trusted_root.json, UTF-8 JSON.</summary>
    /// <exception cref="TufException">The repository cannot be believed or reached.</exception>
    public Task<byte[]> GetTrustedRootJsonAsync(CancellationToken cancellationToken = default) =>
        GetTargetAsync(TrustedRootTarget, cancellationToken);

    /// <summary>Which services the instance wants to be used, read.</summary>
    /// <exception cref="TufException">The repository cannot be believed or reached.</exception>
    /// <exception cref="SigningException">The repository's operator published a signing config that cannot be used.</exception>
    public async Task<SigningConfig> GetSigningConfigAsync(CancellationToken cancellationToken = default) =>
        SigningConfig.Parse(await GetTargetAsync(SigningConfigTarget, cancellationToken).ConfigureAwait(false));

    /// <summary>The bytes of signing_config.v0.2.json, UTF-8 JSON.</summary>
    /// <exception cref="TufException">The repository cannot be believed or reached.</exception>
    public Task<byte[]> GetSigningConfigJsonAsync(CancellationToken cancellationToken = default) =>
        GetTargetAsync(SigningConfigTarget, cancellationToken);

    /// <summary>The verified bytes of any target, at most 64 MiB.</summary>
    /// <param name="name">The target's name as the repository lists it, with <c>/</c> between folders.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="TufException">The repository cannot be believed or reached, or does not list the target.</exception>
    public async Task<byte[]> GetTargetAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _options.Offline
                ? await OfflineAsync(name, cancellationToken).ConfigureAwait(false)
                : await FromAsync(_time.GetUtcNow(), name, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends the connections.</summary>
    public void Dispose()
    {
        _client.Dispose();
        _turn.Dispose();
    }

    private static string? CacheFolder(Uri mirror, string? chosen)
    {
        if (chosen is not null)
        {
            return chosen.Length == 0 ? null : chosen;
        }

        // Empty where the process has no home.
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return data.Length == 0 ? null : Path.Combine(data, "pysign", "tuf", CacheNames.Encode(mirror.Authority + mirror.AbsolutePath));
    }

    private async Task<byte[]> OfflineAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await FromAsync(null, name, cancellationToken).ConfigureAwait(false);
            var expired = string.Join(", ", _updater!.Trusted.ExpiredAt(_time.GetUtcNow()));
            Warn(
                $"Offline: {name} comes from the TUF cache{(expired.Length == 0 ? "" : $", whose metadata has expired ({expired})")}; "
                    + "newer revocations and keys are not known."
            );
            return bytes;
        }
        catch (TufException) when (_isPublicGood && name is (TrustedRootTarget or SigningConfigTarget))
        {
            Warn(
                $"Offline, and the TUF cache holds no usable {name}: the one that this library carries is used; newer revocations and "
                    + "keys are not known."
            );
            return Embedded.Read(name);
        }
    }

    private async Task<byte[]> FromAsync(DateTimeOffset? now, string name, CancellationToken cancellationToken)
    {
        if (_updater is null)
        {
            var updater = new Updater(_root, _addresses, new TufFetcher(_client, TufLimits.Default), _cache, now);
            await updater.RefreshAsync(cancellationToken).ConfigureAwait(false);
            _updater = updater;
        }

        var target = await _updater.FindTargetAsync(name, cancellationToken).ConfigureAwait(false);
        return await _updater.DownloadTargetAsync(target, cancellationToken).ConfigureAwait(false);
    }

    private void Warn(string sentence) => _options.Warn?.Invoke(sentence);
}

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

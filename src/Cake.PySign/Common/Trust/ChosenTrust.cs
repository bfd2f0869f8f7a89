using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using PySign.Http;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Tuf;

namespace Cake.PySign.Common.Trust;

/// <summary>What an alias asks: whom its settings believe, where the trust comes from when they leave it open, and how a TUF repository is
/// reached.</summary>
internal sealed record TrustQuestion(TrustSettings Choice, TrustSource Otherwise, NetworkSettings Network)
{
    /// <summary>The source in the end.</summary>
    public TrustSource Source => Choice.Source == TrustSource.Auto ? Otherwise : Choice.Source;
}

/// <summary>
/// The trust that settings name, and the signing config that belongs to it: a trusted root from a file before everything, else
/// a TUF mirror with its own root, else the public instance by TUF or as it is embedded. Nothing falls back by itself: an
/// unreachable repository stops the work, and offline use is asked for and warned of.
/// </summary>
internal sealed class ChosenTrust
{
    private readonly FilePath? _trustedRoot;
    private readonly TufTrust? _tuf;
    private TrustedRoot? _root;
    private SigningConfig? _signingConfig;

    private readonly SafeLog _log;

    private ChosenTrust(SafeLog log, FilePath? trustedRoot, TufTrust? tuf, DateTimeOffset chosenAt)
    {
        _log = log;
        _trustedRoot = trustedRoot;
        _tuf = tuf;
        ChosenAt = chosenAt;
    }

    /// <summary>When it was chosen; a TUF repository is asked soon after.</summary>
    public DateTimeOffset ChosenAt { get; }

    /// <param name="question">Whom the settings believe.</param>
    /// <param name="environment">What relative paths mean.</param>
    /// <param name="log">Where warnings go.</param>
    /// <param name="connections">The way to services, and the time.</param>
    public static ChosenTrust From(TrustQuestion question, ICakeEnvironment environment, SafeLog log, RegistryConnections connections)
    {
        var choice = question.Choice;
        if (choice.TufMirror is null != choice.TufRoot is null)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"{(choice.TufMirror is null ? "TufRoot is set without TufMirror" : "TufMirror is set without TufRoot")}: a mirror is "
                    + "believed because of the root that its operator handed over.",
                "Set both, or neither for Sigstore's public instance."
            );
        }

        if (choice.TrustedRoot is not null && choice.TufMirror is not null)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "TrustedRoot and TufMirror are both set: each says whom to believe.",
                "Set one of them."
            );
        }

        var authorities = CaFile.Of(question.Network.CaFile, environment);
        var options = new TufTrustOptions
        {
            CacheDirectory = choice.TufCacheDirectory?.MakeAbsolute(environment).FullPath,
            Offline = choice.TufOffline,
            Handler = connections.Handler ?? (authorities is null ? null : ServiceHandler.Create(authorities)),
            Time = connections.Time,
            Warn = log.Warning,
        };
        return new ChosenTrust(
            log,
            choice.TrustedRoot?.MakeAbsolute(environment),
            Repository(choice, question.Source, environment, options),
            connections.Time.GetUtcNow()
        );
    }

    public async Task<TrustedRoot> TrustedRootAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _root ??= await LoadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (VerificationException e)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"The trusted root {(_trustedRoot is not null ? $"'{_trustedRoot}'" : "of the TUF repository")} cannot be used: "
                    + $"{e.Message}",
                innerException: e
            );
        }
        catch (TufException e)
        {
            throw Refused(e);
        }
    }

    /// <summary>The services to sign with when no others are named.</summary>
    /// <exception cref="SigningException">The signing config cannot be used.</exception>
    public async Task<SigningConfig> SigningConfigAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _signingConfig ??= _tuf is null
                ? SigningConfig.PublicGood()
                : await _tuf.GetSigningConfigAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TufException e)
        {
            throw Refused(e);
        }
    }

    private async Task<TrustedRoot> LoadAsync(CancellationToken cancellationToken)
    {
        var root =
            _trustedRoot is { } path ? TrustedRoot.Load(Existing(path, "trusted root", "TrustedRoot").FullPath)
            : _tuf is null ? TrustedRoot.PublicGood()
            : await _tuf.GetTrustedRootAsync(cancellationToken).ConfigureAwait(false);
        foreach (var warning in root.Warnings)
        {
            _log.Warning(warning);
        }

        return root;
    }

    private static TufTrust? Repository(TrustSettings choice, TrustSource source, ICakeEnvironment environment, TufTrustOptions options)
    {
        if (choice.TufMirror is not null)
        {
            return Mirror(choice.TufMirror, choice.TufRoot!.MakeAbsolute(environment), options);
        }

        // A file before everything: nobody is asked for what it says.
        return source is TrustSource.Tuf ? TufTrust.PublicGood(options) : null;
    }

    private static TufTrust Mirror(Uri mirror, FilePath root, TufTrustOptions options)
    {
        try
        {
            return TufTrust.Mirror(mirror, File.ReadAllBytes(Existing(root, "TUF root", "TufRoot").FullPath), options);
        }
        catch (ArgumentException e)
        {
            throw new PySignException(PySignFailure.InvalidSettings, $"TufMirror cannot be used: {e.Message}", innerException: e);
        }
    }

    private static FilePath Existing(FilePath path, string what, string setting) =>
        File.Exists(path.FullPath)
            ? path
            : throw new PySignException(PySignFailure.MissingFile, $"There is no {what} at '{path}'.", $"Correct {setting}.");

    private static PySignException Refused(TufException e) =>
        e.Reason is TufFailure.Unreachable
            ? new(PySignFailure.Unreachable, e.Message, innerException: e)
            : new(PySignFailure.TrustRefused, $"The trust material is refused ({e.Reason}): {e.Message}", innerException: e);
}

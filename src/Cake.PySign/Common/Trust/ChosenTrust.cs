using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Logging;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Tuf;

namespace Cake.PySign.Common.Trust;

/// <summary>
/// The trust that settings name, and the signing config that belongs to it: a trusted root from a file before everything, else
/// a TUF mirror with its own root, else the public instance by TUF or as it is embedded. Nothing falls back by itself: an
/// unreachable repository stops the work, and offline use is asked for and warned of.
/// </summary>
internal sealed class ChosenTrust : IDisposable
{
    private readonly FilePath? _trustedRoot;
    private readonly TufTrust? _tuf;

    private readonly SafeLog _log;
    private readonly HttpMessageHandler? _own;

    private ChosenTrust(SafeLog log, FilePath? trustedRoot, TufTrust? tuf, HttpMessageHandler? own)
    {
        _log = log;
        _trustedRoot = trustedRoot;
        _tuf = tuf;
        _own = own;
    }

    /// <param name="choice">Whom the settings believe.</param>
    /// <param name="otherwise">Where the trust comes from when they leave it to the alias.</param>
    /// <param name="caFile">An extra CA file for the TUF repository.</param>
    /// <param name="environment">What relative paths mean.</param>
    /// <param name="log">Where warnings go.</param>
    /// <param name="handler">The way to services; null for real connections.</param>
    /// <param name="time">What time it is.</param>
    public static ChosenTrust From(
        TrustSettings choice,
        TrustSource otherwise,
        FilePath? caFile,
        ICakeEnvironment environment,
        SafeLog log,
        HttpMessageHandler? handler,
        TimeProvider time
    )
    {
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

        var own = handler is null ? Network.CaFile.Handler(caFile, environment) : null;
        var options = new TufTrustOptions
        {
            CacheDirectory = choice.TufCache?.MakeAbsolute(environment).FullPath,
            Offline = choice.TufOffline,
            Handler = handler ?? own,
            Time = time,
            Warn = log.Warning,
        };
        return new ChosenTrust(
            log,
            choice.TrustedRoot?.MakeAbsolute(environment),
            choice.TufMirror is not null ? Mirror(choice.TufMirror, choice.TufRoot!.MakeAbsolute(environment), options)
                : (choice.Source ?? otherwise) is TrustSource.Tuf ? TufTrust.PublicGood(options)
                : null,
            own
        );
    }

    public async Task<TrustedRoot> TrustedRootAsync(CancellationToken cancellationToken)
    {
        try
        {
            var root =
                _trustedRoot is { } path ? TrustedRoot.Load(Existing(path, "trusted root", "TrustedRoot").FullPath)
                : _tuf is null ? TrustedRoot.Production()
                : await _tuf.GetTrustedRootAsync(cancellationToken).ConfigureAwait(false);
            foreach (var warning in root.Warnings)
            {
                _log.Warning(warning);
            }

            return root;
        }
        catch (VerificationException e)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"The trusted root {(_trustedRoot is not null ? $"'{_trustedRoot}'" : "of the TUF repository")} cannot be used: {e.Message}",
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
            return _tuf is null ? SigningConfig.PublicGood() : await _tuf.GetSigningConfigAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TufException e)
        {
            throw Refused(e);
        }
    }

    public void Dispose()
    {
        _tuf?.Dispose();
        _own?.Dispose();
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

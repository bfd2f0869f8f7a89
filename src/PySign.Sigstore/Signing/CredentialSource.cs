using System.Globalization;
using System.Security.Cryptography;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;

namespace PySign.Sigstore.Signing;

/// <summary>Where a signer's key and certificate come from.</summary>
internal interface ICredentialSource : IDisposable
{
    SigningCredential Current { get; }

    /// <summary>The hash that the keys sign.</summary>
    HashAlgorithmName Hash { get; }

    /// <summary>A credential to begin a signature with.</summary>
    Task<SigningCredential> GetAsync(CancellationToken cancellationToken);

    /// <summary>Whether a log or timestamp authority can still answer while the credential is valid.</summary>
    bool IsFresh(SigningCredential credential);
}

/// <summary>Holds the one key and certificate that all signatures share, and gets another pair when the certificate is about to
/// expire.</summary>
internal sealed class CredentialSource(SigningContext context, IdentityToken token) : ICredentialSource
{
    /// <summary>A certificate must be valid when a log or timestamp authority answers; Rekor v2 may take 20 seconds for that.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(45);

    private readonly SemaphoreSlim _one = new(1, 1);

    // Signatures under way may still use an older key: all live until the signer is disposed.
    private readonly List<EphemeralKey> _keys = [];
    private volatile SigningCredential? _current;

    public SigningCredential Current => _current ?? throw new InvalidOperationException("There is no certificate yet.");

    public HashAlgorithmName Hash => HashAlgorithmName.SHA256;

    public bool IsFresh(SigningCredential credential) =>
        credential.Certificate is not { } certificate || context.Time.GetUtcNow() + _margin < certificate.NotAfter;

    /// <summary>A pair with enough life left; a new one if need be and while the token allows.</summary>
    public async Task<SigningCredential> GetAsync(CancellationToken cancellationToken)
    {
        if (_current is { } current && IsFresh(current))
        {
            return current;
        }

        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _current is { } renewed && IsFresh(renewed)
                ? renewed
                : _current = await RequestAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _keys.ForEach(static key => key.Dispose());
        _one.Dispose();
    }

    private async Task<SigningCredential> RequestAsync(CancellationToken cancellationToken)
    {
        var now = context.Time.GetUtcNow();
        if (_current is { } old && now >= token.ExpiresAt)
        {
            throw new SigningException(
                SigningFailure.CredentialsExpired,
                "",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The certificate is valid until {old.Certificate!.NotAfter:u}, and the identity token for another one expired at "
                        + $"{token.ExpiresAt:u}"
                ),
                "Run again with a fresh token: what is signed stays signed."
            );
        }

        var key = new EphemeralKey();
        _keys.Add(key);
        var certificate = await context.Fulcio.RequestAsync(key, token, cancellationToken).ConfigureAwait(false);
        CertificateCheck.Run(certificate, key.Spki.Span, token, context.Root, context.Time.GetUtcNow());
        var credential = new SigningCredential(key, certificate);
        return IsFresh(credential)
            ? credential
            : throw new SigningException(
                SigningFailure.CertificateNotValidNow,
                FulcioClient.Service,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the certificate expires at {certificate.NotAfter:u}, too soon to sign anything"
                ),
                "Set this machine's clock."
            );
    }
}

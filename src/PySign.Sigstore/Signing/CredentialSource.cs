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
/// <param name="context">The services.</param>
/// <param name="token">Who signs.</param>
/// <param name="renew">Gets another token of the same identity; null where there is none.</param>
internal sealed class CredentialSource(
    SigningContext context,
    IdentityToken token,
    Func<CancellationToken, Task<IdentityToken>>? renew = null
) : ICredentialSource
{
    /// <summary>A token must be valid when the certificate authority looks at it.</summary>
    private static readonly TimeSpan _tokenMargin = TimeSpan.FromSeconds(30);

    /// <summary>A certificate must be valid when a log or timestamp authority answers; Rekor v2 may take 20 seconds for that.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(45);

    private readonly SemaphoreSlim _one = new(1, 1);

    // Signatures under way may still use an older key: all live until the signer is disposed.
    private readonly List<EphemeralKey> _keys = [];
    private IdentityToken _token = token;
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
        await RenewTokenAsync(cancellationToken).ConfigureAwait(false);
        if (_current is { } old && context.Time.GetUtcNow() >= _token.ExpiresAt)
        {
            throw new SigningException(
                SigningFailure.CredentialsExpired,
                "",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The certificate is valid until {old.Certificate!.NotAfter:u}, and the identity token for another one expired at "
                        + $"{_token.ExpiresAt:u}; where the token came from there is no newer one"
                ),
                "Run again with a fresh token: what is signed stays signed. GitLab makes a job's tokens once, when the job begins."
            );
        }

        var key = new EphemeralKey();
        _keys.Add(key);
        var certificate = await context.Fulcio.RequestAsync(key, _token, cancellationToken).ConfigureAwait(false);
        CertificateCheck.Run(certificate, key.Spki.Span, _token, context.Root, context.Time.GetUtcNow());
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

    /// <summary>A job that signs for longer than its token lives asks for another one, where its CI service gives as many as are asked for.
    /// Whose it is must not change under way.</summary>
    private async Task RenewTokenAsync(CancellationToken cancellationToken)
    {
        if (renew is null || context.Time.GetUtcNow() + _tokenMargin < _token.ExpiresAt)
        {
            return;
        }

        var next = await renew(cancellationToken).ConfigureAwait(false);
        if ((next.ExpectedIdentity, next.ExpectedIssuer) != (_token.ExpectedIdentity, _token.ExpectedIssuer))
        {
            throw new SigningException(
                SigningFailure.CredentialsExpired,
                "",
                $"The identity token expired, and the next one is of {next.ExpectedIdentity} ({next.ExpectedIssuer}), not of "
                    + $"{_token.ExpectedIdentity} ({_token.ExpectedIssuer})",
                "Find out why the token's source changed whom it speaks for; what is signed stays signed."
            );
        }

        context.Redact(next);
        _token = next;
    }
}

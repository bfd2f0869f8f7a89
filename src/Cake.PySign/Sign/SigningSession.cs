using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Provenance;
using PySign.Http;
using PySign.Packaging;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Sign;

/// <summary>
/// The signer that settings describe: an identity, whose certificate is asked for when the first file needs it, or a key. It also knows how
/// the same signer's earlier signatures verify.
/// </summary>
internal sealed class SigningSession : IAsyncDisposable
{
    private readonly SigningContext _context;
    private readonly IdentityToken? _token;
    private readonly PrivateKey? _key;
    private readonly Func<Bundle, Artifact, VerifiedArtifact> _verify;
    private readonly SemaphoreSlim _one = new(1, 1);
    private HttpMessageHandler? _own;
    private Signer? _signer;

    private SigningSession(SigningContext context, TrustedRoot root, IdentityToken? token, PrivateKey? key, SigningServices services)
    {
        _context = context;
        _token = token;
        _key = key;
        HasRekorV1 = services.Logs.Any(static log => log.MajorApiVersion == 1);
        var verifier = new SigstoreVerifier(root, new VerifierOptions { AcceptUnloggedKeys = services.Logs.Count == 0 });
        if (key is not null)
        {
            var known = ManagedKey.ParsePem(key.PublicKeyPem);
            _verify = (bundle, artifact) => verifier.Verify(bundle, artifact, known);
        }
        else
        {
            var policy = VerificationPolicy.Exact(token!.ExpectedIdentity, token.ExpectedIssuer);
            _verify = (bundle, artifact) => verifier.Verify(bundle, artifact, policy);
        }
    }

    /// <summary>Who signs, for a person.</summary>
    public string Name => _token is null ? $"key {_key!.Hint}" : $"{_token.ExpectedIdentity} ({_token.ExpectedIssuer})";

    /// <summary>What the CI job's token says of the job; null for a key, and for who is not a job.</summary>
    public BuildClaims? Claims => _token is null ? null : BuildClaims.Of(_token);

    /// <summary>The token that the certificate is asked for with; null for a key.</summary>
    public IdentityToken? Token => _token;

    private Func<CancellationToken, Task<IdentityToken>>? Renew { get; init; }

    /// <summary>Whether there is a log whose entries cosign's old bundle can hold.</summary>
    public bool HasRekorV1 { get; }

    /// <summary>The public key that verifies, PEM; null for an identity.</summary>
    public string? PublicKeyPem => _key?.PublicKeyPem;

    /// <exception cref="SigningException">The services, the token or the key cannot be used. Nothing but the token's source was
    /// asked.</exception>
    public static async Task<SigningSession> OpenAsync(SigningRequest request, Services services, CancellationToken cancellationToken)
    {
        var settings = request.Signing;
        var own = services.Reaching(request.Network).Connections.OwnHandler();
        PrivateKey? key = null;
        SigningContext? context = null;
        try
        {
            // The key first: whether it can be used is known without asking anybody.
            key = SigningKeys.Open(settings, services);
            var trust = services.Trust(request.Trust, TrustSource.Tuf, request.Network);
            var instance = await ChosenServices.FromAsync(request, services, trust, cancellationToken).ConfigureAwait(false);
            var root =
                key is not null && instance.Logs.Count + instance.TimestampAuthorities.Count == 0
                    ? TrustedRoot.PublicGood() // Nothing of it is used, and nobody is to be asked.
                    : await trust.TrustedRootAsync(cancellationToken).ConfigureAwait(false);
            context = new SigningContext(instance, root, Options(services, own));
            if (key is not null)
            {
                return new SigningSession(context, root, null, key, instance) { _own = own };
            }

            var identity = new SigningIdentity(services, services.Handler ?? own);
            var token = await identity.GetAsync(settings, instance, root, cancellationToken).ConfigureAwait(false);
            return new SigningSession(context, root, token, null, instance)
            {
                _own = own,
                Renew = stop => identity.RenewAsync(settings, instance, token, stop),
            };
        }
        catch
        {
            context?.Dispose();
            own?.Dispose();
            key?.Dispose();
            throw;
        }
    }

    private static ServiceClientOptions Options(Services services, HttpMessageHandler? own) =>
        new()
        {
            Handler = services.Handler ?? own,
            Time = services.Time,
            Redactor = services.Log.Redactor,
            Retrying = services.Log.Information,
        };

    /// <summary>The signer; the certificate is asked for once, by the first that needs it.</summary>
    public async Task<Signer> SignerAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _signer ??= _key is not null
                ? _context.CreateSigner(_key)
                : await _context.CreateSignerAsync(_token!, Renew, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>What the certificate says that everything is signed with; null for a key. It is asked for now where nobody needed it
    /// yet: a certificate is not an entry in a log of signatures.</summary>
    public async Task<CertificateIdentity?> CertificateAsync(CancellationToken cancellationToken) =>
        (await SignerAsync(cancellationToken).ConfigureAwait(false)).Certificate;

    /// <summary>A signature of the same signer that lies there and still holds; null when there is none.</summary>
    public SignedArtifact? Existing(string bundlePath, Artifact artifact) => Existing(() => Bundle.Load(bundlePath), artifact);

    /// <summary>As <see cref="Existing(string, Artifact)"/>, whatever form the bundle is kept in.</summary>
    public SignedArtifact? Existing(Func<Bundle> load, Artifact artifact)
    {
        try
        {
            var bundle = load();
            return SignedArtifact.Of(bundle, _verify(bundle, artifact), _key?.PublicKeyPem);
        }
        catch (Exception e) when (e is VerificationException or PackagingException or IOException or UnauthorizedAccessException)
        {
            // None, a damaged one, another signer's: the file is signed again.
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_signer is not null)
        {
            await _signer.DisposeAsync().ConfigureAwait(false);
        }

        _key?.Dispose();
        _context.Dispose();
        _own?.Dispose();
        _one.Dispose();
    }
}

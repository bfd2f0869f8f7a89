using PySign.Http;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Transparency;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Signing;

/// <summary>
/// Where to sign: services, and the trusted root that their answers are held against. Who signs is the <see cref="Signer"/>.
/// </summary>
/// <example>
/// <code>
/// using var context = new SigningContext(SigningServices.PublicGood, TrustedRoot.PublicGood());
/// await using var signer = await context.CreateSignerAsync(IdentityToken.Parse(jwt), cancellationToken);
/// var signed = await signer.SignAsync(Artifact.FromFile("app.whl"), cancellationToken);
/// await File.WriteAllTextAsync("app.whl.sigstore.json", signed.Bundle.ToJson());
/// </code>
/// </example>
public sealed class SigningContext : IDisposable
{
    private readonly ServiceClient _http;
    private readonly FulcioClient? _fulcio;

    /// <summary>Prepares signing; nothing is called yet.</summary>
    /// <param name="services">The services.</param>
    /// <param name="root">The trusted root of the same instance.</param>
    /// <param name="handler">Sends the requests and is not disposed; null for real connections.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="SigningException">The services could not make a verifiable signature, or have an address that is
    /// refused.</exception>
    public SigningContext(SigningServices services, TrustedRoot root, HttpMessageHandler? handler = null, TimeProvider? time = null)
        : this(services, root, new ServiceClientOptions { Handler = handler, Time = time ?? TimeProvider.System }) { }

    /// <summary>The same with every option of the HTTP client.</summary>
    public SigningContext(SigningServices services, TrustedRoot root, ServiceClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(root);
        services.Check();
        Services = services;
        Root = root.Instances is [var instance]
            ? instance
            : throw new SigningException(
                SigningFailure.NoUsableService,
                "",
                "The trusted root holds several instances of Sigstore: it says whom to believe, not with which of them to sign",
                "Sign with the trusted root of the one instance whose services are named."
            );
        _http = new ServiceClient(options);
        _fulcio = services.Fulcio is { } fulcio ? new FulcioClient(_http, fulcio) : null;
        Logs =
        [
            .. services.Logs.Select(log =>
                log.MajorApiVersion == 2 ? (ILogClient)new RekorV2Client(_http, log.Uri) : new RekorV1Client(_http, log.Uri)
            ),
        ];
        LogCheck = new LogCheck(Logs, Root);
        TimestampAuthorities = [.. services.TimestampAuthorities.Select(uri => new TimestampClient(_http, uri, Root))];
    }

    internal SigningServices Services { get; }

    internal TrustedRoot Root { get; }

    internal FulcioClient Fulcio =>
        _fulcio
        ?? throw new SigningException(
            SigningFailure.NoUsableService,
            "",
            "Nothing can be signed with these services: no certificate authority is named",
            "Name one, or sign with a key."
        );

    internal IReadOnlyList<ILogClient> Logs { get; }

    internal LogCheck LogCheck { get; }

    internal IReadOnlyList<TimestampClient> TimestampAuthorities { get; }

    internal TimeProvider Time => _http.Time;

    /// <summary>A token appears in no log and no message.</summary>
    internal void Redact(IdentityToken token) => _http.Redactor.Add(token.Raw);

    /// <summary>Makes a key and gets the certificate that all signatures of the signer share.</summary>
    /// <param name="token">Who signs.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="SigningException">The token cannot be used, or no certificate for it can be obtained.</exception>
    public Task<Signer> CreateSignerAsync(IdentityToken token, CancellationToken cancellationToken = default) =>
        CreateSignerAsync(token, null, cancellationToken);

    /// <summary>The same for work that may last longer than the token lives.</summary>
    /// <param name="token">Who signs.</param>
    /// <param name="renew">Gets another token of the same identity when the one before is about to expire; null where there is
    /// none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="SigningException">The token cannot be used, or no certificate for it can be obtained.</exception>
    public async Task<Signer> CreateSignerAsync(
        IdentityToken token,
        Func<CancellationToken, Task<IdentityToken>>? renew,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(token);
        if (renew is not null && Time.GetUtcNow() >= token.ExpiresAt)
        {
            token = await renew(cancellationToken).ConfigureAwait(false);
        }

        Redact(token);
        token.EnsureUsable(Services.Audience, Time.GetUtcNow());
        await new IssuerDirectory(_http, Fulcio.BaseUri).CheckAsync(token, Time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        var credentials = new CredentialSource(this, token, renew);
        try
        {
            await credentials.GetAsync(cancellationToken).ConfigureAwait(false);
            var verifier = new SigstoreVerifier(Root);
            var policy = VerificationPolicy.Exact(token.ExpectedIdentity, token.ExpectedIssuer);
            return new Signer(
                this,
                credentials,
                (token.ExpectedIdentity, token.ExpectedIssuer),
                (bundle, artifact) => verifier.Verify(bundle, artifact, policy)
            );
        }
        catch
        {
            credentials.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Signs with a key of one's own. Nothing is called for it; signatures are logged and timestamped where the services say so, and
    /// verified with the key alone where they do not.
    /// </summary>
    /// <param name="key">The key, which stays the caller's; it must outlive the signer.</param>
    public Signer CreateSigner(PrivateKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var verifier = new SigstoreVerifier(Root, new VerifierOptions { AcceptUnloggedKeys = Logs.Count == 0 });
        var known = ManagedKey.ParsePem(key.PublicKeyPem);
        var credential = new ManagedCredential(key, Services.Logs.Any(static log => log.MajorApiVersion == 2));
        return new Signer(this, credential, ("", ""), (bundle, artifact) => verifier.Verify(bundle, artifact, known));
    }

    /// <summary>Ends the connections of the context's own.</summary>
    public void Dispose()
    {
        LogCheck.Dispose();
        _http.Dispose();
    }
}

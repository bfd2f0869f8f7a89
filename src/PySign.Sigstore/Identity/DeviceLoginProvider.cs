using PySign.Http;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Identity;

/// <summary>
/// Logs a person in (RFC 8628). With a proof key (RFC 7636) as Sigstore's issuer has it, so that nobody who sees the device code can fetch
/// the token with it; issuers that know none ignore it. Never in a CI job: it would wait for somebody who is not there, or find the wrong
/// one.
/// </summary>
/// <param name="login">Issuer and prompt.</param>
/// <param name="environment">Reads an environment variable, to know a CI job.</param>
/// <param name="handler">Sends the requests; null for real connections.</param>
/// <param name="time">The clock.</param>
public sealed class DeviceLoginProvider(
    DeviceLogin login,
    Func<string, string?> environment,
    HttpMessageHandler? handler = null,
    TimeProvider? time = null
) : IIdentityTokenProvider
{
    private static readonly TimeSpan _slower = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public string Name => "a login at " + login.Issuer.Host;

    /// <inheritdoc/>
    public async Task<IdentityToken?> GetAsync(string audience, CancellationToken cancellationToken)
    {
        if (CiSurroundings.Detect(environment) != CiService.None)
        {
            throw new SigningException(
                SigningFailure.LoginImpossible,
                "",
                "A login was asked for, but this is a CI job, where nobody could answer",
                "Use the identity of the job (docs/ci-identities.md), and ask for a login at a terminal only."
            );
        }

        using var http = new ServiceClient(new ServiceClientOptions { Handler = handler, Time = _time });
        var issuer = new DeviceIssuer(http, login);
        var endpoints = await issuer.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        var proof = new ProofKey();
        var authorization = await issuer.AuthorizeAsync(endpoints, proof, cancellationToken).ConfigureAwait(false);
        var expires = _time.GetUtcNow() + authorization.Lifetime;
        login.Show(new DevicePrompt(authorization.VerificationUri, authorization.UserCode, authorization.VerificationUriComplete, expires));
        for (var interval = authorization.Interval; ; )
        {
            await Task.Delay(interval, _time, cancellationToken).ConfigureAwait(false);
            if (_time.GetUtcNow() >= expires)
            {
                throw Expired();
            }

            var (token, error) = await issuer.PollAsync(endpoints, authorization, proof, cancellationToken).ConfigureAwait(false);
            switch (error)
            {
                case null:
                    return token;
                case "authorization_pending":
                    break;
                case "slow_down": // RFC 8628 3.5: five seconds more, from now on.
                    interval += _slower;
                    break;
                default:
                    throw Ended(error);
            }
        }
    }

    private SigningException Ended(string error) =>
        error switch
        {
            "access_denied" => new(
                SigningFailure.LoginDenied,
                "",
                "The login was refused in the browser",
                "Run it again and agree, or sign in a CI job."
            ),
            "expired_token" => Expired(),
            _ => new(
                SigningFailure.LoginFailed,
                "",
                $"{login.Issuer.Host} ended the login with the error {DeviceIssuer.Shown(error)}",
                "Run it again; if it stays, check issuer and client id."
            ),
        };

    private static SigningException Expired() =>
        new(SigningFailure.LoginExpired, "", "Nobody logged in before the code expired", "Run it again and enter the new code in time.");
}

/// <summary>How a person logs in with a browser on any device (OAuth 2.0 device authorization grant, RFC 8628).</summary>
public sealed record DeviceLogin
{
    /// <summary>The issuer; it must have a device authorization endpoint.</summary>
    public required Uri Issuer { get; init; }

    /// <summary>The name by which the issuer knows this client. It becomes the token's audience, so it is what the certificate authority
    /// expects.</summary>
    public string ClientId { get; init; } = "sigstore";

    /// <summary>What is asked for.</summary>
    public string Scope { get; init; } = "openid email";

    /// <summary>Shows the person where to go and which code to enter.</summary>
    public required Action<DevicePrompt> Show { get; init; }
}

/// <summary>What a person needs to log in.</summary>
/// <param name="VerificationUri">Where to go.</param>
/// <param name="UserCode">The code to enter there.</param>
/// <param name="VerificationUriComplete">Where to go without entering the code; null when the issuer has none.</param>
/// <param name="ExpiresAt">Until when.</param>
public sealed record DevicePrompt(Uri VerificationUri, string UserCode, Uri? VerificationUriComplete, DateTimeOffset ExpiresAt);

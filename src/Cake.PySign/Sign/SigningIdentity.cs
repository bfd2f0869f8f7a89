using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Ci;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Trust;

namespace Cake.PySign.Sign;

/// <summary>
/// Who signs: finds the token, and says everything that can be known to be wrong with it, and with its going public, before any service is
/// called.
/// </summary>
internal sealed class SigningIdentity(Services services, HttpMessageHandler? handler)
{
    private static readonly Uri _publicIssuer = new("https://oauth2.sigstore.dev/auth");

    /// <summary>Whether a person is there to read and answer.</summary>
#pragma warning disable RS0030 // Asked, not written to: whether somebody sits in front of it.
    internal Func<bool> IsTerminal { get; init; } = static () => !Console.IsInputRedirected && !Console.IsOutputRedirected;
#pragma warning restore RS0030

    public async Task<IdentityToken> GetAsync(
        SigningSettings settings,
        SigningServices instance,
        TrustedRoot trust,
        CancellationToken cancellationToken
    )
    {
        var isPublic = PublicInstance.IsIn(instance, trust);
        var token = await FindAsync(settings, instance, Login(settings.IdTokenSource, isPublic), cancellationToken).ConfigureAwait(false);
        token.EnsureUsable(instance.Audience, services.Time.GetUtcNow());
        if (isPublic)
        {
            new PublicLogGuard(Variable, services.Log).Check(token, settings.AllowUnprotectedRef, settings.AllowPrivateProject);
        }

        return token;
    }

    /// <summary>
    /// Another token from where the first came from, for a job that signs longer than that lives. Services that are asked (GitHub,
    /// Buildkite, CircleCI, Google Cloud) and files that are kept fresh have one; a variable, as GitLab sets it, has the same token
    /// still. Nobody is asked to log in a second time.
    /// </summary>
    public async Task<IdentityToken> RenewAsync(
        SigningSettings settings,
        SigningServices instance,
        IdentityToken old,
        CancellationToken cancellationToken
    )
    {
        var token = await FindAsync(settings, instance, null, cancellationToken).ConfigureAwait(false);
        if (token.Raw != old.Raw)
        {
            services.Log.Information($"The identity token expires at {old.ExpiresAt:u}; signing goes on with another one.");
        }

        return token;
    }

    /// <summary>The token, whatever may be wrong with it; nobody is asked to services.Log in without <paramref name="login"/>.</summary>
    /// <exception cref="SigningException">There is none.</exception>
    public async Task<IdentityToken> FindAsync(
        SigningSettings settings,
        SigningServices instance,
        DeviceLoginProvider? login,
        CancellationToken cancellationToken
    )
    {
        var source = settings.IdTokenSource;
        var token = await IdentityTokenSource
            .Default(
                new TokenSourceOptions
                {
                    Environment = Variable,
                    Token = settings.IdToken,
                    Variable = source.Variable,
                    File = source.File?.MakeAbsolute(services.Environment).FullPath,
                    Command = source.Program is { } program
                        ? new TokenCommand
                        {
                            Program = program.FullPath,
                            Arguments = [.. source.Arguments],
                            PassedVariables = [.. source.PassVariables],
                        }
                        : null,
                    Run = new TokenProgram(services.Processes, services.Environment).RunAsync,
                    Login = login,
                    Handler = handler,
                    Time = services.Time,
                }
            )
            .GetAsync(instance.Audience, cancellationToken)
            .ConfigureAwait(false);
        services.Log.Redactor.Add(token.Raw);
        return token;
    }

    private string? Variable(string name) => services.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private DeviceLoginProvider? Login(IdTokenSettings source, bool isPublic)
    {
        var issuer = source.OidcIssuer ?? (isPublic ? _publicIssuer : null);
        if (!source.Interactive.Decide(issuer is not null && !CiJob.IsAny(Variable) && IsTerminal()))
        {
            return null;
        }

        return issuer is null
            ? throw new PySignException(
                PySignFailure.InvalidSettings,
                "Somebody is to be asked to log in, but the issuer is not known: the services are not public ones.",
                "Set Signing.IdTokenSource.OidcIssuer to the issuer that this certificate authority accepts."
            )
            : new DeviceLoginProvider(
                new DeviceLogin
                {
                    Issuer = issuer,
                    ClientId = source.OidcClientId,
                    Show = Show,
                },
                Variable,
                handler,
                services.Time
            );
    }

    private void Show(DevicePrompt prompt)
    {
        services.Log.Warning(
            $"To sign as yourself, open {prompt.VerificationUri.AbsoluteUri} and enter the code {prompt.UserCode} (until "
                + $"{prompt.ExpiresAt:u})."
        );
        if (prompt.VerificationUriComplete is { } complete)
        {
            services.Log.Warning($"  or open {complete.AbsoluteUri}");
        }
    }
}

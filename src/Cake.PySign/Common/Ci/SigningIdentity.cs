using Cake.Core;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Processes;
using Cake.PySign.Sign;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Trust;

namespace Cake.PySign.Common.Ci;

/// <summary>
/// Who signs: finds the token, and says everything that can be known to be wrong with it, and with its going public, before any service is
/// called.
/// </summary>
internal sealed class SigningIdentity(
    ICakeEnvironment environment,
    SafeLog log,
    IChildProcessRunner processes,
    HttpMessageHandler? handler,
    TimeProvider time
)
{
    private static readonly Uri _publicIssuer = new("https://oauth2.sigstore.dev/auth");

    /// <summary>Whether a person is there to read and answer.</summary>
#pragma warning disable RS0030 // Asked, not written to: whether somebody sits in front of it.
    internal Func<bool> IsTerminal { get; init; } = static () => !Console.IsInputRedirected && !Console.IsOutputRedirected;
#pragma warning restore RS0030

    public async Task<IdentityToken> GetAsync(
        SigningSettings settings,
        SigningServices services,
        TrustedRoot trust,
        CancellationToken cancellationToken
    )
    {
        var isPublic = PublicInstance.IsIn(services, trust);
        var token = await FindAsync(settings, services, Login(settings.TokenSource, isPublic), cancellationToken).ConfigureAwait(false);
        token.EnsureUsable(services.Audience, time.GetUtcNow());
        if (isPublic)
        {
            new PublicLogGuard(Variable, log).Check(token, settings.AllowUnprotectedRef, settings.AllowPrivateProject);
        }

        return token;
    }

    /// <summary>The token, whatever may be wrong with it; nobody is asked to log in without <paramref name="login"/>.</summary>
    /// <exception cref="SigningException">There is none.</exception>
    public async Task<IdentityToken> FindAsync(
        SigningSettings settings,
        SigningServices services,
        DeviceLoginProvider? login,
        CancellationToken cancellationToken
    )
    {
        var source = settings.TokenSource;
        var token = await IdentityTokenSource
            .Default(
                new TokenSourceOptions
                {
                    Environment = Variable,
                    Token = settings.Token,
                    Variable = source.Variable,
                    File = source.File?.MakeAbsolute(environment).FullPath,
                    Command = source.Program is { } program
                        ? new TokenCommand
                        {
                            Program = program.FullPath,
                            Arguments = [.. source.Arguments],
                            PassedVariables = [.. source.PassEnvironmentVariables],
                        }
                        : null,
                    Run = new TokenProgram(processes, environment).RunAsync,
                    Login = login,
                    Handler = handler,
                    Time = time,
                }
            )
            .GetAsync(services.Audience, cancellationToken)
            .ConfigureAwait(false);
        log.Redactor.Add(token.Raw);
        return token;
    }

    private string? Variable(string name) => environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private DeviceLoginProvider? Login(IdentityTokenSettings source, bool isPublic)
    {
        var issuer = source.OidcIssuer ?? (isPublic ? _publicIssuer : null);
        if (source.Interactive is false || (source.Interactive is null && (issuer is null || CiJob.IsAny(Variable) || !IsTerminal())))
        {
            return null;
        }

        return issuer is null
            ? throw new PySignException(
                PySignFailure.InvalidSettings,
                "Somebody shall be asked to log in, but the issuer is not known: the services are no public ones.",
                "Set Signing.TokenSource.OidcIssuer to the issuer that this certificate authority accepts."
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
                time
            );
    }

    private void Show(DevicePrompt prompt)
    {
        log.Warning(
            $"To sign as yourself, open {prompt.VerificationUri.AbsoluteUri} and enter the code {prompt.UserCode} (until "
                + $"{prompt.ExpiresAt:u})."
        );
        if (prompt.VerificationUriComplete is { } complete)
        {
            log.Warning($"  or open {complete.AbsoluteUri}");
        }
    }
}

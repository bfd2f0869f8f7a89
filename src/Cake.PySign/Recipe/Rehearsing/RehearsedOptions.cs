using Cake.Core;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>
/// The options of a script in a job that is played: everything is as the script has set it but where the release goes and who signs it.
/// That is the played job's, whatever the script says, and it is on this machine.
/// </summary>
internal static class RehearsedOptions
{
    /// <summary>Which host the repository's remote is on: identities that name it mean the played one.</summary>
    public const string HostVariable = "PYSIGN_REHEARSAL_HOST";

    /// <summary>Says to a script, and to steps of its own, that nothing is to have effects.</summary>
    public const string Variable = "PYSIGN_REHEARSAL";

    /// <summary>The public key that users have, for which that of the rehearsal stands in.</summary>
    public const string PublicKeyVariable = "PYSIGN_REHEARSAL_PUBLIC_KEY";

    /// <summary>The task that the job is there for, for scripts whose target is not an argument.</summary>
    public const string TargetVariable = "PYSIGN_REHEARSAL_TARGET";

    /// <summary>Turns a script's options to the played job, where this is one.</summary>
    /// <exception cref="PySignException">An address is not on this machine.</exception>
    public static ReleaseOptions Of(ICakeContext context, ReleaseOptions script)
    {
        if (!script.Rehearses)
        {
            return script;
        }

        string? Variable(string name) => context.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
        var played = new ReleaseParameters(_ => null, Variable, context.Environment.GetEnvironmentVariables().Keys).Read();
        Require(played);
        TakeDestination(script, played);
        var signer = new RehearsedSigner
        {
            Host = Variable(HostVariable),
            Server = (Variable("CI_SERVER_URL") ?? Variable("GITHUB_SERVER_URL")) is { } server ? new Uri(server) : null,
            PlayedIssuer = played.CertificateOidcIssuer,
            Keys = Keys(Variable(PublicKeyVariable), played),
        };
        TakeSigning(script, played);
        script.CertificateIdentity = signer.Identity(script.CertificateIdentity);
        script.CertificateOidcIssuer = signer.Issuer(script.CertificateOidcIssuer);
        script.RehearsedSigner = signer;
        if (signer.Host is null)
        {
            // Which repository a policy names is not known here.
            script.PolicyFile = null;
        }

        return script;
    }

    /// <summary>The target of a job that is played, where a script rehearses whatever it is asked for.</summary>
    public static string Target(string ofScript) =>
#pragma warning disable RS0030 // The caller has a target and no context: Cake's own environment is that of the process.
        ofScript.EndsWith($"-{ReleaseStage.Rehearse}", StringComparison.OrdinalIgnoreCase)
        && Environment.GetEnvironmentVariable(TargetVariable) is { Length: > 0 } played
            ? played
            : ofScript;
#pragma warning restore RS0030

    /// <summary>The public key that users have, and the one of the rehearsal; null where no key signs, or the real one cannot be
    /// read.</summary>
    private static (ManagedKey Real, ManagedKey StandIn)? Keys(string? real, ReleaseOptions played)
    {
        if (real is null || played.PublicKey is null)
        {
            return null;
        }

        try
        {
            return (ManagedKey.ParsePem(File.ReadAllText(real)), ManagedKey.ParsePem(File.ReadAllText(played.PublicKey.FullPath)));
        }
        catch (Exception e) when (e is VerificationException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void TakeDestination(ReleaseOptions script, ReleaseOptions played)
    {
        script.RepositoryUrl = played.RepositoryUrl;
        script.Index.Url = played.Index.Url;
        script.Index.UserName = played.Index.UserName;
        script.Index.Password = played.Index.Password;
        script.TrustedPublishing = played.TrustedPublishing;
        script.Publisher = null;
        script.Store.Kind = played.Store.Kind;
        script.Store.Url = played.Store.Url;
        (script.Store.Token, script.Store.TokenKind, script.Store.UserName) = (
            played.Store.Token,
            played.Store.TokenKind,
            played.Store.UserName
        );
        script.BuiltFrom = played.BuiltFrom;
        script.Tag = played.Tag;
        script.DefaultHomepage ??= played.DefaultHomepage;
        script.DryRun = false;
    }

    private static void TakeSigning(ReleaseOptions script, ReleaseOptions played)
    {
        var (signing, trust) = (script.Signing, script.Trust);

        // The key of the rehearsal, where a key signs; the real one is for real releases.
        signing.Key = played.Signing.Key;
        signing.KeyPassword = null;
        script.PublicKey = played.PublicKey;
        signing.Signer.PublicKey = played.Signing.Signer.PublicKey;
        signing.UploadToLog |= script.PublicKey is null;
        signing.IdToken = played.Signing.IdToken;
        signing.Signer.Program = null;
        signing.IdTokenSource.Variable = null;
        signing.IdTokenSource.File = null;
        signing.IdTokenSource.Program = null;
        signing.IdTokenSource.Interactive = PySignChoice.Never;
        signing.FulcioUrl = null;
        signing.RekorUrl = null;
        signing.TimestampUrl = null;
        signing.SigningConfig = played.Signing.SigningConfig;
        trust.TrustedRoot = played.Trust.TrustedRoot;
        trust.Source = played.Trust.Source;
        trust.TufMirror = null;
        trust.TufRoot = null;
        trust.TufCacheDirectory = null;
        trust.TufOffline = false;
    }

    private static void Require(ReleaseOptions played)
    {
        foreach (var (name, address) in new[] { ("index", played.RepositoryUrl), ("signature store", played.Store.Url) })
        {
            if (address is not { IsLoopback: true })
            {
                throw new PySignException(
                    PySignFailure.SandboxFailed,
                    $"{Variable} is set, and the {name} is {(address is null ? "not known" : $"'{address}'")}: a rehearsal does not leave "
                        + "this machine.",
                    $"Start it with PySign-Rehearse, which sets what its jobs need; unset {Variable} for a release."
                );
            }
        }

        if (played is not { Trust.TrustedRoot: not null, Signing.SigningConfig: not null })
        {
            throw new PySignException(
                PySignFailure.SandboxFailed,
                $"{Variable} is set, but no trusted root and signing config of a sandbox are given.",
                $"Start it with PySign-Rehearse, which sets what its jobs need; unset {Variable} for a release."
            );
        }
    }
}

using System.Globalization;
using System.Text.Json;
using Cake.PySign.Common.Ci;
using Cake.PySign.Common.Network;
using Cake.PySign.Sign;
using PySign.Http;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Trust;

namespace Cake.PySign.Recipe.Preflight;

/// <summary>Trust, services and identity, as far as they are known without a certificate and without an entry in a log.</summary>
internal static class SigningCheck
{
    private static readonly SigningFailure[] _missing =
    [
        SigningFailure.TokenMissing,
        SigningFailure.TokenNotConfigured,
        SigningFailure.TokenNotOffered,
        SigningFailure.TokenPermissionMissing,
        SigningFailure.TokenWithheldFromFork,
    ];

    // Tokens live for minutes; services allow their clocks to differ by about one.
    private static readonly TimeSpan _maxSkew = TimeSpan.FromSeconds(60);

    public static async Task CheckAsync(PreflightContext check, CancellationToken cancellationToken)
    {
        var release = check.Release;
        var request = new SigningRequest(check.Options.Signing, check.Release.Trust, check.Options.Network, KeepValid: true);
        using var own = release.Services.Reaching(request.Network).Connections.OwnHandler();
        var trust = release.Services.Trust(request.Trust, TrustSource.Tuf, request.Network);
        var root = await trust.TrustedRootAsync(cancellationToken).ConfigureAwait(false);
        var services = await ChosenServices.FromAsync(request, release.Services, trust, cancellationToken).ConfigureAwait(false);
        TrustAge.Check(check);
        if (request.Signing.UsesKey)
        {
            CheckKey(check);
            return;
        }

        var token = await TokenAsync(check, services, root, own, cancellationToken).ConfigureAwait(false);
        if (services.Fulcio is { } fulcio)
        {
            await FulcioAsync(check, fulcio, token, release.Services.Handler ?? own, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The key opens, or its program is there; what the program does shows when it signs, and is verified then.</summary>
    private static void CheckKey(PreflightContext check)
    {
        var settings = check.Options.Signing;
        try
        {
            using var key = SigningKeys.Open(settings, check.Release.Services);
            SignStage.RequireOwnKey(check.Release, key!.PublicKeyPem);
            if (settings.Signer.Program is { } program)
            {
                SignerProgram.Require(program, check.Release.Context.Environment);
            }
        }
        catch (SigningException e)
        {
            check.Add(ReleaseStage.Sign, e, "key");
        }
        catch (PySignException e)
        {
            check.Add(ReleaseStage.Sign, e, "key");
        }
    }

    private static async Task<IdentityToken?> TokenAsync(
        PreflightContext check,
        SigningServices services,
        TrustedRoot root,
        HttpMessageHandler? handler,
        CancellationToken cancellationToken
    )
    {
        var release = check.Release;
        if (await FindTokenAsync(check, services, handler, cancellationToken).ConfigureAwait(false) is not { } token)
        {
            return null;
        }

        foreach (var problem in IdentityRules.Problems(token, release, check.Ledger))
        {
            check.Report.Add(problem);
        }

        try
        {
            token.EnsureUsable(services.Audience, release.Time.GetUtcNow());
        }
        catch (SigningException e)
        {
            check.Add(ReleaseStage.Sign, e, "identity token");
        }

        if (PublicInstance.IsIn(services, root))
        {
            AddConcerns(check, token);
        }

        return token;
    }

    /// <summary>The token that this job would sign with; null, and said, where there is none yet.</summary>
    private static async Task<IdentityToken?> FindTokenAsync(
        PreflightContext check,
        SigningServices services,
        HttpMessageHandler? handler,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await new SigningIdentity(check.Release.Services, handler)
                .FindAsync(check.Options.Signing, services, null, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (SigningException e) when (_missing.Contains(e.Reason))
        {
            if (CiJob.IsAny(check.Variable))
            {
                check.AddOrUnknown(ReleaseStage.Sign, e, "who signs: this job has no identity token, and the one that signs must have one");
            }
            else
            {
                check.Report.Unknown("who signs: there is no identity token yet; a person is asked to log in when the release is signed");
            }

            return null;
        }
    }

    /// <summary>What a public log would show for all time.</summary>
    private static void AddConcerns(PreflightContext check, IdentityToken token)
    {
        var settings = check.Options.Signing;
        var guard = new PublicLogGuard(check.Variable, check.Release.Log);
        foreach (var concern in guard.Concerns(token, settings.AllowUnprotectedRef, settings.AllowPrivateProject))
        {
            check.Add(ReleaseStage.Sign, concern, token.ExpectedIdentity);
        }
    }

    /// <summary>Whether the authority accepts the issuer (<c>GET /api/v2/configuration</c>), and by which clock it answers.</summary>
    private static async Task FulcioAsync(
        PreflightContext check,
        Uri fulcio,
        IdentityToken? token,
        HttpMessageHandler? handler,
        CancellationToken cancellationToken
    )
    {
        if (await ConfigurationAsync(check, fulcio, handler, cancellationToken).ConfigureAwait(false) is not { } answer)
        {
            return;
        }

        CheckClock(check, fulcio, answer);
        if (token is not null && Issuers(answer.Body) is { Count: > 0 } issuers && !issuers.Any(one => Matches(one, token.Issuer)))
        {
            check.Add(
                ReleaseStage.Sign,
                PreflightReason.IssuerNotAccepted,
                token.Issuer,
                $"{fulcio.Host} gives no certificates for tokens of '{token.Issuer}'.",
                "Sign with an instance that accepts this issuer (a Sigstore instance of your own), with another identity, or with a key."
            );
        }
    }

    /// <summary>The authority's configuration; null, and said, where it does not answer.</summary>
    private static async Task<ServiceResponse?> ConfigurationAsync(
        PreflightContext check,
        Uri fulcio,
        HttpMessageHandler? handler,
        CancellationToken cancellationToken
    )
    {
        using var client = new ServiceClient(
            new ServiceClientOptions
            {
                Handler = handler,
                Time = check.Release.Time,
                Redactor = check.Release.Log.Redactor,
            }
        );
        try
        {
            return await client
                .SendAsync(
                    new ServiceRequest
                    {
                        Service = "Certificate authority",
                        Method = HttpMethod.Get,
                        Uri = new Uri($"{fulcio.AbsoluteUri.TrimEnd('/')}/api/v2/configuration"),
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (ServiceException e)
        {
            check.Add(ReleaseStage.Sign, RegistryErrors.From(e, "Asking the certificate authority which issuers it accepts"), fulcio.Host);
            return null;
        }
    }

    private static void CheckClock(PreflightContext check, Uri service, ServiceResponse answer)
    {
        if (
            DateTimeOffset.TryParse(answer.Header("Date"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var theirs)
            && check.Release.Time.GetUtcNow() - theirs is var skew
            && skew.Duration() > _maxSkew
        )
        {
            check.Add(
                ReleaseStage.Sign,
                PreflightReason.ClockSkew,
                service.Host,
                $"This machine's clock is {skew.Duration():d\\.hh\\:mm\\:ss} {(skew > TimeSpan.Zero ? "ahead of" : "behind")} that of "
                    + $"{service.Host}.",
                "Set the clock (NTP): tokens and certificates live for minutes."
            );
        }
    }

    private static List<string> Issuers(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return
            [
                .. json
                    .RootElement.GetProperty("issuers")
                    .EnumerateArray()
                    .SelectMany(issuer =>
                        new[] { "issuerUrl", "wildcardIssuerUrl" }
                            .Where(name => issuer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                            .Select(name => issuer.GetProperty(name).GetString()!)
                    ),
            ];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return []; // An authority that does not say is asked for the certificate itself.
        }
    }

    // A wildcard stands for one name between dots or slashes.
    private static bool Matches(string pattern, string issuer)
    {
        var (wanted, given) = (pattern.TrimEnd('/').Split('/', '.'), issuer.TrimEnd('/').Split('/', '.'));
        return wanted.Length == given.Length && wanted.Zip(given).All(pair => pair.First == "*" || pair.First == pair.Second);
    }
}

using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Network;
using Cake.PySign.Verify;
using PySign.Http;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;

namespace Cake.PySign.Publish;

/// <summary>
/// A job's identity becomes an upload token of its index (PyPI's trusted publishing): the index says for which audience it wants an
/// identity token, and exchanges it, once, for a token that lives for minutes and stays in memory. A GitLab job has one identity token, so
/// nothing here is ever sent twice.
/// </summary>
internal sealed class TrustedPublishing(Services services)
{
    /// <summary>The user name that upload tokens go with.</summary>
    public const string UserName = "__token__";

    /// <summary>An index that asked for the audience of another service would get a token to act there in the job's name.</summary>
    private static readonly string[] _audiences = ["pypi", "testpypi"];

    /// <summary>The identity token of this job for the index that <paramref name="repository"/> uploads to.</summary>
    /// <exception cref="PySignException">The index does not support it, or the job has no identity.</exception>
    public async Task<IdentityToken> IdentifyAsync(Uri repository, CancellationToken cancellationToken)
    {
        var audience = await AudienceAsync(repository, cancellationToken).ConfigureAwait(false);
        using var own = services.Connections.OwnHandler();
        try
        {
            var variable = EnvironmentTokenProvider.VariableFor(audience);
            var token = Variable(variable) is { } jwt
                ? IdentityToken.Parse(jwt.Trim())
                : await new GitHubTokenProvider(Variable, services.Handler ?? own, services.Time)
                    .GetAsync(audience, cancellationToken)
                    .ConfigureAwait(false)
                    ?? throw MissingToken.In(
                        Variable,
                        audience,
                        $"There is no identity token to publish with; looked in: environment variable {variable}; GitHub Actions "
                            + "(permissions: id-token: write)"
                    );
            services.Log.Redactor.Add(token.Raw);
            token.EnsureUsable(audience, services.Time.GetUtcNow());
            return token.Claim("aud") == audience
                ? token
                : throw TrustedPublishingErrors.Failed(
                    $"the identity token is for several audiences, and the index wants \"{audience}\" alone",
                    $"Give aud as one text: aud: {audience}."
                );
        }
        catch (SigningException e)
        {
            throw TrustedPublishingErrors.Failed(e.Message, null, e);
        }
    }

    /// <summary>Whether the job gets another identity token, and with it another upload token, when the first one's 15 minutes are over:
    /// GitHub gives as many as are asked for; what is in a variable, as GitLab sets it, was exchanged and is not taken a second
    /// time.</summary>
    public bool GivesMore(IdentityToken identity) =>
        Variable(GitHubTokenProvider.TokenVariable) is not null
        && Variable(EnvironmentTokenProvider.VariableFor(identity.Claim("aud")!)) is null;

    /// <summary>Exchanges an identity token for an upload token; a second call in the same run gets the first one's while that
    /// lives.</summary>
    public async Task<(string Token, DateTimeOffset Expires)> MintAsync(
        Uri repository,
        IdentityToken identity,
        CancellationToken cancellationToken
    )
    {
        // One for the job and the index: GitHub gives another identity token each time, but the job that asks is the same.
        var job = GivesMore(identity) ? Variable(GitHubTokenProvider.TokenVariable) : identity.Raw;
        var key = ServiceAddress.Origin(repository) + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(job!)));
        return await MintedTokens
            .GetAsync(key, services.Time, () => ExchangeAsync(repository, identity, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
    }

    private async Task<string> AudienceAsync(Uri repository, CancellationToken cancellationToken)
    {
        using var connection = Connect(repository);
        try
        {
            var answer = await connection
                .GetAsync(
                    At(repository, "audience"),
                    "application/json",
                    "Asking for the audience of trusted publishing",
                    cancellationToken
                )
                .ConfigureAwait(false);
            var audience = answer.Found
                ? Text(answer.Body, "audience")
                : throw TrustedPublishingErrors.Failed(
                    $"{ServiceAddress.Origin(repository)} does not know it (404)",
                    "Give Index.UserName and Index.Password, or correct RepositoryUrl."
                );
            return audience is not null && (_audiences.Contains(audience, StringComparer.Ordinal) || audience == repository.Host)
                ? audience
                : throw TrustedPublishingErrors.Failed(
                    $"{ServiceAddress.Origin(repository)} asks for an identity token for another audience than an index's own",
                    "Do not publish there: such a token would let it act elsewhere in this job's name."
                );
        }
        catch (PySignException e) when (e.Call is { Status: HttpStatusCode.Forbidden })
        {
            throw TrustedPublishingErrors.Failed(
                $"{ServiceAddress.Origin(repository)} has switched it off (403)",
                "Run again later; see the index's status page.",
                e
            );
        }
    }

    private async Task<(string Token, DateTimeOffset Expires)> ExchangeAsync(
        Uri repository,
        IdentityToken identity,
        CancellationToken cancellationToken
    )
    {
        var token = await TokenAsync(repository, identity, cancellationToken).ConfigureAwait(false);
        var expires = services.Time.GetUtcNow() + MintedTokens.Lifetime;
        services.Log.Information(
            $"Trusted publishing: {TrustedPublisher.Of(identity)?.ToString() ?? identity.Subject} may upload until {expires:u}"
                + (GivesMore(identity) ? "." : "; this job gets no other upload token, and what is not sent by then waits for its retry.")
        );
        return (token, expires);
    }

    private async Task<string> TokenAsync(Uri repository, IdentityToken identity, CancellationToken cancellationToken)
    {
        using var connection = Connect(repository);
        var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>(StringComparer.Ordinal) { ["token"] = identity.Raw });
        ServiceResponse answer;
        try
        {
            answer = await connection
                .PostJsonAsync(
                    At(repository, "mint-token"),
                    body,
                    "Exchanging the identity token",
                    cancellationToken,
                    HttpStatusCode.UnprocessableEntity
                )
                .ConfigureAwait(false);
        }
        catch (PySignException e)
        {
            throw TrustedPublishingErrors.Lost(e, identity);
        }

        if (answer.Status == HttpStatusCode.UnprocessableEntity)
        {
            throw TrustedPublishingErrors.Refused(answer.Body, identity, Variable);
        }

        var token = Text(answer.Body, "token");
        services.Log.Redactor.Add(token);
        if (token is null || token.Length < 16 || token.Any(static c => c is <= ' ' or > '~'))
        {
            throw TrustedPublishingErrors.Failed(
                $"{ServiceAddress.Origin(repository)} answered without a token",
                "Run again; report it to the index if it stays so."
            );
        }

        return token;
    }

    private RegistryConnection Connect(Uri repository) =>
        services.Connections.Basic(repository, null, null, allowStorage: false, services.Log);

    private static Uri At(Uri repository, string endpoint) =>
        ServiceAddress.Below(new Uri(ServiceAddress.Origin(repository)), "_", "oidc", endpoint);

    private string? Variable(string name) =>
        services.Environment.GetEnvironmentVariable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;

    private static string? Text(byte[] json, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null; // The inner exception could quote the answer, which may be a secret.
        }
    }
}

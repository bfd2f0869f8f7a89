using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PySign.Sandbox.Faults;
using PySign.Sandbox.Formats;
using PySign.Sandbox.Oidc;

namespace PySign.Sandbox.Fulcio;

/// <summary>Fulcio's HTTP face: v2, and the older v1 that cosign 2 speaks.</summary>
/// <param name="authority">Issues.</param>
/// <param name="oidc">Knows the tokens.</param>
/// <param name="faults">What is asked for.</param>
/// <param name="gitLabByName">Whether every GitLab is called gitlab.com, as Fulcio's own rules do.</param>
internal sealed class FulcioRoutes(CertificateAuthority authority, OidcProvider oidc, FaultBoard faults, bool gitLabByName)
{
    private const string Audience = "sigstore";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v2/signingCert", (RequestDelegate)(context => AnswerAsync(context, SignAsync)));
        routes.MapPost("/api/v1/signingCert", (RequestDelegate)(context => AnswerAsync(context, SignLegacyAsync)));
        routes.MapGet("/api/v2/trustBundle", (RequestDelegate)(context => context.WriteJsonAsync(200, TrustBundle())));
        routes.MapGet(
            "/api/v1/rootCert",
            (RequestDelegate)(context => context.WriteTextAsync(200, authority.ChainPem, "application/pem-certificate-chain"))
        );
        routes.MapGet("/api/v2/configuration", (RequestDelegate)(context => context.WriteJsonAsync(200, Configuration())));
    }

    private static async Task AnswerAsync(HttpContext context, Func<HttpContext, JsonElement, Task> answer)
    {
        try
        {
            var body = await context.ReadJsonAsync() ?? throw FulcioException.Invalid("invalid JSON in request body");
            await answer(context, body);
        }
        catch (FulcioException refusal)
        {
            await RefuseAsync(context, refusal);
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            await RefuseAsync(context, FulcioException.Invalid("The request body lacks a field or a field has the wrong type"));
        }
    }

    private static Task RefuseAsync(HttpContext context, FulcioException refusal) =>
        context.WriteJsonAsync(
            refusal.Status,
            new JsonObject
            {
                ["code"] = refusal.Code,
                ["message"] = refusal.Message,
                ["details"] = new JsonArray(),
            }
        );

    private async Task SignAsync(HttpContext context, JsonElement body)
    {
        var token =
            body.TryGetProperty("credentials", out var credentials) && credentials.TryGetProperty("oidcIdentityToken", out var inBody)
                ? inBody.GetString()
                : null;
        var claims = Authenticate(context, token);
        PublicKey key;
        if (body.TryGetProperty("publicKeyRequest", out var request))
        {
            key = SubjectKey.FromProof(
                System.Text.Encoding.UTF8.GetBytes(request.GetProperty("publicKey").GetProperty("content").GetString() ?? ""),
                request.GetProperty("proofOfPossession").GetBytesFromBase64(),
                claims.Challenge
            );
        }
        else if (body.TryGetProperty("certificateSigningRequest", out var csr))
        {
            key = SubjectKey.FromSigningRequest(csr.GetBytesFromBase64());
        }
        else
        {
            throw FulcioException.Invalid("The public key supplied in the request could not be parsed");
        }

        var issued = Issue(claims, key);
        var chain = new JsonObject { ["certificates"] = new JsonArray([.. issued.ChainPem.Select(pem => JsonValue.Create(pem))]) };
        await context.WriteJsonAsync(
            200,
            issued.DetachedSct is { } sct
                ? new JsonObject
                {
                    ["signedCertificateDetachedSct"] = new JsonObject
                    {
                        ["chain"] = chain,
                        ["signedCertificateTimestamp"] = Convert.ToBase64String(sct),
                    },
                }
                : new JsonObject { ["signedCertificateEmbeddedSct"] = new JsonObject { ["chain"] = chain } }
        );
    }

    private async Task SignLegacyAsync(HttpContext context, JsonElement body)
    {
        var claims = Authenticate(context, null);
        var key =
            body.TryGetProperty("certificateSigningRequest", out var csr)
            && csr.ValueKind is JsonValueKind.String
            && csr.GetString() is { Length: > 0 }
                ? SubjectKey.FromSigningRequest(csr.GetBytesFromBase64())
                : SubjectKey.FromProof(
                    body.GetProperty("publicKey").GetProperty("content").GetBytesFromBase64(),
                    body.GetProperty("signedEmailAddress").GetBytesFromBase64(),
                    claims.Challenge
                );
        var issued = Issue(claims, key);
        if (issued.DetachedSct is { } sct)
        {
            context.Response.Headers["SCT"] = Convert.ToBase64String(sct);
        }

        await context.WriteTextAsync(201, string.Concat(issued.ChainPem), "application/pem-certificate-chain");
    }

    private IdentityClaims Authenticate(HttpContext context, string? bodyToken)
    {
        const string Scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        var token =
            string.IsNullOrEmpty(bodyToken) && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
                ? header[Scheme.Length..].Trim()
                : bodyToken;
        return (string.IsNullOrEmpty(token) ? null : oidc.Verify(token, Audience)) ?? throw BadToken();
    }

    private IssuedCertificate Issue(IdentityClaims claims, PublicKey key)
    {
        var byName = gitLabByName || faults.Hits(SandboxService.Fulcio, "gitlab-com");
        var extensions = CertificateExtensions.For(claims, byName) ?? throw BadToken();
        if (faults.Hits(SandboxService.Fulcio, "sparse"))
        {
            extensions = [.. extensions.Where(extension => !CertificateExtensions.IsLuxury(extension))];
        }

        if (faults.Hits(SandboxService.Fulcio, "bare"))
        {
            extensions = [.. extensions.Where(CertificateExtensions.IsIdentity)];
        }

        if (faults.Hits(SandboxService.Fulcio, "wrong-identity"))
        {
            extensions = [CertificateExtensions.UriName("https://example.org/somebody/else"), .. extensions.Skip(1)];
        }

        var delivery =
            faults.Hits(SandboxService.Fulcio, "no-sct") ? SctDelivery.Missing
            : faults.Hits(SandboxService.Fulcio, "detached-sct") ? SctDelivery.Detached
            : faults.Hits(SandboxService.Fulcio, "wrong-sct-key") ? SctDelivery.WrongKey
            : SctDelivery.Embedded;
        var retired = faults.Hits(SandboxService.Fulcio, "expired-ca");
        var ahead = faults.Take(SandboxService.Fulcio, "clock-skew") is { } skew
            ? TimeSpan.FromSeconds(skew.Seconds ?? 600)
            : TimeSpan.Zero;
        if (!faults.Hits(SandboxService.Fulcio, "wrong-key"))
        {
            return authority.Issue(key, extensions, delivery, retired, ahead);
        }

        using var another = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return authority.Issue(new PublicKey(another), extensions, delivery, retired, ahead);
    }

    private JsonObject TrustBundle() =>
        new()
        {
            ["chains"] = new JsonArray(
                new JsonObject
                {
                    ["certificates"] = new JsonArray(
                        CertificateAuthority.Pem(authority.Intermediate),
                        CertificateAuthority.Pem(authority.Root)
                    ),
                }
            ),
        };

    private JsonObject Configuration() =>
        new()
        {
            ["issuers"] = new JsonArray([
                .. oidc.Issuers.Select(issuer => new JsonObject
                {
                    ["issuerUrl"] = issuer.Issuer,
                    ["audience"] = Audience,
                    ["challengeClaim"] = issuer.Kind is IssuerKind.Email ? "email" : "sub",
                    ["issuerType"] = issuer.Kind is IssuerKind.Email ? "email" : "ci-provider",
                }),
            ]),
        };

    // Fulcio never says what is wrong with a token.
    private static FulcioException BadToken() => FulcioException.Invalid("There was an error processing the identity token");
}

/// <summary>A refusal in grpc-gateway's terms: HTTP status, gRPC code (3 invalid argument, 13 internal), message.</summary>
internal sealed class FulcioException(int status, int code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public int Code { get; } = code;

    public static FulcioException Invalid(string message) => new(400, 3, message);
}

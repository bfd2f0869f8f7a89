using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PySign.Sandbox.Faults;
using PySign.Sandbox.Formats;

namespace PySign.Sandbox.Timestamps;

/// <summary>The timestamp authority's HTTP face: DER and JSON queries, DER replies.</summary>
internal sealed class TimestampRoutes(TimestampAuthority authority, TimestampAuthority retired, FaultBoard faults, TimeProvider time)
{
    private static readonly Dictionary<string, (string Oid, int Length)> _hashes = new(StringComparer.Ordinal)
    {
        ["sha256"] = ("2.16.840.1.101.3.4.2.1", 32),
        ["sha384"] = ("2.16.840.1.101.3.4.2.2", 48),
        ["sha512"] = ("2.16.840.1.101.3.4.2.3", 64),
    };

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/timestamp", (RequestDelegate)StampAsync);
        routes.MapGet(
            "/api/v1/timestamp/certchain",
            (RequestDelegate)(context => context.WriteTextAsync(200, authority.ChainPem, "application/pem-certificate-chain"))
        );
    }

    private async Task StampAsync(HttpContext context)
    {
        var contentType = context.Request.ContentType?.Split(';')[0].Trim();
        if (contentType is not ("application/timestamp-query" or "application/json"))
        {
            await context.WriteErrorAsync(415, "unsupported media type, application/timestamp-query or application/json expected");
            return;
        }

        var body = await context.ReadBytesAsync() ?? [];
        try
        {
            var query = WithFaults(Checked(contentType == "application/json" ? ReadJson(body) : ReadDer(body)));
            await context.WriteBytesAsync(
                faults.Hits(SandboxService.Timestamps, "status-200") ? 200 : 201,
                Reply(query),
                "application/timestamp-reply"
            );
        }
        catch (Exception exception)
            when (exception
                    is FormatException
                        or JsonException
                        or CryptographicException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or OverflowException
            )
        {
            await context.WriteErrorAsync(400, $"Error parsing timestamp request: {exception.Message}");
        }
    }

    private static Query Checked(Query query)
    {
        if (query.Policy is not (null or TimestampAuthority.Policy))
        {
            throw new FormatException($"unknown policy {query.Policy}");
        }

        if (_hashes.Values.FirstOrDefault(hash => hash.Oid == query.HashOid) is not { Oid: not null } known)
        {
            throw new FormatException("the message imprint's hash algorithm is weak or unknown: SHA-256, SHA-384 or SHA-512 expected");
        }

        return known.Length == query.Hash.Length
            ? query
            : throw new FormatException("message imprint has the wrong length for its hash algorithm");
    }

    private Query WithFaults(Query query)
    {
        if (faults.Hits(SandboxService.Timestamps, "wrong-imprint"))
        {
            query = query with { Hash = SHA256.HashData(query.Hash), HashOid = _hashes["sha256"].Oid };
        }

        return faults.Hits(SandboxService.Timestamps, "wrong-nonce") ? query with { Nonce = [42] } : query;
    }

    private byte[] Reply(Query query)
    {
        if (faults.Hits(SandboxService.Timestamps, "rejected"))
        {
            return TimestampAuthority.Reject();
        }

        if (faults.Hits(SandboxService.Timestamps, "untrusted"))
        {
            using var foreign = new TimestampAuthority(time, time.GetUtcNow().AddDays(-1), time.GetUtcNow().AddYears(1));
            return foreign.Grant(query.HashOid, query.Hash, query.Nonce, query.WantsCertificate);
        }

        var signer = faults.Hits(SandboxService.Timestamps, "expired-chain") ? retired : authority;
        var ahead = faults.Take(SandboxService.Timestamps, "clock-skew") is { } skew
            ? TimeSpan.FromSeconds(skew.Seconds ?? 86400)
            : TimeSpan.Zero;
        var withCertificate = query.WantsCertificate && !faults.Hits(SandboxService.Timestamps, "no-certificate");
        return signer.Grant(query.HashOid, query.Hash, query.Nonce, withCertificate, ahead);
    }

    private static Query ReadDer(byte[] body)
    {
        if (!Rfc3161TimestampRequest.TryDecode(body, out var request, out var read) || read != body.Length || request.Version != 1)
        {
            throw new FormatException("the body is not a DER timestamp query of version 1");
        }

        return new Query(
            request.HashAlgorithmId.Value ?? "",
            request.GetMessageHash().ToArray(),
            request.GetNonce()?.ToArray(),
            request.RequestSignerCertificate,
            request.RequestedPolicyId?.Value
        );
    }

    private static Query ReadJson(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        var query = document.RootElement;
        var algorithm = query.GetProperty("hashAlgorithm").GetString() ?? "";
        return new Query(
            _hashes.TryGetValue(algorithm, out var hash) ? hash.Oid : algorithm,
            query.GetProperty("artifactHash").GetBytesFromBase64(),
            query.TryGetProperty("nonce", out var nonce) ? new BigInteger(nonce.GetInt64()).ToByteArray(isBigEndian: true) : null,
            query.TryGetProperty("certificates", out var certificates) && certificates.GetBoolean(),
            query.TryGetProperty("tsaPolicyOID", out var policy) ? policy.GetString() : null
        );
    }

    private sealed record Query(string HashOid, byte[] Hash, byte[]? Nonce, bool WantsCertificate, string? Policy);
}

using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace PySign.Sandbox.Oidc;

/// <summary>One login under way (RFC 8628): somebody has the user code, some program polls with the device code.</summary>
internal sealed record DeviceGrant(string DeviceCode, string UserCode, string ClientId, string? Challenge, DateTimeOffset ExpiresAt);

/// <summary>The device logins of the e-mail issuer, on the sandbox's own clock.</summary>
internal sealed class DeviceGrants(OidcProvider oidc, TimeProvider time)
{
    public const int LifetimeSeconds = 300;
    public const int IntervalSeconds = 5;

    // RFC 8628 6.1: no vowels, so that no words come up.
    private const string Alphabet = "BCDFGHJKLMNPQRSTVWXZ";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = [];

    public DeviceGrant Begin(string clientId, string? challenge)
    {
        var code = RandomNumberGenerator.GetString(Alphabet, 8);
        var grant = new DeviceGrant(
            Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)),
            $"{code[..4]}-{code[4..]}",
            clientId,
            challenge,
            time.GetUtcNow().AddSeconds(LifetimeSeconds)
        );
        lock (_gate)
        {
            _entries[grant.DeviceCode] = new Entry(grant);
        }

        return grant;
    }

    /// <summary>What the person in the browser decided.</summary>
    /// <returns>False when no login waits for this code.</returns>
    public bool Decide(string userCode, JsonObject? claims)
    {
        var wanted = Canonical(userCode);
        lock (_gate)
        {
            if (
                _entries.Values.FirstOrDefault(e =>
                    Canonical(e.Grant.UserCode) == wanted && !e.Decided && e.Grant.ExpiresAt > time.GetUtcNow()
                )
                is not { } entry
            )
            {
                return false;
            }

            entry.Decided = true;
            entry.Claims = claims;
            return true;
        }
    }

    /// <returns>The token, or the error of RFC 8628 3.5.</returns>
    public (string? Token, string? Error) Poll(string deviceCode, string clientId, string? verifier)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (
                !_entries.TryGetValue(deviceCode, out var entry)
                || entry.Grant.ClientId != clientId
                || !Proves(verifier, entry.Grant.Challenge)
            )
            {
                return (null, "invalid_grant");
            }

            if (entry.Grant.ExpiresAt <= now)
            {
                return (null, "expired_token");
            }

            var tooSoon = entry.LastPoll is { } last && now < last.AddSeconds(entry.Interval);
            entry.LastPoll = now;
            if (tooSoon)
            {
                entry.Interval += 5;
                return (null, "slow_down");
            }

            if (!entry.Decided)
            {
                return (null, "authorization_pending");
            }

            _entries.Remove(deviceCode); // A code is good for one token.
            if (entry.Claims is null)
            {
                return (null, "access_denied");
            }

            var claims = (JsonObject)entry.Claims.DeepClone();
            claims.TryAdd("aud", clientId);
            return (oidc.Mint(IssuerKind.Email, claims).Token, null);
        }
    }

    private static string Canonical(string userCode) =>
        string.Concat(userCode.Where(char.IsAsciiLetter)).ToUpper(CultureInfo.InvariantCulture);

    private static bool Proves(string? verifier, string? challenge) =>
        challenge is null
        || (verifier is not null && Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))) == challenge);

    private sealed class Entry(DeviceGrant grant)
    {
        public DeviceGrant Grant { get; } = grant;

        public bool Decided { get; set; }

        public JsonObject? Claims { get; set; }

        public DateTimeOffset? LastPoll { get; set; }

        public int Interval { get; set; } = IntervalSeconds;
    }
}

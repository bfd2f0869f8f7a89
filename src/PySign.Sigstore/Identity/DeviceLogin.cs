namespace PySign.Sigstore.Identity;

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

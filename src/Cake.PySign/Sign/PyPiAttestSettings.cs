namespace Cake.PySign.Sign;

/// <summary>
/// Who attests, and which services are used. A log of version 1 is used whatever the signing config prefers, and no timestamp authority:
/// PyPI's verifier is only sure to accept that. An attestation is made by an identity; <see cref="SigningSettings.Key"/> must not be set.
/// </summary>
public sealed class PyPiAttestSettings : SignatureSettings
{
    internal override SigningRequest Request => base.Request with { OnlyRekorV1 = true };
}

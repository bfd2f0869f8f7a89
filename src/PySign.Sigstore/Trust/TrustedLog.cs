using System.Security.Cryptography;
using PySign.Sigstore.Cryptography;

namespace PySign.Sigstore.Trust;

/// <summary>A transparency log or certificate transparency log of the trusted root.</summary>
internal sealed class TrustedLog
{
    public required string BaseUrl { get; init; }

    /// <summary>The log for a person: its address, else its id.</summary>
    public string Name => BaseUrl.Length > 0 ? BaseUrl : "id " + Convert.ToHexStringLower(LogId.Span);

    /// <summary>The host that a Rekor v2's checkpoints are named after; empty without an address.</summary>
    public required string Host { get; init; }

    /// <summary>Host and port, where the URL names a port.</summary>
    public required string Authority { get; init; }

    public required ReadOnlyMemory<byte> LogId { get; init; }

    public required ReadOnlyMemory<byte> Spki { get; init; }

    /// <summary>The key; null when it is of a kind that is not supported, so that nothing of the log can be believed.</summary>
    public required VerificationKey? Key { get; init; }

    /// <summary>The hash that the log signs with; keys of P-384 and P-521 are also used with SHA-256.</summary>
    public required HashAlgorithmName Hash { get; init; }

    public required ValidityWindow Window { get; init; }

    /// <summary>The checkpoint key id that the trusted root states (0.2); empty where it states none.</summary>
    public ReadOnlyMemory<byte> CheckpointKeyId { get; init; }

    /// <summary>Verifies something that the log signed.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        Key switch
        {
            null => false,
            { SignsWholeMessage: true } key => key.VerifyData(data, signature),
            RsaKey key => key.VerifyData(new SignatureAlgorithm(SignatureScheme.RsaPkcs1, Hash), data, signature),
            var key => key.VerifyData(new SignatureAlgorithm(SignatureScheme.Ecdsa, Hash), data, signature),
        };
}

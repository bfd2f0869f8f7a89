using System.Formats.Asn1;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Signing;

/// <summary>
/// Bounds the work that an encrypted PKCS#8 key (RFC 5958 3, RFC 8018 6.2) asks for before it is opened: PBES2 with PBKDF2 only, which is
/// also all that the framework and openssl's default have in common.
/// </summary>
internal static class EncryptedKeyInfo
{
    /// <summary>Some twenty times what is recommended for passwords today, a few seconds of work.</summary>
    private const int MaxIterations = 10_000_000;

    /// <exception cref="SigningException">It is not such a key, or one that costs too much to open.</exception>
    public static void Check(ReadOnlyMemory<byte> der)
    {
        try
        {
            var algorithm = new AsnReader(der, AsnEncodingRules.BER).ReadSequence().ReadSequence();
            if (algorithm.ReadObjectIdentifier() != "1.2.840.113549.1.5.13")
            {
                throw PrivateKey.Invalid(
                    "it is encrypted with something older than PBES2; openssl pkcs8 -topk8 -v2 aes-256-cbc rewrites it"
                );
            }

            var derivation = algorithm.ReadSequence().ReadSequence();
            if (derivation.ReadObjectIdentifier() != "1.2.840.113549.1.5.12")
            {
                throw PrivateKey.Invalid(
                    "its password is derived with something else than PBKDF2; openssl pkcs8 -topk8 -v2 aes-256-cbc rewrites it"
                );
            }

            var parameters = derivation.ReadSequence();
            parameters.ReadOctetString();
            if (!parameters.TryReadInt32(out var iterations) || iterations is < 1 or > MaxIterations)
            {
                throw PrivateKey.Invalid($"its password is derived in more than {MaxIterations} iterations");
            }
        }
        catch (AsnContentException e)
        {
            throw PrivateKey.Invalid("it is damaged", e);
        }
    }
}

using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cake.PySign.Audit;

/// <summary>What a signing certificate says, for showing: read without a word about whether it is true (fulcio docs/oid-info.md).</summary>
internal static class CertificateClaims
{
    private const string Arc = "1.3.6.1.4.1.57264.1.";
    private const string AlternativeName = "2.5.29.17";

    private static readonly Dictionary<int, string> _names = new()
    {
        [8] = "issuer",
        [9] = "build-signer",
        [11] = "runner-environment",
        [12] = "source-repository",
        [13] = "source-digest",
        [14] = "source-ref",
        [15] = "source-repository-id",
        [16] = "source-owner",
        [17] = "source-owner-id",
        [18] = "build-config",
        [20] = "build-trigger",
        [21] = "build-run",
        [22] = "source-visibility",
        [23] = "deployment-environment",
    };

    /// <returns>The subject, the claims and the validity; null where it is not a certificate.</returns>
    public static (string Identity, IReadOnlyDictionary<string, string> Claims, DateTimeOffset From, DateTimeOffset To)? Read(
        ReadOnlySpan<byte> der
    )
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            var claims = new SortedDictionary<string, string>(StringComparer.Ordinal);
            var identity = "";
            foreach (var extension in certificate.Extensions)
            {
                var oid = extension.Oid?.Value ?? "";
                if (oid == AlternativeName)
                {
                    identity = Subject(extension.RawData);
                }
                else if (
                    oid.StartsWith(Arc, StringComparison.Ordinal)
                    && int.TryParse(oid.AsSpan(Arc.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && _names.TryGetValue(number, out var name)
                )
                {
                    claims[name] = AsnDecoder.ReadCharacterString(
                        extension.RawData,
                        AsnEncodingRules.DER,
                        UniversalTagNumber.UTF8String,
                        out _
                    );
                }
            }

            return (
                identity,
                claims,
                new DateTimeOffset(certificate.NotBefore.ToUniversalTime()),
                new DateTimeOffset(certificate.NotAfter.ToUniversalTime())
            );
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return null;
        }
    }

    // RFC 5280 4.2.1.6: e-mail [1], URI [6].
    private static string Subject(byte[] extension)
    {
        var names = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            var tag = names.PeekTag();
            if (tag.TagClass == TagClass.ContextSpecific && tag.TagValue is 1 or 6)
            {
                return names.ReadCharacterString(UniversalTagNumber.IA5String, tag);
            }

            names.ReadEncodedValue();
        }

        return "";
    }
}

using System.Text.Json;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Trust;

/// <summary>Reads a certificate or timestamp authority of the trusted root and checks its chain, once (CertificateAuthority).</summary>
internal static class TrustedAuthorityReader
{
    private static ProtoJson Json => ProtoJson.TrustedRoot;

    public static TrustedAuthority ReadIssuing(JsonElement element, string at) => Read(element, at, forTimestamps: false);

    public static TrustedAuthority ReadTimestamping(JsonElement element, string at) => Read(element, at, forTimestamps: true);

    private static TrustedAuthority Read(JsonElement element, string at, bool forTimestamps)
    {
        var uri = "";
        List<Certificate> chain = [];
        JsonElement? validFor = null;
        foreach (var property in Json.Object(element, at))
        {
            var value = property.Value;
            switch (Json.Name(property))
            {
                case "subject":
                    ReadSubject(value, at + ".subject");
                    break;
                case "uri":
                    uri = Json.Text(value, at + ".uri");
                    break;
                case "certChain":
                    ReadChain(value, at + ".certChain", chain);
                    break;
                case "validFor":
                    validFor = value;
                    break;
                case "operator":
                    Json.Text(value, at + ".operator");
                    break;
                default:
                    throw Json.Unknown(property, at);
            }
        }

        if (chain.Count == 0)
        {
            throw Json.Missing(at + ".certChain.certificates");
        }

        var authority = new TrustedAuthority
        {
            Uri = uri,
            Chain = [.. chain],
            Window = WindowOf(validFor, chain, at + ".validFor"),
        };
        CheckChain(authority, at, forTimestamps);
        return authority;
    }

    /// <summary>
    /// When the authority is trusted. One that names no start is trusted as long as all its certificates are valid, which is the most that
    /// any start could say (sigstore_trustroot.proto, CertificateAuthority.valid_for).
    /// </summary>
    private static ValidityWindow WindowOf(JsonElement? validFor, List<Certificate> chain, string at)
    {
        var allValidFrom = chain.Max(static certificate => certificate.NotBefore);
        return validFor is { } given ? ValidityWindowReader.Read(given, at, allValidFrom) : new ValidityWindow(allValidFrom, null);
    }

    /// <summary>Checks once what does not depend on any signature: names, signatures and constraints of the authority's own
    /// chain.</summary>
    private static void CheckChain(TrustedAuthority authority, string at, bool forTimestamps)
    {
        var chain = authority.Chain;
        var usage = forTimestamps ? Oids.TimeStamping : Oids.CodeSigning;
        try
        {
            // A timestamp authority's chain starts with the certificate that signs; a CA's with the one that issues.
            var startsWithLeaf = forTimestamps && !chain[0].Constraints.IsAuthority;
            var below = 0;
            for (var i = 0; i < chain.Length; i++)
            {
                if (i > 0 || !startsWithLeaf)
                {
                    PathValidation.CheckAuthority(chain[i], below, usage);
                    below += chain[i].IsSelfIssued ? 0 : 1;
                }

                if (i + 1 < chain.Length)
                {
                    PathValidation.CheckLink(chain[i], chain[i + 1], below, usage);
                }
                else if (chain[i].IsSelfIssued && !chain[i].IsSignedBy(chain[i]))
                {
                    throw Refusal.Certificate(CertificateSignatureInvalid, "a trust anchor that signs itself", "an invalid signature");
                }
            }
        }
        catch (VerificationException e)
        {
            throw Refusal.Document(TrustedRootChainInvalid, VerificationStep.TrustedRoot, $"in {at}.certChain {e.Expected}", e.Actual, e);
        }
    }

    private static void ReadChain(JsonElement element, string at, List<Certificate> chain)
    {
        foreach (var property in Json.Object(element, at))
        {
            if (!property.NameEquals("certificates"u8))
            {
                throw Json.Unknown(property, at);
            }

            foreach (var item in Json.Array(property.Value, at + ".certificates", Limits.ChainCertificates))
            {
                var der = LogEntryReader.OneBytesOf(Json, item, "rawBytes", at + ".certificates[]", Limits.CertificateBytes);
                if (der is not { Length: > 0 })
                {
                    throw Json.Missing(at + ".certificates[].rawBytes");
                }

                try
                {
                    chain.Add(Certificate.Parse(der));
                }
                catch (VerificationException e)
                {
                    throw Refusal.Document(TrustedRootInvalid, VerificationStep.TrustedRoot, $"in {at} {e.Expected}", e.Actual, e);
                }
            }
        }
    }

    private static void ReadSubject(JsonElement element, string at)
    {
        foreach (var property in Json.Object(element, at))
        {
            // Names for people; the certificates say who it is.
            Json.Text(property.Value, at);
            if (Json.Name(property) is not ("organization" or "commonName"))
            {
                throw Json.Unknown(property, at);
            }
        }
    }
}

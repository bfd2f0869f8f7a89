using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Transparency;

/// <summary>What of a bundle its log entry must be made of.</summary>
internal readonly record struct EntryFacts(
    ReadOnlyMemory<byte> Signature,
    ReadOnlyMemory<byte> Certificate,
    VerificationKey Key,
    HashAlgorithmName Hash,
    ReadOnlyMemory<byte> Digest,
    DsseEnvelope? Envelope
)
{
    public bool IsPrehashedEd25519 => Key.SignsWholeMessage && Envelope is null && Hash == HashAlgorithmName.SHA512;
}

/// <summary>
/// Builds the body that a log entry must have, whole and in RFC 8785 form, so that it can be compared byte by byte. One fact
/// cannot be known: how the client wrote the envelope that dsse 0.0.1 and intoto 0.0.2 hash; that value is taken over from the entry,
/// and only if it is a digest at the very place where the digest belongs.
/// </summary>
internal static class ExpectedEntry
{
    private const int HexDigestChars = 64;

    private static readonly SearchValues<byte> _lowerHex = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>Whether the entry's body is the one that the facts make; null if the kind of entry is not supported for them.</summary>
    public static bool? Matches(TransparencyLogEntry entry, in EntryFacts facts)
    {
        var body = entry.CanonicalizedBody.Span;
        switch (entry.Kind, entry.KindVersion, facts.Envelope)
        {
            case ("hashedrekord", "0.0.1", null):
                return MatchesHashedRekord001(body, facts);
            case ("hashedrekord", "0.0.2", _):
                return MatchesHashedRekord002(body, facts);
            case ("dsse", "0.0.1", { } envelope):
                return MatchesAround(
                    body,
                    "{\"apiVersion\":\"0.0.1\",\"kind\":\"dsse\",\"spec\":{\"envelopeHash\":{\"algorithm\":\"sha256\",\"value\":\"",
                    DsseTail(facts, envelope)
                );
            case ("intoto", "0.0.2", { } envelope):
                return MatchesIntoto(body, facts, envelope);
            default:
                return null;
        }
    }

    private static bool MatchesHashedRekord001(ReadOnlySpan<byte> body, in EntryFacts facts)
    {
        using var pem = Pem(facts);
        using var text = new ScratchBytes(Capacity(facts) + 2 * pem.Written.Length);
        text.Append("{\"apiVersion\":\"0.0.1\",\"kind\":\"hashedrekord\",\"spec\":{\"data\":{\"hash\":{\"algorithm\":\""u8);
        text.Append(Encoding.ASCII.GetBytes(Digests.LowerName(facts.Hash)));
        text.Append("\",\"value\":\""u8);
        text.AppendLowerHex(facts.Digest.Span);
        text.Append("\"}},\"signature\":{\"content\":\""u8);
        text.AppendBase64(facts.Signature.Span);
        text.Append("\",\"publicKey\":{\"content\":\""u8);
        text.AppendBase64(pem.Written);
        text.Append("\"}}}}"u8);
        return body.SequenceEqual(text.Written);
    }

    private static bool MatchesHashedRekord002(ReadOnlySpan<byte> body, in EntryFacts facts)
    {
        using var text = new ScratchBytes(Capacity(facts));
        text.Append("{\"apiVersion\":\"0.0.2\",\"kind\":\"hashedrekord\",\"spec\":{\"hashedRekordV002\":{\"data\":{\"algorithm\":\""u8);
        text.Append(Encoding.ASCII.GetBytes(Digests.ProtoName(facts.Hash)));
        text.Append("\",\"digest\":\""u8);
        text.AppendBase64(facts.Digest.Span);
        text.Append("\"},\"signature\":{\"content\":\""u8);
        text.AppendBase64(facts.Signature.Span);
        text.Append("\",\"verifier\":{\"keyDetails\":\""u8);
        text.Append(Encoding.ASCII.GetBytes(KeyDetails(facts)));
        text.Append(facts.Certificate.IsEmpty ? "\",\"publicKey\":{\"rawBytes\":\""u8 : "\",\"x509Certificate\":{\"rawBytes\":\""u8);
        text.AppendBase64(facts.Certificate.IsEmpty ? facts.Key.Spki.Span : facts.Certificate.Span);
        text.Append("\"}}}}}}"u8);
        return body.SequenceEqual(text.Written);
    }

    /// <summary>Room for the names and twice everything that is written as hex or base64.</summary>
    private static int Capacity(in EntryFacts facts) =>
        512 + 2 * (facts.Signature.Length + facts.Digest.Length + Math.Max(facts.Certificate.Length, facts.Key.Spki.Length));

    private static string DsseTail(in EntryFacts facts, DsseEnvelope envelope) =>
        "\"},\"payloadHash\":{\"algorithm\":\"sha256\",\"value\":\""
        + Convert.ToHexStringLower(SHA256.HashData(envelope.Payload.Span))
        + "\"},\"signatures\":[{\"signature\":\""
        + Convert.ToBase64String(envelope.Signature.Span)
        + "\",\"verifier\":\""
        + PemBase64(facts)
        + "\"}]}}";

    /// <summary>
    /// intoto 0.0.2: payload and signature are base64 of their base64, the log may keep the payload or not, and it keeps the PEM as the
    /// client wrapped it, so that text is taken over from the entry once it is shown to be nothing but the bundle's certificate (rekor
    /// types/intoto/v0.0.2).
    /// </summary>
    private static bool MatchesIntoto(ReadOnlySpan<byte> body, in EntryFacts facts, DsseEnvelope envelope)
    {
        const string KeyField = "\"publicKey\":\"";
        var at = body.IndexOf(Encoding.ASCII.GetBytes(KeyField));
        var start = at + KeyField.Length;
        var length = at < 0 ? -1 : body[start..].IndexOf((byte)'"');
        if (length < 0 || !IsPemOf(body.Slice(start, length), facts))
        {
            return false;
        }

        var pem = Encoding.ASCII.GetString(body.Slice(start, length));
        var tail =
            "\"},\"payloadHash\":{\"algorithm\":\"sha256\",\"value\":\""
            + Convert.ToHexStringLower(SHA256.HashData(envelope.Payload.Span))
            + "\"}}}}";
        return MatchesAround(body, IntotoHead(pem, envelope, withPayload: true), tail)
            || MatchesAround(body, IntotoHead(pem, envelope, withPayload: false), tail);
    }

    private static string IntotoHead(string pemBase64, DsseEnvelope envelope, bool withPayload) =>
        "{\"apiVersion\":\"0.0.2\",\"kind\":\"intoto\",\"spec\":{\"content\":{\"envelope\":{"
        + (withPayload ? "\"payload\":\"" + TwiceBase64(envelope.Payload.Span) + "\"," : "")
        + "\"payloadType\":"
        + CanonicalString(envelope.PayloadType)
        + ",\"signatures\":[{"
        + (envelope.KeyId.Length > 0 ? "\"keyid\":" + CanonicalString(envelope.KeyId) + "," : "")
        + "\"publicKey\":\""
        + pemBase64
        + "\",\"sig\":\""
        + TwiceBase64(envelope.Signature.Span)
        + "\"}]},\"hash\":{\"algorithm\":\"sha256\",\"value\":\"";

    private static bool IsPemOf(ReadOnlySpan<byte> base64, in EntryFacts facts)
    {
        if (ProtoJson.DecodeBase64(base64, Limits.PemChars) is not { } bytes || !Ascii.IsValid(bytes))
        {
            return false;
        }

        var pem = Encoding.ASCII.GetString(bytes).AsSpan().TrimEnd('\n');
        var (label, der) = facts.Certificate.IsEmpty ? ("PUBLIC KEY", facts.Key.Spki) : ("CERTIFICATE", facts.Certificate);
        return PemEncoding.TryFind(pem, out var fields)
            && fields.Location.Start.Value == 0
            && fields.Location.End.Value == pem.Length
            && pem[fields.Label].SequenceEqual(label)
            && Convert.FromBase64String(pem[fields.Base64Data].ToString()).AsSpan().SequenceEqual(der.Span);
    }

    private static bool MatchesAround(ReadOnlySpan<byte> body, string head, string tail)
    {
        var before = Encoding.UTF8.GetBytes(head);
        var after = Encoding.UTF8.GetBytes(tail);
        return body.Length == before.Length + HexDigestChars + after.Length
            && body.StartsWith(before)
            && body.EndsWith(after)
            && !body.Slice(before.Length, HexDigestChars).ContainsAnyExcept(_lowerHex);
    }

    private static string KeyDetails(in EntryFacts facts) =>
        facts.IsPrehashedEd25519 ? "PKIX_ED25519_PH"
        : facts.Key is RsaKey rsa && rsa.IsPss(facts.Hash, facts.Digest.Span, facts.Signature.Span) ? rsa.PssKeyDetails
        : facts.Key is EcdsaKey && facts.Hash != facts.Key.ProperHash ? facts.Key.KeyDetails[..^3] + facts.Hash.Name![^3..]
        : facts.Key.KeyDetails;

    private static ScratchBytes Pem(in EntryFacts facts)
    {
        var pem = new ScratchBytes(Capacity(facts));
        var isKey = facts.Certificate.IsEmpty;
        pem.AppendPem(isKey ? "PUBLIC KEY"u8 : "CERTIFICATE"u8, isKey ? facts.Key.Spki.Span : facts.Certificate.Span);
        return pem;
    }

    private static string PemBase64(in EntryFacts facts)
    {
        using var pem = Pem(facts);
        return Convert.ToBase64String(pem.Written);
    }

    private static string TwiceBase64(ReadOnlySpan<byte> bytes) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)));

    /// <summary>A JSON string as RFC 8785 3.2.2.2 writes it.</summary>
    private static string CanonicalString(string text)
    {
        var json = new StringBuilder("\"", text.Length + 2);
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\b' => json.Append("\\b"),
                '\f' => json.Append("\\f"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                < ' ' => json.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => json.Append(c),
            };
        }

        return json.Append('"').ToString();
    }
}

using PySign.Sigstore.Bundles;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Trust;

namespace PySign.Sigstore.Verification;

/// <summary>Rekor v1's promise to include an entry: its signature over entry, time, log and index.</summary>
internal static class SignedEntryTimestamp
{
    /// <summary>Room for the names and both numbers.</summary>
    private const int NameBytes = 128;

    /// <summary>Verifies the promise over RFC 8785 JSON: the names in this order, the numbers bare.</summary>
    public static bool Verify(TransparencyLogEntry entry, TrustedLog log)
    {
        var body = entry.CanonicalizedBody.Span;
        var base64Length = System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(body.Length);
        using var signed = new ScratchBytes(NameBytes + base64Length + 2 * entry.LogId.Length);
        signed.Append("{\"body\":\""u8);
        signed.AppendBase64(body);
        signed.Append("\",\"integratedTime\":"u8);
        signed.AppendDecimal(entry.IntegratedTime ?? 0);
        signed.Append(",\"logID\":\""u8);
        signed.AppendLowerHex(entry.LogId.Span);
        signed.Append("\",\"logIndex\":"u8);
        signed.AppendDecimal(entry.LogIndex);
        signed.Append("}"u8);
        return log.Verify(signed.Written, entry.SignedEntryTimestamp!.Value.Span);
    }
}

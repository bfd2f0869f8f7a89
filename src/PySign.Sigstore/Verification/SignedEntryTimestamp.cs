using System.Globalization;
using System.Text;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Trust;

namespace PySign.Sigstore.Verification;

/// <summary>Rekor v1's promise to include an entry: its signature over entry, time, log and index.</summary>
internal static class SignedEntryTimestamp
{
    public static bool Verify(TransparencyLogEntry entry, TrustedLog log) =>
        log.Verify(
            SignedBytes(entry.CanonicalizedBody.Span, entry.IntegratedTime ?? 0, entry.LogId.Span, entry.LogIndex),
            entry.SignedEntryTimestamp!.Value.Span
        );

    /// <summary>The signed bytes, RFC 8785 JSON: the names in this order, the numbers bare.</summary>
    public static byte[] SignedBytes(ReadOnlySpan<byte> body, long integratedTime, ReadOnlySpan<byte> logId, long logIndex)
    {
        var tail = string.Create(
            CultureInfo.InvariantCulture,
            $"\",\"integratedTime\":{integratedTime},\"logID\":\"{Convert.ToHexStringLower(logId)}\",\"logIndex\":{logIndex}}}"
        );
        var head = "{\"body\":\""u8;
        var bodyLength = System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(body.Length);
        var bytes = new byte[head.Length + bodyLength + tail.Length];
        head.CopyTo(bytes);
        System.Buffers.Text.Base64.EncodeToUtf8(body, bytes.AsSpan(head.Length), out _, out _);
        Encoding.ASCII.GetBytes(tail, bytes.AsSpan(head.Length + bodyLength));
        return bytes;
    }
}

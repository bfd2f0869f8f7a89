using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;

namespace PySign.Sigstore.Transparency;

/// <summary>A log entry's body as it is put together, in rented bytes: it is compared once and forgotten.</summary>
internal ref struct EntryText(int capacity)
{
    private const int PemLineBytes = 48;

    private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Append(scoped ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(_bytes.AsSpan(_length));
        _length += utf8.Length;
    }

    public void AppendBase64(scoped ReadOnlySpan<byte> data)
    {
        var status = Base64.EncodeToUtf8(data, _bytes.AsSpan(_length), out _, out var written);
        Debug.Assert(status == OperationStatus.Done, "the capacity is computed from the parts");
        _length += written;
    }

    public void AppendLowerHex(scoped ReadOnlySpan<byte> data)
    {
        Convert.TryToHexStringLower(data, _bytes.AsSpan(_length), out var written);
        _length += written;
    }

    /// <summary>PEM as Rekor v1 keeps it (RFC 7468 2): lines of 64 characters, each ended, the last one too.</summary>
    public void AppendPem(scoped ReadOnlySpan<byte> label, scoped ReadOnlySpan<byte> der)
    {
        Append("-----BEGIN "u8);
        Append(label);
        Append("-----\n"u8);
        for (; !der.IsEmpty; der = der[Math.Min(PemLineBytes, der.Length)..])
        {
            AppendBase64(der[..Math.Min(PemLineBytes, der.Length)]);
            Append("\n"u8);
        }

        Append("-----END "u8);
        Append(label);
        Append("-----\n"u8);
    }

    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);
}

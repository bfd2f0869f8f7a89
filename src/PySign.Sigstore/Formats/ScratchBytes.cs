using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;

namespace PySign.Sigstore.Formats;

/// <summary>What a log signed or keeps as it is put together, in rented bytes: it is verified or compared once and forgotten.</summary>
internal ref struct ScratchBytes(int capacity)
{
    private const int PemLineBytes = 48;

    private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    public void AppendDecimal(long number)
    {
        Require(number.TryFormat(_bytes.AsSpan(_length), out var written, provider: CultureInfo.InvariantCulture));
        _length += written;
    }

    public void AppendBigEndian(ushort number)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(_length), number);
        _length += sizeof(ushort);
    }

    public void AppendBigEndian(ulong number)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_bytes.AsSpan(_length), number);
        _length += sizeof(ulong);
    }

    public void AppendBase64(scoped ReadOnlySpan<byte> data)
    {
        Require(Base64.EncodeToUtf8(data, _bytes.AsSpan(_length), out _, out var written) == OperationStatus.Done);
        _length += written;
    }

    public void AppendLowerHex(scoped ReadOnlySpan<byte> data)
    {
        Require(Convert.TryToHexStringLower(data, _bytes.AsSpan(_length), out var written));
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

    /// <summary>The capacity is computed from the parts: what does not fit is a fault here, and nothing is left out silently.</summary>
    private static void Require(bool fits)
    {
        if (!fits)
        {
            throw new InvalidOperationException("What is put together is longer than its capacity.");
        }
    }

    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);
}

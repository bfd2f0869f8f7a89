using System.Buffers.Binary;
using System.Numerics;

namespace PySign.Sigstore.Cryptography;

/// <summary>
/// Poly1305 (RFC 8439 2.5) over a few kilobytes. On big integers, so not in constant time: it only ever checks a key file on the machine
/// that has both file and password.
/// </summary>
internal static class Poly1305
{
    public const int TagBytes = 16;

    private static readonly BigInteger _prime = (BigInteger.One << 130) - 5;
    private static readonly BigInteger _clamp = BigInteger.Parse(
        "0ffffffc0ffffffc0ffffffc0fffffff",
        System.Globalization.NumberStyles.HexNumber,
        System.Globalization.CultureInfo.InvariantCulture
    );

    /// <param name="key">32 bytes, used for this one message.</param>
    /// <param name="message">The message.</param>
    public static byte[] Tag(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        var r = Number(key[..16]) & _clamp;
        var sum = BigInteger.Zero;
        Span<byte> block = stackalloc byte[TagBytes + 1];
        for (; !message.IsEmpty; message = message[Math.Min(TagBytes, message.Length)..])
        {
            var length = Math.Min(TagBytes, message.Length);
            message[..length].CopyTo(block);
            block[length] = 1;
            sum = (sum + Number(block[..(length + 1)])) * r % _prime;
        }

        sum += Number(key[16..]);
        var tag = new byte[TagBytes];
        BinaryPrimitives.WriteUInt128LittleEndian(tag, (UInt128)(sum & UInt128.MaxValue));
        return tag;
    }

    private static BigInteger Number(ReadOnlySpan<byte> littleEndian) => new(littleEndian, isUnsigned: true);
}

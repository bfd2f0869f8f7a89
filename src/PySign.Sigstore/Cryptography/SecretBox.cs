using System.Security.Cryptography;

namespace PySign.Sigstore.Cryptography;

/// <summary>NaCl's crypto_secretbox_xsalsa20poly1305: the tag's key is the first 32 bytes of the key stream, the message follows
/// them.</summary>
internal static class SecretBox
{
    /// <param name="key">32 bytes.</param>
    /// <param name="nonce">24 bytes.</param>
    /// <param name="box">Tag and encrypted message.</param>
    /// <returns>The message, or null when the tag is wrong: another key, or a changed box.</returns>
    public static byte[]? Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> box)
    {
        if (key.Length != Salsa20.KeyBytes || nonce.Length != Salsa20.ExtendedNonceBytes || box.Length < Poly1305.TagBytes)
        {
            return null;
        }

        var stream = new byte[Salsa20.KeyBytes + box.Length - Poly1305.TagBytes];
        box[Poly1305.TagBytes..].CopyTo(stream.AsSpan(Salsa20.KeyBytes));
        Salsa20.XorExtended(key, nonce, stream);
        var tag = Poly1305.Tag(stream.AsSpan(0, Salsa20.KeyBytes), box[Poly1305.TagBytes..]);
        var message = CryptographicOperations.FixedTimeEquals(tag, box[..Poly1305.TagBytes]) ? stream[Salsa20.KeyBytes..] : null;
        CryptographicOperations.ZeroMemory(stream);
        return message;
    }
}

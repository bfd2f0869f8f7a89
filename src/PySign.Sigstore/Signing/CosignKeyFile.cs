using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Signing;

/// <summary>
/// The content of cosign's encrypted key files (<c>ENCRYPTED SIGSTORE PRIVATE KEY</c>, before 2.0 <c>ENCRYPTED COSIGN PRIVATE KEY</c>):
/// JSON that names scrypt and NaCl's secretbox (go-securesystemslib encrypted); inside is PKCS#8.
/// </summary>
internal static class CosignKeyFile
{
    private static readonly JsonDocumentOptions _options = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <returns>PKCS#8; null when the password is wrong.</returns>
    /// <exception cref="SigningException">It is not such a key file, or one that costs too much to open.</exception>
    public static byte[]? Open(ReadOnlyMemory<byte> json, string password)
    {
        try
        {
            using var document = JsonDocument.Parse(json, _options);
            var root = document.RootElement;
            var (kdf, cipher) = (root.GetProperty("kdf"), root.GetProperty("cipher"));
            if (kdf.GetProperty("name").GetString() != "scrypt" || cipher.GetProperty("name").GetString() != "nacl/secretbox")
            {
                throw PrivateKey.Invalid("it is encrypted with something else than scrypt and nacl/secretbox");
            }

            var parameters = kdf.GetProperty("params");
            var (n, r, p) = (
                parameters.GetProperty("N").GetInt64(),
                parameters.GetProperty("r").GetInt64(),
                parameters.GetProperty("p").GetInt64()
            );
            if (!Scrypt.IsAcceptable(n, r, p))
            {
                throw PrivateKey.Invalid($"its scrypt parameters N={n}, r={r}, p={p} are out of bounds; cosign writes N=65536, r=8, p=1");
            }

            var secret = Encoding.UTF8.GetBytes(password);
            var key = Scrypt.DeriveKey(secret, kdf.GetProperty("salt").GetBytesFromBase64(), (int)n, (int)r, (int)p, Salsa20.KeyBytes);
            CryptographicOperations.ZeroMemory(secret);
            var opened = SecretBox.Open(
                key,
                cipher.GetProperty("nonce").GetBytesFromBase64(),
                root.GetProperty("ciphertext").GetBytesFromBase64()
            );
            CryptographicOperations.ZeroMemory(key);
            return opened;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw PrivateKey.Invalid("its content is not what cosign writes", e);
        }
    }
}

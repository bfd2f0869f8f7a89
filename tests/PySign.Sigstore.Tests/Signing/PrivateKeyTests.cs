using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Signing;

namespace PySign.Sigstore.Tests.Signing;

/// <summary>Keys of one's own: which files are read, and what is said of those that are not.</summary>
public sealed class PrivateKeyTests
{
    private const string Password = "correct horse";

    private static readonly PbeParameters _pbe = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 2048);

    [Theory]
    [InlineData("P-256")]
    [InlineData("P-384")]
    [InlineData("P-521")]
    [InlineData("RSA 2048")]
    [InlineData("RSA 3072")]
    public void Plain_and_encrypted_keys_are_the_same_key(string kind)
    {
        using var source = Create(kind);
        using var plain = PrivateKey.ParsePem(source.ExportPkcs8PrivateKeyPem());
        using var encrypted = PrivateKey.ParsePem(source.ExportEncryptedPkcs8PrivateKeyPem(Password, _pbe) + "\n", Password);
        Assert.Equal(source.ExportSubjectPublicKeyInfoPem() + "\n", plain.PublicKeyPem);
        Assert.Equal(plain.PublicKeyPem, encrypted.PublicKeyPem);
        Assert.Equal(Convert.ToBase64String(SHA256.HashData(source.ExportSubjectPublicKeyInfo())), encrypted.Hint);
        Assert.DoesNotContain("PRIVATE", plain.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ENCRYPTED SIGSTORE PRIVATE KEY")]
    [InlineData("ENCRYPTED COSIGN PRIVATE KEY")]
    public void Cosigns_own_key_files_open_with_their_password_only(string label)
    {
        using var source = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = PemEncoding.WriteString(label, CosignFile(source.ExportPkcs8PrivateKey(), Password, 1024));
        using var opened = PrivateKey.ParsePem(pem, Password);
        Assert.Equal(source.ExportSubjectPublicKeyInfoPem() + "\n", opened.PublicKeyPem);
        Refused(SigningFailure.KeyPassword, pem, Password + "x");
        Refused(SigningFailure.KeyPassword, pem, "");
        Refused(SigningFailure.KeyPassword, pem, null);

        var empty = PemEncoding.WriteString(label, CosignFile(source.ExportPkcs8PrivateKey(), "", 1024));
        using var withEmpty = PrivateKey.ParsePem(empty, "");
        Assert.Equal(opened.Hint, withEmpty.Hint);
    }

    [Fact]
    public void A_key_file_that_asks_for_too_much_work_is_refused_before_any_is_done()
    {
        using var source = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var hungry = Encoding
            .UTF8.GetString(CosignFile(source.ExportPkcs8PrivateKey(), Password, 1024))
            .Replace("\"N\":1024", "\"N\":1073741824", StringComparison.Ordinal);
        Refused(
            SigningFailure.KeyInvalid,
            PemEncoding.WriteString("ENCRYPTED SIGSTORE PRIVATE KEY", Encoding.UTF8.GetBytes(hungry)),
            Password
        );

        var slow = new AsnWriter(AsnEncodingRules.DER);
        using (slow.PushSequence())
        {
            using (slow.PushSequence())
            {
                slow.WriteObjectIdentifier("1.2.840.113549.1.5.13");
                using (slow.PushSequence())
                using (slow.PushSequence())
                {
                    slow.WriteObjectIdentifier("1.2.840.113549.1.5.12");
                    using (slow.PushSequence())
                    {
                        slow.WriteOctetString(new byte[8]);
                        slow.WriteInteger(int.MaxValue);
                    }
                }
            }

            slow.WriteOctetString(new byte[64]);
        }

        Assert.Contains(
            "iterations",
            Refused(SigningFailure.KeyInvalid, PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", slow.Encode()), Password).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_is_no_supported_key_is_refused_and_the_message_helps()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var small = RSA.Create(1024);
        Assert.Contains(
            "pkcs8 -topk8",
            Refused(SigningFailure.KeyInvalid, ec.ExportECPrivateKeyPem(), null).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "2048",
            Refused(SigningFailure.KeyInvalid, small.ExportPkcs8PrivateKeyPem(), null).Message,
            StringComparison.Ordinal
        );
        Refused(SigningFailure.KeyInvalid, ec.ExportSubjectPublicKeyInfoPem(), null);
        Refused(SigningFailure.KeyInvalid, "", null);
        Refused(SigningFailure.KeyInvalid, ec.ExportPkcs8PrivateKeyPem() + ec.ExportPkcs8PrivateKeyPem(), null);
        Refused(SigningFailure.KeyInvalid, PemEncoding.WriteString("PRIVATE KEY", new byte[50]), null);
        Refused(SigningFailure.KeyInvalid, PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", new byte[50]), Password);
        Refused(SigningFailure.KeyInvalid, PemEncoding.WriteString("ENCRYPTED SIGSTORE PRIVATE KEY", "{}"u8), Password);
        Refused(SigningFailure.KeyInvalid, PemEncoding.WriteString("ENCRYPTED SIGSTORE PRIVATE KEY", "not json"u8), Password);
        var encrypted = ec.ExportEncryptedPkcs8PrivateKeyPem(Password, _pbe);
        Refused(SigningFailure.KeyPassword, encrypted, null);
        var wrong = Refused(SigningFailure.KeyPassword, encrypted, "wrong battery");
        Assert.DoesNotContain("battery", wrong.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.2.840.113549.1.5.3", "1.2.840.113549.1.5.12", "PBES2")]
    [InlineData("1.2.840.113549.1.5.13", "1.3.6.1.4.1.11591.4.11", "PBKDF2")]
    public void A_key_encrypted_in_another_way_is_refused_with_what_rewrites_it(string scheme, string derivation, string named)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(scheme);
                using (writer.PushSequence())
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(derivation);
                }
            }

            writer.WriteOctetString(new byte[64]);
        }

        var refused = Refused(SigningFailure.KeyInvalid, PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", writer.Encode()), Password);
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.Contains("openssl pkcs8 -topk8", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"scrypt\"", "\"argon2id\"")]
    [InlineData("\"nacl/secretbox\"", "\"aes\"")]
    public void A_key_file_of_cosigns_form_with_another_cipher_is_refused(string known, string other)
    {
        using var source = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = Encoding.UTF8.GetString(CosignFile(source.ExportPkcs8PrivateKey(), Password, 1024));
        Assert.Contains(known, file, StringComparison.Ordinal);
        var changed = Encoding.UTF8.GetBytes(file.Replace(known, other, StringComparison.Ordinal));
        Refused(SigningFailure.KeyInvalid, PemEncoding.WriteString("ENCRYPTED SIGSTORE PRIVATE KEY", changed), Password);
    }

    [Fact]
    public void A_key_comes_from_a_file_too()
    {
        using var source = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, source.ExportPkcs8PrivateKeyPem());
            using var key = PrivateKey.Load(path);
            Assert.Equal(source.ExportSubjectPublicKeyInfoPem() + "\n", key.PublicKeyPem);
            File.WriteAllBytes(path, new byte[200_000]);
            Assert.Equal(SigningFailure.KeyInvalid, Assert.Throws<SigningException>(() => PrivateKey.Load(path)).Reason);
        }
        finally
        {
            File.Delete(path);
        }

        Assert.Throws<FileNotFoundException>(() => PrivateKey.Load(path));
    }

    internal static AsymmetricAlgorithm Create(string kind) =>
        kind switch
        {
            "P-256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
            "P-384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
            "P-521" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
            _ => RSA.Create(int.Parse(kind[4..], System.Globalization.CultureInfo.InvariantCulture)),
        };

    private static SigningException Refused(SigningFailure reason, string pem, string? password)
    {
        var e = Assert.Throws<SigningException>(() => PrivateKey.ParsePem(pem, password));
        Assert.Equal(reason, e.Reason);
        return e;
    }

    /// <summary>What cosign would write, with a cheaper N; the seal is the open box turned round.</summary>
    private static byte[] CosignFile(byte[] pkcs8, string password, int n)
    {
        var (salt, nonce) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(24));
        var key = Scrypt.DeriveKey(Encoding.UTF8.GetBytes(password), salt, n, 8, 1, 32);
        byte[] stream = [.. new byte[32], .. pkcs8];
        Salsa20.XorExtended(key, nonce, stream);
        return JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                kdf = new
                {
                    name = "scrypt",
                    @params = new
                    {
                        N = n,
                        r = 8,
                        p = 1,
                    },
                    salt,
                },
                cipher = new { name = "nacl/secretbox", nonce },
                ciphertext = (byte[])[.. Poly1305.Tag(stream.AsSpan(0, 32), stream.AsSpan(32)), .. stream.AsSpan(32)],
            }
        );
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Libsodium = NSec.Cryptography;
using Ours = PySign.Sigstore.Cryptography;

namespace PySign.Sigstore.Tests.Cryptography;

/// <summary>Our own cryptography beside that of others: libsodium through NSec, and BouncyCastle (docs/dependencies.md).</summary>
public sealed class OracleTests
{
    [Fact]
    public void Libsodium_gives_our_verdict_on_every_edge_case_vector()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Corpora.Require("ed25519/ed25519vectors.json")));
        List<string> different = [];
        int count = 0,
            accepted = 0;
        foreach (var vector in document.RootElement.EnumerateArray())
        {
            var key = Convert.FromHexString(vector.GetProperty("key").GetString()!);
            var message = Encoding.UTF8.GetBytes(vector.GetProperty("msg").GetString()!);
            var signature = Convert.FromHexString(vector.GetProperty("sig").GetString()!);
            var ours = Ours.Ed25519.TryRead(key)?.Verify(message, signature) ?? false;
            var theirs =
                Libsodium.PublicKey.TryImport(
                    Libsodium.SignatureAlgorithm.Ed25519,
                    key,
                    Libsodium.KeyBlobFormat.RawPublicKey,
                    out var imported
                ) && Libsodium.SignatureAlgorithm.Ed25519.Verify(imported!, message, signature);
            if (ours != theirs)
            {
                different.Add($"{vector.GetProperty("number")}: ours {ours}, libsodium {theirs}");
            }

            count++;
            accepted += ours ? 1 : 0;
        }

        Assert.Equal(914, count);
        Assert.InRange(accepted, 1, 913);
        Assert.Empty(different);
    }

    [Fact]
    public void BouncyCastle_accepts_edge_cases_that_we_refuse_and_none_that_we_accept_is_refused_by_it()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Corpora.Require("ed25519/ed25519vectors.json")));
        int more = 0,
            fewer = 0;
        foreach (var vector in document.RootElement.EnumerateArray())
        {
            var key = Convert.FromHexString(vector.GetProperty("key").GetString()!);
            var message = Encoding.UTF8.GetBytes(vector.GetProperty("msg").GetString()!);
            var signature = Convert.FromHexString(vector.GetProperty("sig").GetString()!);
            var ours = Ours.Ed25519.TryRead(key)?.Verify(message, signature) ?? false;
            var theirs = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519.Verify(signature, 0, key, 0, message, 0, message.Length);
            more += theirs && !ours ? 1 : 0;
            fewer += ours && !theirs ? 1 : 0;
        }

        // Why it is an oracle and no dependency: it takes what RFC 8032 lets an implementation take, and the strictest do not.
        Assert.Equal(0, fewer);
        Assert.Equal(169, more);
    }

    [Theory]
    [InlineData(16, 1, 1, 64)]
    [InlineData(1024, 8, 1, 32)]
    [InlineData(4096, 4, 3, 48)]
    [InlineData(32768, 8, 1, 32)]
    public void Scrypt_derives_what_BouncyCastle_derives(int n, int r, int p, int length)
    {
        for (var i = 0; i < 3; i++)
        {
            var password = RandomNumberGenerator.GetBytes(i * 17);
            var salt = RandomNumberGenerator.GetBytes(8 + i * 24);
            Assert.Equal(SCrypt.Generate(password, salt, n, r, p, length), Ours.Scrypt.DeriveKey(password, salt, n, r, p, length));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(64)]
    [InlineData(1000)]
    public void A_box_that_BouncyCastle_closes_opens_and_one_changed_bit_keeps_it_shut(int length)
    {
        var (key, nonce, message) = (
            RandomNumberGenerator.GetBytes(32),
            RandomNumberGenerator.GetBytes(24),
            RandomNumberGenerator.GetBytes(length)
        );
        var box = Close(key, nonce, message);
        Assert.Equal(message, Ours.SecretBox.Open(key, nonce, box));
        foreach (var at in new[] { 0, 15, box.Length - 1 })
        {
            var changed = (byte[])box.Clone();
            changed[at] ^= 1;
            Assert.Null(Ours.SecretBox.Open(key, nonce, changed));
        }
    }

    /// <summary>NaCl's crypto_secretbox: the first 32 bytes of the stream are the one-time key of the authenticator.</summary>
    private static byte[] Close(byte[] key, byte[] nonce, byte[] message)
    {
        var cipher = new XSalsa20Engine();
        cipher.Init(true, new ParametersWithIV(new KeyParameter(key), nonce));
        var oneTime = new byte[32];
        cipher.ProcessBytes(oneTime, 0, oneTime.Length, oneTime, 0);
        var encrypted = new byte[message.Length];
        cipher.ProcessBytes(message, 0, message.Length, encrypted, 0);
        var mac = new Org.BouncyCastle.Crypto.Macs.Poly1305();
        mac.Init(new KeyParameter(oneTime));
        mac.BlockUpdate(encrypted, 0, encrypted.Length);
        var tag = new byte[16];
        mac.DoFinal(tag, 0);
        return [.. tag, .. encrypted];
    }
}

using System.Text;
using PySign.Sigstore.Cryptography;

namespace PySign.Sigstore.Tests.Cryptography;

/// <summary>The published vectors of what cosign's key files are made of.</summary>
public sealed class SecretBoxTests
{
    private static readonly byte[] _key = Convert.FromHexString("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
    private static readonly byte[] _nonce = Convert.FromHexString("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");

    private static readonly byte[] _message = Convert.FromHexString(
        "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31"
            + "0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705"
    );

    private static readonly byte[] _box = Convert.FromHexString(
        "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972"
            + "71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3"
            + "7973f622a43d14a6599b1f654cb45a74e355a5"
    );

    [Theory] // RFC 7914 12
    [InlineData(
        "",
        "",
        16,
        1,
        1,
        "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
    )]
    [InlineData(
        "password",
        "NaCl",
        1024,
        8,
        16,
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
    )]
    [InlineData(
        "pleaseletmein",
        "SodiumChloride",
        16384,
        8,
        1,
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
    )]
    public void Scrypt_derives_the_keys_of_its_RFC(string password, string salt, int n, int r, int p, string expected) =>
        Assert.Equal(
            expected,
            Convert.ToHexStringLower(Scrypt.DeriveKey(Encoding.ASCII.GetBytes(password), Encoding.ASCII.GetBytes(salt), n, r, p, 64))
        );

    [Theory]
    [InlineData(0, 8, 1)]
    [InlineData(1, 8, 1)]
    [InlineData(65535, 8, 1)]
    [InlineData(1 << 21, 1, 1)]
    [InlineData(1 << 19, 8, 1)]
    [InlineData(65536, 0, 1)]
    [InlineData(65536, 33, 1)]
    [InlineData(65536, 8, 0)]
    [InlineData(65536, 8, 17)]
    [InlineData(long.MaxValue, 8, 1)]
    public void Scrypt_refuses_parameters_that_cost_too_much_or_are_none(long n, long r, long p) =>
        Assert.False(Scrypt.IsAcceptable(n, r, p));

    [Fact]
    public void Poly1305_gives_the_tag_of_its_RFC() =>
        Assert.Equal(
            "a8061dc1305136c6c22b8baf0c0127a9",
            Convert.ToHexStringLower(
                Poly1305.Tag(
                    Convert.FromHexString("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b"),
                    "Cryptographic Forum Research Group"u8
                )
            )
        );

    [Fact]
    public void The_box_of_NaCls_own_tests_opens() => Assert.Equal(_message, SecretBox.Open(_key, _nonce, _box));

    [Fact]
    public void A_box_with_any_bit_changed_or_cut_off_stays_shut()
    {
        for (var bit = 0; bit < _box.Length * 8; bit += 7)
        {
            var changed = (byte[])_box.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(SecretBox.Open(_key, _nonce, changed));
        }

        Assert.Null(SecretBox.Open(_key, _nonce, _box.AsSpan(0, _box.Length - 1)));
        Assert.Null(SecretBox.Open(_key, _nonce, _box.AsSpan(0, 15)));
        Assert.Null(SecretBox.Open(_key.AsSpan(1), _nonce, _box));
        Assert.Null(SecretBox.Open([.. _key.AsSpan(1), 0], _nonce, _box));
    }
}

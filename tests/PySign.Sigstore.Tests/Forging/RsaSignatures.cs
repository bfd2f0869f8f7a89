using System.Security.Cryptography;

namespace PySign.Sigstore.Tests.Forging;

/// <summary>Signatures of "the artifact" by RSA keys that were thrown away: finding the primes takes seconds, verifying none.</summary>
internal static class RsaSignatures
{
    public static IReadOnlyList<RsaSignature> All { get; } =
    [
        // 2048 bits, PSS
        new(
            HashAlgorithmName.SHA256,
            """
            MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAz12HpCRxf9RQW3YTa66r1D/TfTr5nA7NxTarTASUZWC7f23+kbHbxu6SbRoZ/V8JNhhq
            NvIzwvRwwQp1lj1bS7TBGdudMW3LPPiw0pRrqM8vcc/SFy357mbTP/lRowhvPScDJ8NS/rMDVxclAqi7IK5y1zwTmNCOhzV3jsImZwNtp2o5PbuQ
            +gcKMy65Z1JQjUm51pkzz8WJFBafSvSl5+Q1jp60hFOUavnZJMvv8HMy3zkHyZ+xe/crCNYMnc8ZhzcD6FmDLnAbMwEZNgt/tR/x68XnPiulIc31
            TCo0Bv8iqLtf8lCzilroiz4p0oxh7yQxm/B18VZrIaPfy/WyDQIDAQAB
            """,
            """
            Im9W0hW4sqVnBMUzq7EiFfybGSDUPxEQsw5Ld+hbPlgKcTPraAD/zi2Q7c5RxTZgrtMbv31kyOSfGOI57309xV5ANCAaaxWz+QzHRqqt1x01VpX6
            iiYZQHFnQXsCQqSO3GkAgBaXIlC5oOayMUhrrCdumozkCU91ydopXecr5ZaHW4ZnWtSgMOUQfbEzeWzfpYdgPc/BGAsUBd2EBQZp2lN0eA0c2MAw
            MWiXMw11R9WyZfb4onVPrPwX40Wc2AWm0N+5ENEru1Y/ZJezTypBI6z1CuD1lGZaWXlOOcAhRvuXNduPNB5OJagAdB8OP9DzIke85QVBx8pQLebC
            dz64Bw==
            """
        ),
        // 3072 bits, PKCS #1 v1.5
        new(
            HashAlgorithmName.SHA384,
            """
            MIIBojANBgkqhkiG9w0BAQEFAAOCAY8AMIIBigKCAYEAlVfaxGrAVqq7CMmzLJfORA72UGpdou8WbuoQWB94YQ+bBUKp2Rr1NoxRY3In1Ky4KRFJ
            6FMpv6tNXc5zOjX2tqjPyqTrvp810QsIh/vHWVG66/HMbW2JNU5U+hNZWaprYrI/DvvV1sosDIScZFSB+mbuwRrI5vI7nteLQ8m7wibRxn3OyAFh
            Q89SYKUWrzqb5ZF/LWM/zq0gxjYFKoDs2ZxzPYbjhK/CqlJ9AbEGkQOwKxkCa7S/cuQgXLYfGSlJ1jTDa7VxYdShrq5M1KbxYyX8BT/HL4fXCJZq
            N/oCUbGteAmQJ+kW80afTHr1uui3EUveJUQI2GZIHPZS5QNVlggOqRHU6xWccfGa4Rp1Mic1uU24xYCI/n/JXmiXXsWzX1vwTPfOC38ifGC4w3aL
            D4hvy/6u1luPS4vTWUCQ3Eq0a8ZKTKsugKr66C8JxpJfBTb4iZZwEiv4cB3OQym0lKHqJ4od30ncnRgG3/LXwMu7CVWkw/NpsNyzL3vZ1oddAgMB
            AAE=
            """,
            """
            a99zcqNVfeN0PXEjES52ae/R6AzE9A25/KD76VbY+deA/LWzclcamEAr2kXzkaC9tHdxlb5IWKLi2O4mDvutIQvocqGSUV9duuYVFO/V5I0iMdfi
            FgquMWET2uZL4gqFWEzQO9aEztKbv7txIzDqWivDevwii4LLkOSPh0TMg72IkJEhS7j5VEiGFtixhBHetDQ4wSWRz/8t3sPhaWt9dbZb8hfyULbz
            HDiUJNq2lJCAUDiCsgA+TVu1on21+sc3+uaAJtH9E9buCT0yDLABWGwLF25jLAAeB4/ymVFdDjUsz3k+nxd0r3Uta9mQkc1W/Aaj4JDfo/hCKXwv
            TSIcft+ZcVaBmvlJfY3dNZ4wBTliw1Js9NO7mxG5WsK0hSVf8o4Lgjv7ffri66tT3QEUWqkPOmW/H2LUwxAt/6JNR/4NUuLzFx+cNd4fHEaSoAH7
            vau9gaQa4hEOsV/ZZCpnPNLj1qeoTe4Kag0eiTpYjdF0ts2k63oYwVuUy/4urKNv
            """
        ),
        // 4096 bits, PSS
        new(
            HashAlgorithmName.SHA512,
            """
            MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAw1QVk9hgnhIChsm5q7TbmyMcvS/1ZaEYaWL9aVR7hsEJKvNO5orgG8sp+EJOxP/mUm7X
            mcBGQa/DVvtsFH/YN7gnbJpInhoD2w+WXSFjb4bcDtyw14iXknOErgTOOyAiUzylSOz3V3NsxB54SC//J1+s+NIHigdELqZxBFwuLCO2PdPYorwM
            efNbR6ZNgKAHTQvsJliihbG4na/FnvE2Vfe4C3LwCPS2NLCpu5b43G/+3SyzNSqYRSOkCIqISleo9GtGTvVh7omh8S2N5667iaYtaEaxEY3ff5QP
            9Y/DLxwisibbAqfsdJFc6yDPnuMWRMgC15PJA4aDViCla7723jXnzZjYRgJaSu0ihW/L5zt9l01sh9Q1szYISPZVR61xiG57ME9PSuJYq024T7ST
            eFRRd0dOeTzNFUCVcl5WImfUtC5ArzEOlTPqxmpXCSlWVvpK9AVaZv1v2jQuaxlXmEjmfHSrH9wp+hLZP14WCDcsaeLmHjprW/kBZF69qXsYSb2k
            LooixaeTHZweBzXmNnjoDX/n0aIr0f6daKe2X9O9zVp2Hzdu2vwEnL7UZzJGx0fgxdxj0L8TruyypFFd4djNbxE+Q6gp5KsBFdYjZNQh1etozT71
            BmW5pI6KsKsuQRJE3FYAKtA8OC14AwxfP5Fqz9O6X2duKXBLaJHN1q8CAwEAAQ==
            """,
            """
            rHkNdfKbkFXX2admE03CeniRsx13RTffN4LksRyqsMOXyx8wjM8lYvz4G4DW75lqIdGvbzGKc2J++JUzfmFgyn56VBJvD4aDtQILt90cXzK/yscn
            Ps9G56sfp819JdwNkdIzEoE20D0uCXy80BNEL1KXsxHTndYnkSQnl9GGijMwoGjYcW+cKbhBx1jWFXKHloiCGbsCOOfq+RPrsuc3Hv4VhnfMC2zH
            UeXjsB8nb/jvrTUc8xbbSMwGN6UQPN0RRYAVS/NYlHgsCmJ8Bjma7Nn1w6z4x7U3e36T9efn8eb/JcGy6uhaqMA+QjA3XjGtG8A1AjT6+ip1PW4y
            irKq4rj6qh4g8DrqwXEXV8mk7kmfuRR175bt360vK86JlbhISp5flCiPS+EefMq+hH7IW59K5HAWM07SG30YwzViafPWH3rPVhN86Zny3c85l/bp
            4xDJDEW76BgvwGCR+nBZOGxbUPlBI0T9BcCMOBWmm5ZemOXoLkA83XEn8NEedWUD9Jr0RDR48gM/tfdiWRW66Z4mjFx/tLKNB73qsPiBdF6P9C6T
            P7qpcnePuTaIzfuSwHBrLLwIPJq45LIeJKI2Q51A1qbJB4Cm2LjEKw2PB6k95VvbS7wnSeYkeMU++OjmDxdY5XzhbpdkF6Ur+JcAVUMMaQeop3CA
            uLGeKAUv+14=
            """
        ),
    ];
}

/// <summary>One signature and the key that made it, both in base64.</summary>
internal sealed record RsaSignature(HashAlgorithmName Hash, string Key, string Signature)
{
    public byte[] Spki => Convert.FromBase64String(Key);

    public string Pem => PemEncoding.WriteString("PUBLIC KEY", Spki);

    public byte[] Bytes => Convert.FromBase64String(Signature);
}

namespace PySign.Sigstore.Formats;

/// <summary>The enums of Sigstore's formats, their names by number (protobuf-specs sigstore_common.proto,
/// sigstore_trustroot.proto).</summary>
internal static class ProtoEnums
{
    public static IReadOnlyList<string> HashAlgorithm { get; } =
    ["HASH_ALGORITHM_UNSPECIFIED", "SHA2_256", "SHA2_384", "SHA2_512", "SHA3_256", "SHA3_384"];

    public static IReadOnlyList<string> PublicKeyDetails { get; } =
    [
        "PUBLIC_KEY_DETAILS_UNSPECIFIED",
        "PKCS1_RSA_PKCS1V5",
        "PKCS1_RSA_PSS",
        "PKIX_RSA_PKCS1V5",
        "PKIX_RSA_PSS",
        "PKIX_ECDSA_P256_SHA_256",
        "PKIX_ECDSA_P256_HMAC_SHA_256",
        "PKIX_ED25519",
        "PKIX_ED25519_PH",
        "PKIX_RSA_PKCS1V15_2048_SHA256",
        "PKIX_RSA_PKCS1V15_3072_SHA256",
        "PKIX_RSA_PKCS1V15_4096_SHA256",
        "PKIX_ECDSA_P384_SHA_384",
        "PKIX_ECDSA_P521_SHA_512",
        "LMS_SHA256",
        "LMOTS_SHA256",
        "PKIX_RSA_PSS_2048_SHA256",
        "PKIX_RSA_PSS_3072_SHA256",
        "PKIX_RSA_PSS_4096_SHA256",
        "PKIX_ECDSA_P384_SHA_256",
        "PKIX_ECDSA_P521_SHA_256",
        "ML_DSA_65",
        "ML_DSA_87",
    ];

    public static IReadOnlyList<string> ServiceSelector { get; } = ["SERVICE_SELECTOR_UNDEFINED", "ALL", "ANY", "EXACT"];
}

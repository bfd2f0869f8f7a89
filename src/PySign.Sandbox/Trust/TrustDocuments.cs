using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using PySign.Sandbox.CertificateTransparency;
using PySign.Sandbox.Fulcio;
using PySign.Sandbox.Timestamps;
using PySign.Sandbox.Transparency;

namespace PySign.Sandbox.Trust;

/// <summary>Which logs a signing config names.</summary>
public enum SigningConfigKind
{
    /// <summary>Rekor v1 and the timestamp authority, as the public default.</summary>
    RekorV1,

    /// <summary>Rekor v2 whose checkpoints are signed with Ed25519.</summary>
    RekorV2,

    /// <summary>Rekor v2 whose checkpoints are signed with ECDSA P-256.</summary>
    RekorV2Ecdsa,

    /// <summary>Rekor v1 and the Ed25519 Rekor v2 together, selector ALL.</summary>
    Both,
}

/// <summary>Writes the trusted root (v0.1 media type, as the public one) and signing configs (v0.2) of this sandbox.</summary>
internal sealed class TrustDocuments
{
    private const string Operator = "sandbox.localhost";
    private const string RekorV1Address = "https://rekor-v1.sandbox.localhost";
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    public required CertificateAuthority Fulcio { get; init; }

    public required CtLog CtLog { get; init; }

    public required RekorV1Log RekorV1 { get; init; }

    public required RekorV2Log RekorV2 { get; init; }

    public required RekorV2Log RekorV2Ecdsa { get; init; }

    public required TimestampAuthority Tsa { get; init; }

    public required TimestampAuthority RetiredTsa { get; init; }

    public required DateTimeOffset ValidFrom { get; init; }

    public InstanceShape Shape { get; init; } = InstanceShape.Public;

    public string TrustedRoot()
    {
        var root = new JsonObject
        {
            ["mediaType"] = "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            ["tlogs"] = new JsonArray(Log(RekorV1.Signer, RekorV1Address), Log(RekorV2.Signer), Log(RekorV2Ecdsa.Signer)),
            ["certificateAuthorities"] = new JsonArray(
                Retired("https://fulcio.sandbox.localhost", "sandbox fulcio", Fulcio.RetiredIntermediate, Fulcio.RetiredRoot),
                Authority("https://fulcio.sandbox.localhost", "sandbox fulcio", Fulcio.Intermediate, Fulcio.Root)
            ),
            ["ctlogs"] = new JsonArray(
                Log("https://ctfe.sandbox.localhost", CtLog.SubjectPublicKeyInfo, "PKIX_ECDSA_P256_SHA_256", CtLog.LogId)
            ),
            ["timestampAuthorities"] = new JsonArray(
                Retired("https://tsa.sandbox.localhost/api/v1/timestamp", "sandbox tsa", RetiredTsa.Leaf, RetiredTsa.Root),
                Authority("https://tsa.sandbox.localhost/api/v1/timestamp", "sandbox tsa", Tsa.Leaf, Tsa.Root)
            ),
        };
        if (Shape.WithoutTimestampAuthority)
        {
            root.Remove("timestampAuthorities");
        }

        if (Shape.WithoutAddresses)
        {
            RemoveAddresses(root);
        }

        return root.ToJsonString(_indented);
    }

    public string SigningConfig(SigningConfigKind kind, string baseUrl)
    {
        var v1 = Service(baseUrl, 1);
        var v2 = Service(baseUrl, 2);
        var config = new JsonObject
        {
            ["mediaType"] = "application/vnd.dev.sigstore.signingconfig.v0.2+json",
            ["caUrls"] = new JsonArray(Service(baseUrl, 1)),
            ["oidcUrls"] = new JsonArray(Service($"{baseUrl}/oauth", 1)),
            ["rekorTlogUrls"] = kind switch
            {
                SigningConfigKind.RekorV1 => new JsonArray(v1),
                SigningConfigKind.RekorV2 => new JsonArray(v2),
                SigningConfigKind.RekorV2Ecdsa => new JsonArray(Service($"{baseUrl}/rekor-v2-ecdsa", 2)),
                _ => new JsonArray(v2, Service(baseUrl, 1, "rekor-v1." + Operator)),
            },
            ["tsaUrls"] = new JsonArray(Service($"{baseUrl}/api/v1/timestamp", 1)),
            ["rekorTlogConfig"] = new JsonObject { ["selector"] = kind is SigningConfigKind.Both ? "ALL" : "ANY" },
            ["tsaConfig"] = new JsonObject { ["selector"] = "ANY" },
        };
        if (Shape.WithoutTimestampAuthority)
        {
            config.Remove("tsaUrls");
            config["tsaConfig"] = new JsonObject();
        }

        return config.ToJsonString(_indented);
    }

    /// <summary>
    /// What the public TUF repository lists too: the trusted root and the signing configs by name, and the single keys and
    /// certificates that clients from before the trusted root choose by their usage.
    /// </summary>
    public IReadOnlyList<TufTarget> TufTargets(string baseUrl) =>
        [
            new("trusted_root.json", TrustedRoot()),
            new("signing_config.v0.2.json", SigningConfig(SigningConfigKind.RekorV1, baseUrl)),
            new("signing_config_rekor_v2.v0.2.json", SigningConfig(SigningConfigKind.RekorV2, baseUrl)),
            new("fulcio_v1.crt.pem", CertificateAuthority.Pem(Fulcio.Root), "Fulcio", baseUrl),
            new("fulcio_intermediate_v1.crt.pem", CertificateAuthority.Pem(Fulcio.Intermediate), "Fulcio", baseUrl),
            new("ctfe.pub", CtLog.PublicKeyPem, "CTFE", baseUrl),
            new("rekor.pub", RekorV1.Signer.PublicKeyPem, "Rekor", baseUrl),
            new("tsa_leaf.crt.pem", CertificateAuthority.Pem(Tsa.Leaf), "TSA", baseUrl),
            new("tsa_root.crt.pem", CertificateAuthority.Pem(Tsa.Root), "TSA", baseUrl),
        ];

    private static JsonObject Authority(string uri, string commonName, params X509Certificate2[] chain)
    {
        var validFor = new JsonObject { ["start"] = Time(chain[0].NotBefore.ToUniversalTime()) };
        return new JsonObject
        {
            ["subject"] = new JsonObject { ["organization"] = Operator, ["commonName"] = commonName },
            ["uri"] = uri,
            ["certChain"] = new JsonObject
            {
                ["certificates"] = new JsonArray([
                    .. chain.Select(certificate => new JsonObject { ["rawBytes"] = Convert.ToBase64String(certificate.RawData) }),
                ]),
            },
            ["validFor"] = validFor,
        };
    }

    // As the public instance keeps its earlier authorities: their time is over, what they signed in it stays valid.
    private static JsonObject Retired(string uri, string commonName, params X509Certificate2[] chain)
    {
        var authority = Authority(uri, commonName, chain);
        authority["validFor"]!["end"] = Time(chain[0].NotAfter.ToUniversalTime());
        return authority;
    }

    /// <summary>As cosign 2's <c>trusted-root create</c> leaves them out.</summary>
    private static void RemoveAddresses(JsonObject root)
    {
        foreach (
            var (list, name) in new[]
            {
                ("tlogs", "baseUrl"),
                ("ctlogs", "baseUrl"),
                ("certificateAuthorities", "uri"),
                ("timestampAuthorities", "uri"),
            }
        )
        {
            foreach (var member in root[list]?.AsArray() ?? [])
            {
                member!.AsObject().Remove(name);
            }
        }
    }

    private JsonObject Log(CheckpointSigner signer, string? address = null) =>
        Log(address ?? $"https://{signer.Name}", signer.SubjectPublicKeyInfo, signer.KeyDetails, signer.KeyId);

    private JsonObject Log(string baseUrl, byte[] key, string keyDetails, byte[] keyId) =>
        new()
        {
            ["baseUrl"] = baseUrl,
            ["hashAlgorithm"] = "SHA2_256",
            ["publicKey"] = new JsonObject
            {
                ["rawBytes"] = Convert.ToBase64String(key),
                ["keyDetails"] = keyDetails,
                ["validFor"] = new JsonObject { ["start"] = Time(ValidFrom.UtcDateTime) },
            },
            ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(keyId) },
        };

    private JsonObject Service(string url, int version, string operatorName = Operator) =>
        new()
        {
            ["url"] = url,
            ["majorApiVersion"] = version,
            ["validFor"] = new JsonObject { ["start"] = Time(ValidFrom.UtcDateTime) },
            ["operator"] = operatorName,
        };

    private static string Time(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

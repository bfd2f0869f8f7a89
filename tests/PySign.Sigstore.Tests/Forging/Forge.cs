using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Forging;

/// <summary>
/// A whole Sigstore instance in memory that signs whatever it is told to: every property is one fact of a good bundle, and a test changes
/// one of them before the bundle is made, so that everything else, signatures included, is still right.
/// </summary>
internal sealed class Forge
{
    public const string Identity = "https://gitlab.example/acme/demo//.gitlab-ci.yml@refs/tags/v1";
    public const string Issuer = "https://gitlab.example";
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] Artifact { get; set; } = "the artifact"u8.ToArray();

    // ---- signer ----
    public ECDsa LeafKey { get; set; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public HashAlgorithmName Hash { get; set; } = HashAlgorithmName.SHA256;

    public DateTimeOffset NotBefore { get; set; } = Now.AddSeconds(-5);

    public DateTimeOffset NotAfter { get; set; } = Now.AddMinutes(10);

    public List<X509Extension> LeafExtensions { get; } =
    [
        new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true),
        Usage(false, "1.3.6.1.5.5.7.3.3"),
        Uri(Identity),
        new X509Extension("1.3.6.1.4.1.57264.1.1", Encoding.UTF8.GetBytes(Issuer), false),
        new X509Extension("1.3.6.1.4.1.57264.1.8", Utf8String(Issuer), false),
        new X509Extension("1.3.6.1.4.1.57264.1.14", Utf8String("refs/tags/v1"), false),
    ];

    /// <summary>When set, the bundle is signed with this key and has no certificate.</summary>
    public (byte[] Spki, Func<byte[], byte[]> Sign)? Managed { get; set; }

    // ---- authority ----
    public X509BasicConstraintsExtension CaConstraints { get; set; } = new(true, true, 0, true);

    public X509KeyUsageExtension CaKeyUsage { get; set; } = new(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true);

    public List<X509Extension> CaExtensions { get; } = [Usage(false, "1.3.6.1.5.5.7.3.3")];

    public DateTimeOffset CaNotBefore { get; set; } = Now.AddYears(-1);

    public DateTimeOffset CaNotAfter { get; set; } = Now.AddYears(1);

    /// <summary>When set, it issues the leaf instead of the authority, and comes along in a bundle 0.2.</summary>
    public ForgedIntermediate? Intermediate { get; set; }

    // ---- certificate transparency ----
    public ECDsa CtKey { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ECDsa? SctSignedBy { get; set; }

    public DateTimeOffset SctTime { get; set; } = Now;

    public int SctCount { get; set; } = 1;

    public byte[] SctExtensions { get; set; } = [];

    public bool SctOverOtherIssuer { get; set; }

    public Func<byte[], byte[]> EditSctList { get; set; } = static list => list;

    // ---- transparency log ----
    public bool RekorV2 { get; set; }

    public ECDsa LogKey { get; set; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ECDsa? SetSignedBy { get; set; }

    public bool WithSet { get; set; } = true;

    public long IntegratedTime { get; set; } = Now.ToUnixTimeSeconds();

    public ECDsa? CheckpointSignedBy { get; set; }

    public string? Origin { get; set; }

    public string? SignatureName { get; set; }

    public long LogIndex { get; set; } = 1000;

    public Func<string, string> EditBody { get; set; } = static body => body;

    public Func<string, string> EditNoteText { get; set; } = static text => text;

    public Func<string, string> EditNoteSignatures { get; set; } = static lines => lines;

    // ---- timestamp authority ----
    public ForgedTimestamp? Timestamp { get; set; } = new();

    public Action<JsonNode> EditTrustedRoot { get; set; } = static _ => { };

    public Action<JsonNode> EditBundle { get; set; } = static _ => { };

    public DsseText? Statement { get; set; }

    public byte[] RootCertificate => Root().RawData;

    public byte[] LogId => SHA256.HashData(LogKey.ExportSubjectPublicKeyInfo());

    public VerifierOptions Options { get; set; } = new();

    public VerifiedArtifact Verify(VerificationPolicy? policy = null)
    {
        var root = TrustedRootJson();
        EditTrustedRoot(root);
        var bundle = BundleJson();
        EditBundle(bundle);
        return new SigstoreVerifier(TrustedRoot.Parse(Encoding.UTF8.GetBytes(root.ToJsonString())), Options).Verify(
            Bundle.Parse(Encoding.UTF8.GetBytes(bundle.ToJsonString())),
            PySign.Sigstore.Verification.Artifact.FromBytes(Artifact),
            policy ?? VerificationPolicy.Exact(Identity, Issuer)
        );
    }

    public VerificationFailure Refusal(VerificationPolicy? policy = null) =>
        Spoken.AssertWhole(Assert.Throws<VerificationException>(() => Verify(policy))).Reason;

    public JsonObject TrustedRootJson()
    {
        var json = new JsonObject
        {
            ["mediaType"] = "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            ["tlogs"] = new JsonArray(Log(LogKey, "https://log.example")),
            ["certificateAuthorities"] = new JsonArray(Authority("https://ca.example", Ca().RawData, Root().RawData)),
            ["ctlogs"] = new JsonArray(Log(CtKey, "https://ct.example")),
        };
        if (Timestamp is { } timestamp)
        {
            json["timestampAuthorities"] = new JsonArray(
                Authority("https://tsa.example", timestamp.Certificate.RawData, timestamp.Root.RawData)
            );
        }

        return json;
    }

    public JsonObject BundleJson()
    {
        var leaf = Leaf();
        var message = Statement is { } statement
            ? DsseEnvelope.PreAuthenticationEncoding(statement.Type, Encoding.UTF8.GetBytes(statement.Payload))
            : Artifact;
        var signature = Managed?.Sign(message) ?? LeafKey.SignData(message, Hash, DSASignatureFormat.Rfc3279DerSequence);
        var digest = CryptographicOperations.HashData(Hash, message);
        var material = new JsonObject
        {
            [Managed is null ? "certificate" : "publicKey"] = Managed is null
                ? new JsonObject { ["rawBytes"] = Convert.ToBase64String(leaf) }
                : new JsonObject(),
            ["tlogEntries"] = new JsonArray(Entry(leaf, signature, digest)),
        };
        if (Timestamp is { } timestamp)
        {
            material["timestampVerificationData"] = new JsonObject
            {
                ["rfc3161Timestamps"] = new JsonArray(
                    new JsonObject { ["signedTimestamp"] = Convert.ToBase64String(timestamp.Response(signature)) }
                ),
            };
        }

        var bundle = new JsonObject { ["mediaType"] = Bundle.MediaTypeV03, ["verificationMaterial"] = material };
        if (Intermediate is not null)
        {
            bundle["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.2";
            material.Remove("certificate");
            var chain = new[] { leaf, IntermediateCertificate() }.Select(static der => new JsonObject
            {
                ["rawBytes"] = Convert.ToBase64String(der),
            });
            material["x509CertificateChain"] = new JsonObject { ["certificates"] = new JsonArray([.. chain]) };
        }

        if (Statement is { } content)
        {
            bundle["dsseEnvelope"] = new JsonObject
            {
                ["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(content.Payload)),
                ["payloadType"] = content.Type,
                ["signatures"] = new JsonArray(new JsonObject { ["sig"] = Convert.ToBase64String(signature) }),
            };
        }
        else
        {
            bundle["messageSignature"] = new JsonObject
            {
                ["messageDigest"] = new JsonObject
                {
                    ["algorithm"] = "SHA2_" + Hash.Name![3..],
                    ["digest"] = Convert.ToBase64String(digest),
                },
                ["signature"] = Convert.ToBase64String(signature),
            };
        }

        return bundle;
    }

    public JsonObject Entry(byte[] leaf, byte[] signature, byte[] digest)
    {
        var pem = Convert.ToBase64String(
            Encoding.ASCII.GetBytes(
                (Managed is { } key ? PemEncoding.WriteString("PUBLIC KEY", key.Spki) : PemEncoding.WriteString("CERTIFICATE", leaf)) + "\n"
            )
        );
        var body = EditBody(
            RekorV2
                ? $$$$$$$"""{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_{{{{{{{Hash.Name![3..]}}}}}}}","digest":"{{{{{{{Convert.ToBase64String(digest)}}}}}}}"},"signature":{"content":"{{{{{{{Convert.ToBase64String(signature)}}}}}}}","verifier":{"keyDetails":"PKIX_ECDSA_P{{{{{{{LeafKey.KeySize}}}}}}}_SHA_{{{{{{{Hash.Name![3..]}}}}}}}","x509Certificate":{"rawBytes":"{{{{{{{Convert.ToBase64String(leaf)}}}}}}}"}}}}}}"""
                : $$$$$$$"""{"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"{{{{{{{Hash.Name!.ToLowerInvariant()}}}}}}}","value":"{{{{{{{Convert.ToHexStringLower(digest)}}}}}}}"}},"signature":{"content":"{{{{{{{Convert.ToBase64String(signature)}}}}}}}","publicKey":{"content":"{{{{{{{pem}}}}}}}"}}}}"""
        );
        var bytes = Encoding.UTF8.GetBytes(body);
        var first = SHA256.HashData([0, .. "the log's first entry"u8]);
        var root = SHA256.HashData([1, .. first, .. SHA256.HashData([0, .. bytes])]);
        var entry = new JsonObject
        {
            ["logIndex"] = (RekorV2 ? 1 : LogIndex).ToString(CultureInfo.InvariantCulture),
            ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(LogId) },
            ["kindVersion"] = new JsonObject { ["kind"] = "hashedrekord", ["version"] = RekorV2 ? "0.0.2" : "0.0.1" },
            ["inclusionProof"] = new JsonObject
            {
                ["logIndex"] = "1",
                ["rootHash"] = Convert.ToBase64String(root),
                ["treeSize"] = "2",
                ["hashes"] = new JsonArray(Convert.ToBase64String(first)),
                ["checkpoint"] = new JsonObject { ["envelope"] = Note(root) },
            },
            ["canonicalizedBody"] = Convert.ToBase64String(bytes),
        };
        if (!RekorV2 && WithSet)
        {
            var signed =
                $$"""{"body":"{{Convert.ToBase64String(bytes)}}","integratedTime":{{IntegratedTime}},"logID":"{{Convert.ToHexStringLower(LogId)}}","logIndex":{{LogIndex}}}""";
            entry["integratedTime"] = IntegratedTime.ToString(CultureInfo.InvariantCulture);
            entry["inclusionPromise"] = new JsonObject
            {
                ["signedEntryTimestamp"] = Convert.ToBase64String(
                    (SetSignedBy ?? LogKey).SignData(
                        Encoding.UTF8.GetBytes(signed),
                        HashAlgorithmName.SHA256,
                        DSASignatureFormat.Rfc3279DerSequence
                    )
                ),
            };
        }

        return entry;
    }

    public string NoteLine(ECDsa key, string name, string text)
    {
        var hint = SHA256.HashData(key.ExportSubjectPublicKeyInfo())[..4];
        var signature = key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return $"\u2014 {name} {Convert.ToBase64String([.. hint, .. signature])}\n";
    }

    public static X509Extension Usage(bool critical, params string[] oids)
    {
        var usages = new OidCollection();
        foreach (var oid in oids)
        {
            usages.Add(new Oid(oid));
        }

        return new X509EnhancedKeyUsageExtension(usages, critical);
    }

    public static X509Extension Uri(params string[] uris)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var uri in uris)
        {
            names.AddUri(new Uri(uri));
        }

        return names.Build(critical: true);
    }

    public static byte[] Utf8String(string text)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.UTF8String, text);
        return writer.Encode();
    }

    public void Replace(X509Extension extension)
    {
        LeafExtensions.RemoveAll(e => e.Oid!.Value == extension.Oid!.Value);
        LeafExtensions.Add(extension);
    }

    public byte[] Leaf()
    {
        var ca = Ca();
        var serial = SHA256.HashData(LeafKey.ExportSubjectPublicKeyInfo())[..16];
        serial[0] &= 0x7F;
        serial[0] |= 1;
        byte[] Issue(IEnumerable<X509Extension> more)
        {
            var request = new CertificateRequest(new X500DistinguishedName(""), LeafKey, HashAlgorithmName.SHA256);
            foreach (var extension in LeafExtensions.Concat(more))
            {
                request.CertificateExtensions.Add(extension);
            }

            var (name, key) = Intermediate is { } issuer ? (issuer.Name, issuer.Signs) : (ca.SubjectName, _caKey);
            return request.Create(name, X509SignatureGenerator.CreateForECDsa(key), NotBefore, NotAfter, serial).RawData;
        }

        if (SctCount == 0)
        {
            return Issue([]);
        }

        var tbs = new AsnReader(Issue([]), AsnEncodingRules.DER).ReadSequence().ReadEncodedValue().ToArray();
        var issuerKey = SctOverOtherIssuer ? _rootKey : Intermediate?.Key ?? _caKey;
        return Issue([new X509Extension("1.3.6.1.4.1.11129.2.4.2", SctList(tbs, issuerKey), false)]);
    }

    private byte[] SctList(byte[] tbs, ECDsa issuerKey)
    {
        var time = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, SctTime.ToUnixTimeMilliseconds());
        byte[] signed =
        [
            0,
            0,
            .. time,
            0,
            1,
            .. SHA256.HashData(issuerKey.ExportSubjectPublicKeyInfo()),
            (byte)(tbs.Length >> 16),
            (byte)(tbs.Length >> 8),
            (byte)tbs.Length,
            .. tbs,
            .. Prefixed(SctExtensions),
        ];
        var list = new List<byte>();
        for (var i = 0; i < SctCount; i++)
        {
            var signature = (SctSignedBy ?? CtKey).SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            list.AddRange(
                Prefixed([
                    0,
                    .. SHA256.HashData(CtKey.ExportSubjectPublicKeyInfo()),
                    .. time,
                    .. Prefixed(SctExtensions),
                    4,
                    3,
                    .. Prefixed(signature),
                ])
            );
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(EditSctList(Prefixed([.. list])));
        return writer.Encode();
    }

    private static byte[] Prefixed(byte[] bytes) => [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];

    private string Note(byte[] root)
    {
        var origin = Origin ?? (RekorV2 ? "log.example" : "log.example - 4711");
        var text = EditNoteText($"{origin}\n2\n{Convert.ToBase64String(root)}\n");
        return text + "\n" + EditNoteSignatures(NoteLine(CheckpointSignedBy ?? LogKey, SignatureName ?? "log.example", text));
    }

    private X509Certificate2 Root()
    {
        var request = new CertificateRequest("CN=root", _rootKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        return request.Create(request.SubjectName, X509SignatureGenerator.CreateForECDsa(_rootKey), Now.AddYears(-2), Now.AddYears(2), [1]);
    }

    public X509Certificate2 Ca()
    {
        var request = new CertificateRequest("CN=intermediate", _caKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(CaConstraints);
        request.CertificateExtensions.Add(CaKeyUsage);
        foreach (var extension in CaExtensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        return request.Create(Root().SubjectName, X509SignatureGenerator.CreateForECDsa(_rootKey), CaNotBefore, CaNotAfter, [2]);
    }

    private byte[] IntermediateCertificate()
    {
        var intermediate = Intermediate!;
        var request = new CertificateRequest(intermediate.Name, intermediate.Key, HashAlgorithmName.SHA256);
        intermediate.Extensions.ForEach(request.CertificateExtensions.Add);
        var signs = X509SignatureGenerator.CreateForECDsa(intermediate.SignedBy ?? _caKey);
        return request.Create(Ca().SubjectName, signs, intermediate.NotBefore, intermediate.NotAfter, [3]).RawData;
    }

    private static JsonObject Log(ECDsa key, string url)
    {
        var spki = key.ExportSubjectPublicKeyInfo();
        return new JsonObject
        {
            ["baseUrl"] = url,
            ["hashAlgorithm"] = "SHA2_256",
            ["publicKey"] = new JsonObject
            {
                ["rawBytes"] = Convert.ToBase64String(spki),
                ["keyDetails"] = $"PKIX_ECDSA_P{key.KeySize}_SHA_256",
                ["validFor"] = new JsonObject { ["start"] = "2026-01-01T00:00:00Z" },
            },
            ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(SHA256.HashData(spki)) },
        };
    }

    private static JsonObject Authority(string uri, params byte[][] chain) =>
        new()
        {
            ["subject"] = new JsonObject { ["organization"] = "example", ["commonName"] = "example" },
            ["uri"] = uri,
            ["certChain"] = new JsonObject
            {
                ["certificates"] = new JsonArray([
                    .. chain.Select(static der => new JsonObject { ["rawBytes"] = Convert.ToBase64String(der) }),
                ]),
            },
            ["validFor"] = new JsonObject { ["start"] = "2026-01-01T00:00:00Z" },
        };
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Transparency;
using PySign.Sigstore.Trust;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Tests.Formats;

/// <summary>One field of a good document that is unknown, of another type, missing or too long: the document is not read.</summary>
public sealed class FieldRefusalTests
{
    private const string Material = "verificationMaterial";

    private static readonly Dictionary<string, (Action<JsonObject> Edit, VerificationFailure Reason)> _bundles = new(StringComparer.Ordinal)
    {
        ["a media type that is not text"] = (json => json["mediaType"] = 1, FieldInvalid),
        ["a signature that is not text"] = (json => json["messageSignature"]!["signature"] = 5, FieldInvalid),
        ["no signature"] = (json => json["messageSignature"]!["signature"] = null, FieldMissing),
        ["an empty signature"] = (json => json["messageSignature"]!["signature"] = "", FieldMissing),
        ["log entries that are not a list"] = (json => json[Material]!["tlogEntries"] = new JsonObject(), FieldInvalid),
        ["log entries without end"] = (
            json => json[Material]!["tlogEntries"] = Many(json[Material]!["tlogEntries"]![0]!, Limits.LogEntries + 1),
            TooManyItems
        ),
        ["an unknown field of a certificate"] = (json => json[Material]!["certificate"]!["future"] = 1, FieldUnknown),
        ["an unknown field of a chain"] = (json => json[Material]!["x509CertificateChain"] = One("future"), FieldUnknown),
        ["an unknown field of a key"] = (json => json[Material]!["publicKey"] = One("future"), FieldUnknown),
        ["an unknown field of the timestamps"] = (json => json[Material]!["timestampVerificationData"] = One("future"), FieldUnknown),
        ["an unknown field of an envelope"] = (json => json["dsseEnvelope"] = One("future"), FieldUnknown),
        ["an unknown field of an envelope's signature"] = (json => json["dsseEnvelope"] = Envelope(One("future")), FieldUnknown),
        ["no signature in an envelope"] = (json => json["dsseEnvelope"] = Envelope(), EnvelopeSignatureCount),
        ["no promise in a bundle 0.1"] = (
            json =>
            {
                var material = json[Material]!.AsObject();
                var certificate = material["certificate"]!.DeepClone();
                material.Remove("certificate");
                material["x509CertificateChain"] = new JsonObject { ["certificates"] = new JsonArray(certificate) };
                material["tlogEntries"]![0]!.AsObject().Remove("inclusionPromise");
                json["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.1";
            },
            InclusionPromiseMissing
        ),
    };

    private static readonly Dictionary<string, (Action<JsonObject> Edit, VerificationFailure Reason)> _roots = new(StringComparer.Ordinal)
    {
        ["a log's checkpoint id of three bytes"] = (
            json => json["tlogs"]![0]!["checkpointKeyId"] = new JsonObject { ["keyId"] = "AAAA" },
            TrustedRootInvalid
        ),
        ["an authority's certificate without bytes"] = (
            json => json["certificateAuthorities"]![0]!["certChain"]!["certificates"]![0]!["rawBytes"] = "",
            FieldMissing
        ),
        ["an unknown field of an authority's chain"] = (
            json => json["certificateAuthorities"]![0]!["certChain"]!["future"] = 1,
            FieldUnknown
        ),
    };

    public static TheoryData<string> Bundles => [.. _bundles.Keys];

    public static TheoryData<string> Roots => [.. _roots.Keys];

    [Theory]
    [MemberData(nameof(Bundles))]
    public void A_bundle_is_refused_for(string what)
    {
        var json = new Forge().BundleJson();
        Bundle.Parse(Utf8(json));
        _bundles[what].Edit(json);
        AssertRefused(_bundles[what].Reason, VerificationStep.Parse, () => Bundle.Parse(Utf8(json)));
    }

    [Theory]
    [MemberData(nameof(Roots))]
    public void A_member_of_a_trusted_root_is_not_used_for(string what)
    {
        var json = new Forge().TrustedRootJson();
        Assert.Empty(TrustedRoot.Parse(Utf8(json)).Warnings);
        _roots[what].Edit(json);
        Assert.Contains(_roots[what].Reason, Reasons(TrustedRoot.Parse(Utf8(json))));
    }

    [Fact]
    public void A_document_that_is_not_a_trusted_root_is_refused()
    {
        var root = new Forge().TrustedRootJson();
        var configuration = new JsonObject
        {
            ["mediaType"] = "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
            ["trustedRoot"] = root,
        };
        Assert.NotEmpty(TrustedRoot.Parse(Utf8(configuration)).TransparencyLogs);
        configuration["future"] = 1;
        AssertRefused(FieldUnknown, VerificationStep.TrustedRoot, () => TrustedRoot.Parse(Utf8(configuration)));
        AssertRefused(FieldInvalid, VerificationStep.TrustedRoot, () => TrustedRoot.Parse("null"u8.ToArray()));
        AssertRefused(DocumentTooLarge, VerificationStep.TrustedRoot, () => TrustedRoot.Parse(new byte[Limits.TrustedRootBytes + 1]));
    }

    [Fact]
    public void Lines_of_bundles_over_the_bound_are_not_read() =>
        AssertRefused(DocumentTooLarge, VerificationStep.Parse, () => Bundle.ParseLines(new byte[Limits.DocumentBytes + 1]));

    [Fact]
    public void A_detached_signature_is_refused_when_it_is_empty_or_over_the_bound()
    {
        var certificate = Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", new Forge().Leaf()) + "\n");
        AssertRefused(FieldMissing, VerificationStep.Parse, () => DetachedSignature.Parse(default, certificate));
        var bytes = new byte[Limits.SignatureBytes + 1];
        AssertRefused(DocumentTooLarge, VerificationStep.Parse, () => DetachedSignature.Parse(bytes, certificate));
        bytes = new byte[2 * Limits.SignatureBytes + 1];
        AssertRefused(DocumentTooLarge, VerificationStep.Parse, () => DetachedSignature.Parse(bytes, certificate));
        Assert.Equal(
            Limits.SignatureBytes,
            DetachedSignature.Parse(bytes.AsMemory(0, Limits.SignatureBytes), certificate).Signature.Length
        );
    }

    [Fact]
    public void A_certificate_file_that_is_not_text_or_over_the_bound_is_not_one()
    {
        var pem = Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", new Forge().Leaf()));
        Assert.NotNull(CertificatePem.TryRead(pem));
        Assert.Null(CertificatePem.TryRead([0xFF, .. pem]));
        Assert.Null(CertificatePem.TryRead([.. new byte[Limits.PemChars], .. pem]));
    }

    [Fact]
    public void A_checkpoint_over_its_bounds_is_refused()
    {
        var text = $"log.example - 1\n1\n{Convert.ToBase64String(new byte[32])}\n";
        var line = $"\u2014 log.example {Convert.ToBase64String(new byte[5])}\n";
        var most = text + "\n" + string.Concat(Enumerable.Repeat(line, Limits.CheckpointSignatures));
        Assert.Equal(Limits.CheckpointSignatures, Checkpoint.Parse(most).Signatures.Count);
        AssertRefused(CheckpointMalformed, VerificationStep.TransparencyLog, () => Checkpoint.Parse(most + line));
        var longest = $"{text}{new string('x', Limits.CheckpointChars - text.Length - line.Length - 2)}\n\n{line}";
        Assert.Equal(Limits.CheckpointChars, longest.Length);
        Assert.Single(Checkpoint.Parse(longest).Signatures);
        AssertRefused(CheckpointMalformed, VerificationStep.TransparencyLog, () => Checkpoint.Parse("x" + longest));
    }

    private static IEnumerable<VerificationFailure> Reasons(TrustedRoot root) => root.Unusable.Select(static member => member.Why.Reason);

    private static void AssertRefused(VerificationFailure reason, VerificationStep step, Action read)
    {
        var refused = Spoken.AssertWhole(Assert.Throws<VerificationException>(read));
        Assert.Equal((reason, step), (refused.Reason, refused.Step));
    }

    private static JsonObject One(string name) => new() { [name] = 1 };

    private static JsonArray Many(JsonNode item, int count) => [.. Enumerable.Range(0, count).Select(_ => item.DeepClone())];

    private static JsonObject Envelope(params JsonObject[] signatures) =>
        new()
        {
            ["payloadType"] = "application/vnd.in-toto+json",
            ["payload"] = "e30=",
            ["signatures"] = new JsonArray([.. signatures]),
        };

    private static byte[] Utf8(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString());
}

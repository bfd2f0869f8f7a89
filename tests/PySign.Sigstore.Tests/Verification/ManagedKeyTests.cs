using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;
using Libsodium = NSec.Cryptography;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>A key that the verifier has: how it is read, which hint of a bundle contradicts it, and what needs no log.</summary>
public sealed class ManagedKeyTests : IDisposable
{
    private static readonly byte[] _ed25519Prefix = Convert.FromHexString("302a300506032b6570032100");

    private readonly ECDsa _ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => _ecdsa.Dispose();

    [Theory]
    [InlineData("KEY", true)]
    [InlineData("KEY\n \t\r\n", true)]
    [InlineData("text before\nKEY", true)]
    [InlineData("KEY\nmore", false)]
    [InlineData("KEY\nKEY", false)]
    [InlineData("", false)]
    [InlineData("-----BEGIN CERTIFICATE-----\nMEUC\n-----END CERTIFICATE-----\n", false)]
    [InlineData("-----BEGIN PUBLIC KEY-----\nMEUC\n-----END PUBLIC KEY-----\n", false)]
    public void One_public_key_is_read_and_nothing_else(string text, bool isKey)
    {
        var pem = text.Replace("KEY", _ecdsa.ExportSubjectPublicKeyInfoPem(), StringComparison.Ordinal);
        if (text.Contains("BEGIN", StringComparison.Ordinal))
        {
            pem = text;
        }

        if (isKey)
        {
            Assert.Equal(Hint(), ManagedKey.ParsePem(pem).Hint);
        }
        else
        {
            AssertUnsupported(pem);
        }
    }

    [Fact]
    public void A_text_as_long_as_the_bound_is_read_and_one_character_more_is_refused()
    {
        var pem = _ecdsa.ExportSubjectPublicKeyInfoPem().PadRight(Limits.PemChars);
        Assert.Equal(Hint(), ManagedKey.ParsePem(pem).Hint);
        AssertUnsupported(pem + " ");
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("OWN", true)]
    [InlineData("the release key", true)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", true)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", true)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false)]
    public void Only_another_fingerprint_contradicts_the_key(string hint, bool fits)
    {
        var forge = Signed();
        forge.EditBundle = bundle =>
            bundle["verificationMaterial"]!["publicKey"] = new JsonObject { ["hint"] = hint == "OWN" ? Hint() : hint };
        if (fits)
        {
            Assert.Null(Verify(forge, _ecdsa.ExportSubjectPublicKeyInfoPem()).Certificate);
        }
        else
        {
            Assert.Equal(VerificationFailure.ManagedKeyHintMismatch, Refusal(forge, _ecdsa.ExportSubjectPublicKeyInfoPem()));
        }
    }

    [Fact]
    public void A_signature_in_no_log_needs_permission_and_no_time()
    {
        var forge = Signed();
        forge.EditBundle = static bundle => bundle["verificationMaterial"]!["tlogEntries"] = new JsonArray();
        forge.Timestamp = null;
        var pem = _ecdsa.ExportSubjectPublicKeyInfoPem();
        var refused = Spoken.AssertWhole(Assert.Throws<VerificationException>(() => Verify(forge, pem)));
        Assert.Equal(VerificationFailure.LogEntryMissing, refused.Reason);
        Assert.Contains(nameof(VerifierOptions.AcceptUnloggedKeys), refused.Advice, StringComparison.Ordinal);

        forge.Options = new VerifierOptions { AcceptUnloggedKeys = true };
        var verified = Verify(forge, pem);
        Assert.Empty(verified.Timestamps);
        Assert.Empty(verified.LogEntries);

        // Without a log in general a time must be proven, as for a certificate.
        forge.Options = new VerifierOptions { RequireLog = false };
        Assert.Equal(VerificationFailure.NoVerifiedTime, Refusal(forge, pem));
    }

    [Fact]
    public void A_timestamp_of_a_signature_in_no_log_must_be_right()
    {
        var forge = Signed();
        forge.EditBundle = static bundle => bundle["verificationMaterial"]!["tlogEntries"] = new JsonArray();
        forge.Options = new VerifierOptions { AcceptUnloggedKeys = true };
        var pem = _ecdsa.ExportSubjectPublicKeyInfoPem();
        Assert.Single(Verify(forge, pem).Timestamps);
        forge.Timestamp!.ImprintOf = [1];
        Assert.Equal(VerificationFailure.TimestampImprintMismatch, Refusal(forge, pem));
    }

    [Fact]
    public void An_entry_of_a_signature_that_need_not_be_logged_must_be_right()
    {
        var forge = Signed();
        forge.Options = new VerifierOptions { AcceptUnloggedKeys = true };
        forge.CheckpointSignedBy = forge.CtKey;
        Assert.Equal(VerificationFailure.CheckpointSignatureMissing, Refusal(forge, _ecdsa.ExportSubjectPublicKeyInfoPem()));
    }

    [Fact]
    public void An_entry_of_a_withdrawn_kind_is_refused_as_that_first()
    {
        var forge = Signed();
        forge.EditBundle = static bundle =>
        {
            bundle["verificationMaterial"]!["tlogEntries"]![0]!["kindVersion"] = new JsonObject
            {
                ["kind"] = "dsse",
                ["version"] = "0.0.2",
            };
            bundle["verificationMaterial"]!["tlogEntries"]![0]!["logIndex"] = "1";
        };
        Assert.Equal(VerificationFailure.LogEntryKindWithdrawn, Refusal(forge, _ecdsa.ExportSubjectPublicKeyInfoPem()));
    }

    [Fact]
    public void An_ed25519_key_signs_the_envelope_itself()
    {
        using var key = Libsodium.Key.Create(Libsodium.SignatureAlgorithm.Ed25519);
        using var other = Libsodium.Key.Create(Libsodium.SignatureAlgorithm.Ed25519);
        byte[] spki = [.. _ed25519Prefix, .. key.PublicKey.Export(Libsodium.KeyBlobFormat.RawPublicKey)];
        var pem = PemEncoding.WriteString("PUBLIC KEY", spki);
        var forge = new Forge
        {
            Options = new VerifierOptions { AcceptUnloggedKeys = true },
            Timestamp = null,
            EditBundle = static bundle => bundle["verificationMaterial"]!["tlogEntries"] = new JsonArray(),
        };
        forge.Statement = new DsseText(Attacks.Statement(Attacks.Hex(forge)));
        forge.Managed = (spki, message => Libsodium.SignatureAlgorithm.Ed25519.Sign(key, message));
        Assert.NotNull(Verify(forge, pem).Statement);
        forge.Managed = (spki, message => Libsodium.SignatureAlgorithm.Ed25519.Sign(other, message));
        Assert.Equal(VerificationFailure.SignatureInvalid, Refusal(forge, pem));
    }

    private Forge Signed() =>
        new()
        {
            Managed = (
                _ecdsa.ExportSubjectPublicKeyInfo(),
                message => _ecdsa.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
            ),
        };

    private string Hint() => Convert.ToBase64String(SHA256.HashData(_ecdsa.ExportSubjectPublicKeyInfo()));

    private static void AssertUnsupported(string pem) =>
        Assert.Equal(
            VerificationFailure.KeyUnsupported,
            Spoken.AssertWhole(Assert.Throws<VerificationException>(() => ManagedKey.ParsePem(pem))).Reason
        );

    private static VerificationFailure Refusal(Forge forge, string pem) =>
        Spoken.AssertWhole(Assert.Throws<VerificationException>(() => Verify(forge, pem))).Reason;

    private static VerifiedArtifact Verify(Forge forge, string pem)
    {
        var bundle = forge.BundleJson();
        forge.EditBundle(bundle);
        return new SigstoreVerifier(
            TrustedRoot.Parse(Encoding.UTF8.GetBytes(forge.TrustedRootJson().ToJsonString())),
            forge.Options
        ).Verify(Bundle.Parse(Encoding.UTF8.GetBytes(bundle.ToJsonString())), Artifact.FromBytes(forge.Artifact), ManagedKey.ParsePem(pem));
    }
}

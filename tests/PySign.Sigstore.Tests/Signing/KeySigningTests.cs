using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PySign.Formats;
using PySign.Sandbox.Trust;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Signing;

/// <summary>Signing with a key of one's own, with and without logs and timestamps.</summary>
public sealed class KeySigningTests : SigningAgainstSandbox
{
    private static readonly byte[] _bytes = "a wheel"u8.ToArray();

    private static Artifact Wheel => Artifact.FromBytes(_bytes);

    [Theory]
    [InlineData("P-256", SigningConfigKind.RekorV1, "SHA2_256")]
    [InlineData("P-384", SigningConfigKind.RekorV1, "SHA2_256")]
    [InlineData("P-521", SigningConfigKind.RekorV1, "SHA2_256")]
    [InlineData("RSA 2048", SigningConfigKind.RekorV1, "SHA2_256")]
    [InlineData("P-256", SigningConfigKind.RekorV2, "SHA2_256")]
    [InlineData("P-384", SigningConfigKind.RekorV2, "SHA2_384")]
    [InlineData("P-521", SigningConfigKind.RekorV2Ecdsa, "SHA2_512")]
    [InlineData("RSA 3072", SigningConfigKind.RekorV2, "SHA2_256")]
    public async Task A_logged_signature_verifies_with_the_public_key_and_with_no_other(string kind, SigningConfigKind config, string hash)
    {
        using var key = Key(kind);
        await using var signer = Rig.Context(config).CreateSigner(key);
        var signed = await signer.SignAsync(Wheel, Cancellation);

        var bundle = Bundle.Parse(Encoding.UTF8.GetBytes(signed.Bundle.ToJson()));
        Assert.Equal(key.Hint, bundle.VerificationMaterial.PublicKeyHint);
        Assert.Equal(hash, bundle.MessageSignature!.Digest!.Algorithm);
        Assert.Equal(("", "", key.PublicKeyPem), (signer.Identity, signer.Issuer, signer.CertificatePem));
        var verifier = new SigstoreVerifier(Rig.Root);
        var verified = verifier.Verify(bundle, Wheel, ManagedKey.ParsePem(key.PublicKeyPem));
        Assert.Null(verified.Certificate);
        Assert.Equal(signed.LogIndex, Assert.Single(verified.LogEntries).LogIndex);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_bytes)), verified.Sha256);
        Assert.Equal(0, Rig.CertificateRequests);
        Assert.Throws<InvalidOperationException>(signed.CosignCertificate);

        using var other = Key(kind);
        Assert.Equal(
            VerificationFailure.ManagedKeyHintMismatch,
            Assert.Throws<VerificationException>(() => verifier.Verify(bundle, Wheel, ManagedKey.ParsePem(other.PublicKeyPem))).Reason
        );
        Assert.Equal(
            VerificationFailure.CertificateExpected,
            Assert.Throws<VerificationException>(() => verifier.Verify(bundle, Wheel, VerificationPolicy.UnsafeAnyIdentity())).Reason
        );
    }

    [Theory]
    [InlineData("P-384", SigningConfigKind.RekorV1, "dsse/0.0.1")]
    [InlineData("P-384", SigningConfigKind.RekorV2, "hashedrekord/0.0.2")]
    [InlineData("RSA 2048", SigningConfigKind.RekorV2, "hashedrekord/0.0.2")]
    public async Task Statements_are_signed_with_keys_too(string kind, SigningConfigKind config, string entry)
    {
        using var key = Key(kind);
        await using var signer = Rig.Context(config).CreateSigner(key);
        var statement = InTotoStatement.Create([new StatementSubject("a.whl", Sha256Digest.Of(_bytes))], "urn:x", "{}"u8.ToArray());
        var bundle = Bundle.Parse(Encoding.UTF8.GetBytes((await signer.SignStatementAsync(statement, Cancellation)).Bundle.ToJson()));
        Assert.Equal(
            entry,
            Assert.Single(new SigstoreVerifier(Rig.Root).Verify(bundle, Wheel, ManagedKey.ParsePem(key.PublicKeyPem)).LogEntries).Kind
        );
    }

    [Fact]
    public async Task Without_services_nothing_is_called_and_only_who_says_so_accepts_it()
    {
        using var key = Key("P-256");
        await using var signer = Rig.Context(SigningServices.ForKey([], [])).CreateSigner(key);
        var signed = await signer.SignAsync(Wheel, Cancellation);
        Assert.Empty(Rig.Calls);
        Assert.Equal(-1, signed.LogIndex);
        Assert.Throws<InvalidOperationException>(signed.CosignBundle);

        var bundle = Bundle.Parse(Encoding.UTF8.GetBytes(signed.Bundle.ToJson()));
        var known = ManagedKey.ParsePem(key.PublicKeyPem);
        Assert.Equal(
            VerificationFailure.LogEntryMissing,
            Assert.Throws<VerificationException>(() => new SigstoreVerifier(Rig.Root).Verify(bundle, Wheel, known)).Reason
        );
        var lenient = new SigstoreVerifier(Rig.Root, new VerifierOptions { AcceptUnloggedKeys = true });
        Assert.Empty(lenient.Verify(bundle, Wheel, known).Timestamps);
        Assert.Equal(
            VerificationFailure.MessageDigestMismatch,
            Assert.Throws<VerificationException>(() => lenient.Verify(bundle, Artifact.FromBytes("another"u8.ToArray()), known)).Reason
        );
    }

    [Fact]
    public async Task A_timestamp_alone_is_proven_and_a_wrong_one_is_refused_even_where_none_is_needed()
    {
        using var key = Key("P-256");
        await using var signer = Rig.Context(SigningServices.ForKey([], Rig.Select(SigningConfigKind.RekorV1).TimestampAuthorities))
            .CreateSigner(key);
        var signed = await signer.SignAsync(Wheel, Cancellation);
        Assert.Equal(TimeSource.TimestampAuthority, Assert.Single(signed.Verified.Timestamps).Source);
        var swapped = await signer.SignAsync(Artifact.FromBytes("another"u8.ToArray()), Cancellation);
        var bundle = Bundle.Parse(
            Encoding.UTF8.GetBytes(
                signed
                    .Bundle.ToJson()
                    .Replace(
                        Convert.ToBase64String(signed.Bundle.VerificationMaterial.Timestamps[0].Span),
                        Convert.ToBase64String(swapped.Bundle.VerificationMaterial.Timestamps[0].Span),
                        StringComparison.Ordinal
                    )
            )
        );
        var lenient = new SigstoreVerifier(Rig.Root, new VerifierOptions { AcceptUnloggedKeys = true });
        Assert.Throws<VerificationException>(() => lenient.Verify(bundle, Wheel, ManagedKey.ParsePem(key.PublicKeyPem)));
    }

    [Fact]
    public async Task A_certificate_is_never_accepted_without_a_log()
    {
        await using var signer = await Rig.SignerAsync();
        var json = (await signer.SignAsync(Wheel, Cancellation)).Bundle.ToJson();
        var bundle = System.Text.Json.Nodes.JsonNode.Parse(json)!;
        bundle["verificationMaterial"]!["tlogEntries"] = new System.Text.Json.Nodes.JsonArray();
        Assert.Equal(
            VerificationFailure.LogEntryMissing,
            Assert
                .Throws<VerificationException>(() =>
                    new SigstoreVerifier(Rig.Root, new VerifierOptions { AcceptUnloggedKeys = true }).Verify(
                        Bundle.Parse(Encoding.UTF8.GetBytes(bundle.ToJsonString())),
                        Wheel,
                        VerificationPolicy.UnsafeAnyIdentity()
                    )
                )
                .Reason
        );
    }

    [Theory]
    [InlineData(SigningConfigKind.RekorV1)]
    [InlineData(SigningConfigKind.RekorV2)]
    public async Task Nothing_is_uploaded_to_a_log_whose_entries_would_not_verify(SigningConfigKind kind)
    {
        using var other = await SandboxRig.StartAsync();
        var services = Rig.Select(kind);
        using var context = new SigningContext(
            SigningServices.ForKey(services.Logs, kind == SigningConfigKind.RekorV1 ? [] : services.TimestampAuthorities),
            RootOf(Rig, other),
            Rig,
            Rig.Time
        );
        using var key = Key("P-256");
        await using var signer = context.CreateSigner(key);
        var e = await Assert.ThrowsAsync<SigningException>(() => signer.SignAsync(Wheel, Cancellation));
        Assert.Equal(SigningFailure.LogUntrusted, e.Reason);
        Assert.Equal(0, Rig.LogUploads);
    }

    /// <summary>The first one's authorities and the second one's logs.</summary>
    private static TrustedRoot RootOf(SandboxRig authorities, SandboxRig logs)
    {
        var root = System.Text.Json.Nodes.JsonNode.Parse(authorities.Services.TrustedRootJson())!;
        root["tlogs"] = System.Text.Json.Nodes.JsonNode.Parse(logs.Services.TrustedRootJson())!["tlogs"]!.DeepClone();
        return TrustedRoot.Parse(Encoding.UTF8.GetBytes(root.ToJsonString()));
    }

    [Fact]
    public async Task An_identity_needs_a_certificate_authority()
    {
        using var context = Rig.Context(SigningServices.ForKey(Rig.Select(SigningConfigKind.RekorV1).Logs, []));
        var e = await Assert.ThrowsAsync<SigningException>(() => context.CreateSignerAsync(Rig.GitLabToken(), Cancellation));
        Assert.Equal(SigningFailure.NoUsableService, e.Reason);
        Assert.Empty(Rig.Calls);
    }

    [Fact]
    public async Task Cosigns_old_bundle_has_its_members_and_reads_back()
    {
        using var key = Key("P-256");
        await using var signer = Rig.Context().CreateSigner(key);
        await using var keyless = await Rig.SignerAsync();
        var byKey = await signer.SignAsync(Wheel, Cancellation);
        var byIdentity = await keyless.SignAsync(Wheel, Cancellation);

        using var document = JsonDocument.Parse(byIdentity.CosignBundle());
        Assert.Equal(["base64Signature", "cert", "rekorBundle"], document.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            ["SignedEntryTimestamp", "Payload"],
            document.RootElement.GetProperty("rekorBundle").EnumerateObject().Select(p => p.Name)
        );
        Assert.Equal(
            ["body", "integratedTime", "logIndex", "logID"],
            document.RootElement.GetProperty("rekorBundle").GetProperty("Payload").EnumerateObject().Select(p => p.Name)
        );
        var verifier = new SigstoreVerifier(Rig.Root);
        Assert.NotNull(
            verifier
                .Verify(Bundle.ParseCosign(byIdentity.CosignBundle()), Wheel, VerificationPolicy.Exact(keyless.Identity, keyless.Issuer))
                .Certificate
        );
        Assert.Null(verifier.Verify(Bundle.ParseCosign(byKey.CosignBundle()), Wheel, ManagedKey.ParsePem(key.PublicKeyPem)).Certificate);

        await using var second = await Rig.SignerAsync(SigningConfigKind.RekorV2);
        Assert.Throws<InvalidOperationException>((await second.SignAsync(Wheel, Cancellation)).CosignBundle);
    }

    private static PrivateKey Key(string kind)
    {
        using var key = PrivateKeyTests.Create(kind);
        return PrivateKey.ParsePem(key.ExportPkcs8PrivateKeyPem());
    }
}

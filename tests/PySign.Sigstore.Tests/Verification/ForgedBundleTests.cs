using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>What honest instances may do must not be refused.</summary>
public sealed class ForgedBundleTests
{
    [Fact]
    public void An_honest_bundle_logged_in_rekor_v1_verifies()
    {
        var verified = new Forge().Verify();
        Assert.Equal(Forge.Identity, verified.Identity);
        Assert.Equal(Forge.Issuer, verified.Issuer);
        Assert.Equal("refs/tags/v1", verified.Certificate![FulcioExtension.SourceRepositoryRef]);
        Assert.Null(verified.Certificate[FulcioExtension.SourceRepositoryDigest]);
        Assert.Equal([TimeSource.TimestampAuthority, TimeSource.TransparencyLog], verified.Timestamps.Select(static t => t.Source));
        Assert.Equal(1000, Assert.Single(verified.LogEntries).LogIndex);
    }

    [Fact]
    public void An_honest_bundle_logged_in_rekor_v2_verifies()
    {
        var entry = Assert.Single(
            new Forge { RekorV2 = true }
                .Verify()
                .LogEntries
        );
        Assert.Equal("hashedrekord/0.0.2", entry.Kind);
        Assert.Null(entry.IntegratedTime);
    }

    [Fact]
    public void A_timestamp_alone_is_time_enough() =>
        Assert.Single(
            new Forge { WithSet = false }
                .Verify()
                .Timestamps
        );

    [Fact]
    public void A_logs_promise_alone_is_time_enough() =>
        Assert.Single(
            new Forge { Timestamp = null }
                .Verify()
                .Timestamps
        );

    [Fact]
    public void An_untrusted_timestamp_is_passed_over_when_the_log_vouches_for_a_time() =>
        Assert.Equal(
            TimeSource.TransparencyLog,
            Assert
                .Single(
                    new Forge { Timestamp = new ForgedTimestamp { Status = 2 } }
                        .Verify()
                        .Timestamps
                )
                .Source
        );

    [Fact]
    public void A_timestamp_with_its_own_certificate_verifies() =>
        Assert.Equal(
            2,
            new Forge { Timestamp = new ForgedTimestamp { EmbedOwn = true } }
                .Verify()
                .Timestamps.Count
        );

    [Theory]
    [InlineData("nistP384", "SHA384", true)]
    [InlineData("nistP384", "SHA256", false)]
    [InlineData("nistP521", "SHA512", false)]
    [InlineData("nistP521", "SHA256", true)]
    public void Larger_curves_sign_their_own_hash_or_sha256(string curve, string hash, bool rekorV2) =>
        Assert.NotNull(
            new Forge
            {
                LeafKey = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve)),
                Hash = new HashAlgorithmName(hash),
                RekorV2 = rekorV2,
            }
                .Verify()
                .Sha256
        );

    [Theory]
    [InlineData("sha256")]
    [InlineData("sha512")]
    public void A_statement_names_its_subject_by_any_known_digest(string algorithm)
    {
        var forge = new Forge { RekorV2 = true };
        var digest = CryptographicOperations.HashData(new HashAlgorithmName(algorithm.ToUpperInvariant()), forge.Artifact);
        forge.Statement = new DsseText(
            $$$"""{"_type":"https://in-toto.io/Statement/v0.1","subject":[{"digest":{"sha256":"00"}},{"digest":{"{{{algorithm}}}":"{{{Convert.ToHexStringLower(digest)}}}"}}],"predicateType":"p"}"""
        );
        Assert.Equal("p", forge.Verify().PredicateType);
    }

    [Fact]
    public void Witnesses_and_further_lines_do_no_harm()
    {
        using var witness = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forge = new Forge { EditNoteText = static text => text + "an extension line\n" };
        forge.EditNoteSignatures = line =>
            forge.NoteLine(witness, "witness.example", "x") + line + forge.NoteLine(witness, "log.example", "x");
        Assert.NotNull(forge.Verify().Sha256);
    }

    [Fact]
    public void Names_of_e_mail_issuers_are_read()
    {
        var forge = new Forge();
        var names = new SubjectAlternativeNameBuilder();
        names.AddEmailAddress("dev@example.org");
        forge.Replace(names.Build(critical: true));
        Assert.Equal(IdentityKind.Email, forge.Verify(VerificationPolicy.Exact("dev@example.org", Forge.Issuer)).Certificate!.Kind);
    }

    [Fact]
    public void A_timestamp_exactly_at_both_ends_of_every_window_is_inside()
    {
        var forge = new Forge
        {
            RekorV2 = true,
            NotBefore = Forge.Now,
            NotAfter = Forge.Now,
            SctTime = Forge.Now,
            Timestamp = new ForgedTimestamp { GenTime = Forge.Now },
        };
        forge.EditTrustedRoot = static root =>
        {
            foreach (var kind in new[] { "tlogs", "ctlogs", "certificateAuthorities", "timestampAuthorities" })
            {
                var window = (root[kind]![0]!["publicKey"] ?? root[kind]![0]!)["validFor"]!;
                window["start"] = "2026-03-01T12:00:00Z";
                window["end"] = "2026-03-01T12:00:00.000000000Z";
            }
        };
        Assert.NotNull(forge.Verify().Sha256);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Managed_rsa_keys_of_every_size_verify_with_either_padding(int at)
    {
        var one = RsaSignatures.All[at];
        var forge = new Forge { Hash = one.Hash, Managed = (one.Spki, _ => one.Bytes) };
        VerifyManaged(forge, one.Pem);
        var other = RsaSignatures.All[(at + 1) % RsaSignatures.All.Count];
        var ofAnotherKey = Assert.Throws<VerificationException>(() => VerifyManaged(forge, other.Pem));
        Assert.Equal(VerificationFailure.SignatureInvalid, ofAnotherKey.Reason);
        forge.Artifact = "another artifact"u8.ToArray();
        var ofAnotherArtifact = Assert.Throws<VerificationException>(() => VerifyManaged(forge, one.Pem));
        Assert.Equal(VerificationFailure.SignatureInvalid, ofAnotherArtifact.Reason);
    }

    /// <summary>Signatures of "the artifact" by one key: of the message itself, and of its SHA-512 (Ed25519ph, RFC 8032 5.1).</summary>
    [Theory]
    [InlineData(
        "SHA256",
        "8304b183d1887d5632bc5cb09404038a3f7ede8c1b640e713d4d845fabb9ba71a59d782c661d5f7191549baee3c8415c834e57baa5164c3bdf7fec3f300d120a"
    )]
    [InlineData(
        "SHA512",
        "52827ff42d72bc3d0b4ab1a5440b7462819049d577616c4a21ce0403f77f3a4fc183e7d8e0d26dfa423520e92e547a189b2da68f1fc0c1c3820407ca43514800"
    )]
    public void Managed_ed25519_keys_verify_messages_and_their_sha512(string hash, string signature)
    {
        var spki = Convert.FromHexString("302a300506032b6570032100" + "6f384c665466a8c74271a3fd959eb88131fcd8583908ea164ac29c85a0aab62c");
        var forge = new Forge { Hash = new HashAlgorithmName(hash), Managed = (spki, _ => Convert.FromHexString(signature)) };
        var pem = PemEncoding.WriteString("PUBLIC KEY", spki);
        VerifyManaged(forge, pem);
        forge.Artifact = "another artifact"u8.ToArray();
        Assert.Equal(
            VerificationFailure.SignatureInvalid,
            Spoken.AssertWhole(Assert.Throws<VerificationException>(() => VerifyManaged(forge, pem))).Reason
        );
    }

    [Fact]
    public void The_standards_prehashed_signature_verifies()
    {
        var key = (PySign.Sigstore.Cryptography.Ed25519Key)
            PySign.Sigstore.Cryptography.VerificationKey.TryRead(
                Convert.FromHexString("302a300506032b6570032100" + "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf"),
                out _
            )!;
        var signature = Convert.FromHexString(
            "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406"
        );
        Assert.True(key.VerifyPrehashed(SHA512.HashData("abc"u8), signature));
        Assert.False(key.VerifyPrehashed(SHA512.HashData("abd"u8), signature));
        Assert.False(key.VerifyData("abc"u8, signature));
    }

    [Fact]
    public void Small_rsa_keys_are_no_keys()
    {
        using var rsa = RSA.Create(1024);
        Assert.Equal(
            VerificationFailure.KeyUnsupported,
            Spoken.AssertWhole(Assert.Throws<VerificationException>(() => ManagedKey.ParsePem(rsa.ExportSubjectPublicKeyInfoPem()))).Reason
        );
    }

    [Fact]
    public void A_certificate_bundle_is_not_verified_with_a_key()
    {
        var forge = new Forge();
        Assert.Equal(
            VerificationFailure.ManagedKeyExpected,
            Spoken
                .AssertWhole(
                    Assert.Throws<VerificationException>(() => VerifyManaged(forge, forge.LeafKey.ExportSubjectPublicKeyInfoPem()))
                )
                .Reason
        );
    }

    [Fact]
    public void A_digest_alone_is_not_enough_for_a_key_that_signs_another_hash()
    {
        var forge = new Forge { LeafKey = ECDsa.Create(ECCurve.NamedCurves.nistP384), Hash = HashAlgorithmName.SHA384 };
        var bundle = Bundle.Parse(Encoding.UTF8.GetBytes(forge.BundleJson().ToJsonString()));
        var verifier = new SigstoreVerifier(TrustedRoot.Parse(Encoding.UTF8.GetBytes(forge.TrustedRootJson().ToJsonString())));
        var artifact = Artifact.FromSha256(Sha256Digest.Of(forge.Artifact));
        Assert.Equal(
            VerificationFailure.ArtifactBytesNeeded,
            Spoken
                .AssertWhole(
                    Assert.Throws<VerificationException>(() =>
                        verifier.Verify(bundle, artifact, VerificationPolicy.Exact(Forge.Identity, Forge.Issuer))
                    )
                )
                .Reason
        );
    }

    [Fact]
    public void A_stream_is_read_once_and_a_missing_file_is_a_reason()
    {
        var forge = new Forge();
        var bundle = Bundle.Parse(Encoding.UTF8.GetBytes(forge.BundleJson().ToJsonString()));
        var verifier = new SigstoreVerifier(TrustedRoot.Parse(Encoding.UTF8.GetBytes(forge.TrustedRootJson().ToJsonString())));
        var policy = VerificationPolicy.Exact(Forge.Identity, Forge.Issuer);
        using var stream = new MemoryStream(forge.Artifact);
        var artifact = Artifact.FromStream(stream);
        Assert.Equal(verifier.Verify(bundle, artifact, policy).Sha256, verifier.Verify(bundle, artifact, policy).Sha256);
        Assert.Equal(
            VerificationFailure.ArtifactUnreadable,
            Assert
                .Throws<VerificationException>(() =>
                    verifier.Verify(bundle, Artifact.FromFile(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString())), policy)
                )
                .Reason
        );
    }

    [Fact]
    public void A_verified_artifact_cannot_be_made_or_changed_from_outside()
    {
        Assert.Empty(typeof(VerifiedArtifact).GetConstructors());
        Assert.All(
            typeof(VerifiedArtifact).GetProperties(),
            static property => Assert.False(property.SetMethod?.IsPublic ?? false, property.Name)
        );
        Assert.Empty(typeof(Bundle).GetConstructors());
        Assert.All(typeof(Bundle).GetProperties(), static property => Assert.Null(property.SetMethod));
    }

    private static void VerifyManaged(Forge forge, string pem)
    {
        var bundle = Bundle.Parse(Encoding.UTF8.GetBytes(forge.BundleJson().ToJsonString()));
        var verified = new SigstoreVerifier(TrustedRoot.Parse(Encoding.UTF8.GetBytes(forge.TrustedRootJson().ToJsonString()))).Verify(
            bundle,
            Artifact.FromBytes(forge.Artifact),
            ManagedKey.ParsePem(pem)
        );
        Assert.Equal("", verified.Identity);
        Assert.Equal("", verified.Issuer);
        Assert.Null(verified.Certificate);
    }
}

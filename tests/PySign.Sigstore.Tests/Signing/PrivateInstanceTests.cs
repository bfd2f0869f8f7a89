using System.Text;
using PySign.Formats;
using PySign.Sandbox.Trust;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Signing;

/// <summary>Signing with, and verifying against, an instance that behaves as private installations do.</summary>
public sealed class PrivateInstanceTests
{
    private static readonly Artifact _wheel = Artifact.FromBytes(Encoding.UTF8.GetBytes("a wheel"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Shapes() => ["all", "pod", "addresses", "tsa", "rsa"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task A_file_and_a_statement_are_signed_and_verify(string name)
    {
        using var rig = await SandboxRig.StartAsync(Shape(name));
        Assert.Empty(rig.Root.Warnings);
        await using var signer = await rig.SignerAsync();
        var signed = await signer.SignAsync(_wheel, Cancellation);
        var read = Bundle.Parse(Encoding.UTF8.GetBytes(signed.Bundle.ToJson()));
        var policy = VerificationPolicy.Exact(signer.Identity, signer.Issuer);
        Assert.Equal(signer.Identity, new SigstoreVerifier(rig.Root).Verify(read, _wheel, policy).Identity);

        var statement = InTotoStatement.Create(
            [new StatementSubject("demo.whl", signed.Verified.Sha256)],
            "https://slsa.dev/provenance/v1",
            "{}"u8.ToArray()
        );
        Assert.NotNull((await signer.SignStatementAsync(statement, Cancellation)).Verified.PredicateType);
        Assert.Equal(name is "all" or "tsa", signed.Bundle.VerificationMaterial.Timestamps.Count == 0);
    }

    [Fact]
    public async Task A_signature_of_one_private_instance_is_refused_by_another()
    {
        using var rig = await SandboxRig.StartAsync(InstanceShape.Private);
        using var other = await SandboxRig.StartAsync(InstanceShape.Private);
        await using var signer = await rig.SignerAsync();
        var signed = await signer.SignAsync(_wheel, Cancellation);
        var refusal = Assert.Throws<VerificationException>(() =>
            new SigstoreVerifier(other.Root).Verify(signed.Bundle, _wheel, VerificationPolicy.Exact(signer.Identity, signer.Issuer))
        );
        Assert.Equal(RefusalKind.AnotherInstance, refusal.Kind);
    }

    [Fact]
    public async Task A_second_instances_log_of_the_same_name_takes_nothing()
    {
        using var rig = await SandboxRig.StartAsync(InstanceShape.Private);
        using var other = await SandboxRig.StartAsync(InstanceShape.Private);
        using var context = new SigningContext(
            SigningServices.ForKey(rig.Select(SigningConfigKind.RekorV1).Logs, []),
            other.Root,
            rig,
            rig.Time
        );
        using var ecdsa = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        using var key = PrivateKey.ParsePem(ecdsa.ExportPkcs8PrivateKeyPem());
        await using var signer = context.CreateSigner(key);
        var e = await Assert.ThrowsAsync<SigningException>(() => signer.SignAsync(_wheel, Cancellation));
        Assert.Equal((SigningFailure.LogUntrusted, 0), (e.Reason, rig.LogUploads));
    }

    [Fact]
    public async Task A_rekor_v2_without_an_address_takes_nothing_unless_its_log_id_names_its_origin()
    {
        using var rig = await SandboxRig.StartAsync(new InstanceShape { WithoutAddresses = true });

        // The Ed25519 log's id is computed over its origin: that binds it as well as an address would.
        await using var bound = await rig.SignerAsync(SigningConfigKind.RekorV2);
        Assert.NotNull((await bound.SignAsync(_wheel, Cancellation)).Bundle);

        await using var unbound = await rig.SignerAsync(SigningConfigKind.RekorV2Ecdsa);
        var before = rig.LogUploads;
        var e = await Assert.ThrowsAsync<SigningException>(() => unbound.SignAsync(_wheel, Cancellation));
        Assert.Equal((SigningFailure.LogUntrusted, before), (e.Reason, rig.LogUploads));
        Assert.Contains("baseUrl", e.Message, StringComparison.Ordinal);
    }

    private static InstanceShape Shape(string name) =>
        name switch
        {
            "pod" => new InstanceShape { PodNamedLog = true },
            "addresses" => new InstanceShape { WithoutAddresses = true },
            "tsa" => new InstanceShape { WithoutTimestampAuthority = true },
            "rsa" => new InstanceShape { RsaLog = true },
            _ => InstanceShape.Private with { RsaLog = true },
        };
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using PySign.Sandbox.Trust;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Signing;

/// <summary>Signing against a sandbox that behaves.</summary>
public sealed class SigningTests : SigningAgainstSandbox
{
    private static readonly Artifact _wheel = Artifact.FromBytes("a wheel"u8.ToArray());

    [Theory]
    [InlineData(SigningConfigKind.RekorV1, "hashedrekord/0.0.1")]
    [InlineData(SigningConfigKind.RekorV2, "hashedrekord/0.0.2")]
    [InlineData(SigningConfigKind.RekorV2Ecdsa, "hashedrekord/0.0.2")]
    public async Task What_is_signed_verifies_for_a_stranger(SigningConfigKind kind, string entry)
    {
        await using var signer = await Rig.SignerAsync(kind);
        var signed = await signer.SignAsync(_wheel, Cancellation);

        var bundle = Bundle.Parse(Encoding.UTF8.GetBytes(signed.Bundle.ToJson()));
        var verified = new SigstoreVerifier(Rig.Root).Verify(bundle, _wheel, VerificationPolicy.Exact(signer.Identity, signer.Issuer));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("a wheel"u8)), verified.Sha256);
        Assert.Equal([entry], verified.LogEntries.Select(e => e.Kind));
        Assert.Equal(signed.LogIndex, verified.LogEntries[0].LogIndex);
        Assert.Contains(verified.Timestamps, t => t.Source == TimeSource.TimestampAuthority);
        Assert.Equal("https://localhost/acme/hello-pysign//.gitlab-ci.yml@refs/tags/v1.0.0", signer.Identity);
        Assert.Equal("http://localhost", signer.Issuer);
        Assert.Empty(signed.Remarks);
    }

    [Fact]
    public async Task Two_logs_at_once_both_get_an_entry()
    {
        var services = Rig.Select(SigningConfigKind.RekorV1) with
        {
            Logs = [.. Rig.Select(SigningConfigKind.RekorV1).Logs, .. Rig.Select(SigningConfigKind.RekorV2).Logs],
        };
        await using var signer = await Rig.Context(services).CreateSignerAsync(Rig.GitLabToken(), Cancellation);
        Assert.Equal(2, (await signer.SignAsync(_wheel, Cancellation)).Verified.LogEntries.Count);
    }

    [Fact]
    public async Task Without_a_timestamp_authority_rekor_v1_tells_the_time()
    {
        await using var signer = await Rig.Context(Rig.Select(SigningConfigKind.RekorV1) with { TimestampAuthorities = [] })
            .CreateSignerAsync(Rig.GitLabToken(), Cancellation);
        Assert.Equal(TimeSource.TransparencyLog, Assert.Single((await signer.SignAsync(_wheel, Cancellation)).Verified.Timestamps).Source);
    }

    [Fact]
    public async Task The_tokens_of_github_and_of_people_work_too()
    {
        await using var github = await Rig.SignerAsync(token: IdentityToken.Parse(Rig.Services.MintGitHubToken()));
        Assert.StartsWith(
            "https://github.com/",
            (await github.SignAsync(_wheel, Cancellation)).Verified.Identity,
            StringComparison.Ordinal
        );
        await using var person = await Rig.SignerAsync(token: IdentityToken.Parse(Rig.Services.MintEmailToken()));
        Assert.Contains('@', (await person.SignAsync(_wheel, Cancellation)).Verified.Identity);
    }

    [Fact]
    public async Task Signature_and_certificate_files_are_those_of_cosign_2()
    {
        await using var signer = await Rig.SignerAsync();
        var signed = await signer.SignAsync(_wheel, Cancellation);

        var signature = Convert.FromBase64String(Encoding.ASCII.GetString(signed.CosignSignature()));
        var pem = Encoding.ASCII.GetString(Convert.FromBase64String(Encoding.ASCII.GetString(signed.CosignCertificate())));
        Assert.DoesNotContain((byte)'\n', signed.CosignSignature());
        Assert.DoesNotContain((byte)'\n', signed.CosignCertificate());
        Assert.Equal(signer.CertificatePem, pem);
        Assert.EndsWith("-----END CERTIFICATE-----\n", pem, StringComparison.Ordinal);
        Assert.All(pem.Split('\n').Skip(1).SkipLast(3), line => Assert.Equal(64, line.Length));
        using var certificate = X509Certificate2.CreateFromPem(pem);
        Assert.True(
            certificate
                .GetECDsaPublicKey()!
                .VerifyData("a wheel"u8, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
        );
    }

    [Fact]
    public async Task Fifty_files_share_one_certificate_and_keep_their_order()
    {
        await using var signer = await Rig.SignerAsync();
        var artifacts = Enumerable.Range(0, 50).Select(i => Artifact.FromBytes(BitConverter.GetBytes(i))).ToArray();
        var results = await signer.SignAllAsync(artifacts, Cancellation);
        Assert.Equal(1, Rig.CertificateRequests);
        Assert.Equal(50, Rig.LogUploads);
        Assert.All(results, r => Assert.Null(r.Failure));
        Assert.Equal(artifacts, results.Select(r => r.Artifact));
        Assert.Equal(
            Enumerable.Range(0, 50).Select(i => Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(i)))),
            results.Select(r => r.Signature!.Verified.Sha256.Hex)
        );
    }

    [Fact]
    public async Task A_certificate_about_to_expire_is_renewed_while_the_token_lives()
    {
        await using var signer = await Rig.SignerAsync();
        await signer.SignAsync(_wheel, Cancellation);
        var first = signer.CertificatePem;
        Rig.Time.Advance(TimeSpan.FromMinutes(9.5));
        var results = await signer.SignAllAsync([_wheel, _wheel, _wheel], Cancellation);
        Assert.All(results, r => Assert.Null(r.Failure));
        Assert.Equal(2, Rig.CertificateRequests);
        Assert.NotEqual(first, signer.CertificatePem);
    }

    [Fact]
    public async Task When_certificate_and_token_are_over_the_error_says_so_and_nothing_is_logged()
    {
        await using var signer = await Rig.SignerAsync(token: Rig.GitLabToken(new JsonObject { ["expires_in"] = 300L }));
        Rig.Time.Advance(TimeSpan.FromMinutes(9.5));
        var e = await Assert.ThrowsAsync<SigningException>(() => signer.SignAsync(_wheel, Cancellation));
        Assert.Equal(SigningFailure.CredentialsExpired, e.Reason);
        Assert.Equal(0, Rig.LogUploads);
    }

    [Fact]
    public async Task A_token_that_expires_between_two_signatures_is_renewed_where_there_is_another_one()
    {
        var asked = 0;
        using var context = new SigningContext(Rig.Select(SigningConfigKind.RekorV1), Rig.Root, Rig, Rig.Time);
        await using var signer = await context.CreateSignerAsync(
            Rig.GitLabToken(new JsonObject { ["expires_in"] = 300L }),
            _ =>
            {
                asked++;
                return Task.FromResult(Rig.GitLabToken(new JsonObject { ["expires_in"] = 300L }));
            },
            Cancellation
        );
        await signer.SignAsync(_wheel, Cancellation);
        Assert.Equal(0, asked);
        for (var round = 1; round <= 3; round++)
        {
            Rig.Time.Advance(TimeSpan.FromMinutes(9.5));
            var results = await signer.SignAllAsync([_wheel, _wheel, _wheel], Cancellation);
            Assert.All(results, r => Assert.Null(r.Failure));
            Assert.Equal((round, round + 1), (asked, Rig.CertificateRequests));
        }
    }

    [Fact]
    public async Task A_token_that_expired_before_the_first_signature_is_renewed_too()
    {
        var old = Rig.GitLabToken(new JsonObject { ["expires_in"] = 300L });
        Rig.Time.Advance(TimeSpan.FromMinutes(20));
        using var context = new SigningContext(Rig.Select(SigningConfigKind.RekorV1), Rig.Root, Rig, Rig.Time);
        await using var signer = await context.CreateSignerAsync(old, _ => Task.FromResult(Rig.GitLabToken()), Cancellation);
        Assert.NotNull(await signer.SignAsync(_wheel, Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_renewed_token_of_somebody_else_or_the_same_old_one_signs_nothing(bool ofSomebodyElse)
    {
        var first = Rig.GitLabToken(new JsonObject { ["expires_in"] = 300L });
        using var context = new SigningContext(Rig.Select(SigningConfigKind.RekorV1), Rig.Root, Rig, Rig.Time);
        await using var signer = await context.CreateSignerAsync(
            first,
            _ => Task.FromResult(ofSomebodyElse ? IdentityToken.Parse(Rig.Services.MintGitHubToken()) : first),
            Cancellation
        );
        await signer.SignAsync(_wheel, Cancellation);
        Rig.Time.Advance(TimeSpan.FromMinutes(9.5));
        var (uploads, certificates) = (Rig.LogUploads, Rig.CertificateRequests);
        var e = await Assert.ThrowsAsync<SigningException>(() => signer.SignAsync(_wheel, Cancellation));
        Assert.Equal(SigningFailure.CredentialsExpired, e.Reason);
        Assert.Equal((uploads, certificates), (Rig.LogUploads, Rig.CertificateRequests));
    }

    [Fact]
    public async Task A_certificate_that_expires_while_the_timestamp_is_made_is_not_logged_with()
    {
        await using var signer = await Rig.SignerAsync();
        var slow = 1;
        Rig.Intercept = async (request, next) =>
        {
            var response = await next();
            if (request.RequestUri!.AbsolutePath.EndsWith("/timestamp", StringComparison.Ordinal) && Interlocked.Decrement(ref slow) == 0)
            {
                Rig.Time.Advance(TimeSpan.FromMinutes(9.5));
            }

            return response;
        };
        var signed = await signer.SignAsync(_wheel, Cancellation);
        Assert.Equal((2, 1), (Rig.CertificateRequests, Rig.LogUploads));
        Assert.NotNull(signed.Verified.Certificate);
    }

    [Fact]
    public async Task A_file_that_is_not_there_fails_alone()
    {
        await using var signer = await Rig.SignerAsync();
        var results = await signer.SignAllAsync([_wheel, Artifact.FromFile("/nowhere/x.whl")], Cancellation);
        Assert.NotNull(results[0].Signature);
        Assert.Equal(SigningFailure.ArtifactUnreadable, Assert.IsType<SigningException>(results[1].Failure).Reason);
    }

    [Fact]
    public async Task Cancelling_stops_and_is_told_apart_from_failing()
    {
        await using var signer = await Rig.SignerAsync();
        using var cancel = new CancellationTokenSource();
        Rig.Intercept = async (_, next) =>
        {
            await cancel.CancelAsync();
            return await next();
        };
        var results = await signer.SignAllAsync([_wheel, _wheel], cancel.Token);
        Assert.All(results, r => Assert.IsAssignableFrom<OperationCanceledException>(r.Failure));
        Assert.Equal(0, Rig.LogUploads);
    }
}

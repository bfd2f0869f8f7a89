using Cake.PySign.Common;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using Cake.PySign.Consume;
using Cake.PySign.Tests.Publish;
using PySign.Packaging.Distributions;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Tests.Consume;

/// <summary>What a consumer's policy demands of the index's own attestations.</summary>
public sealed class AttestationCheckTests
{
    [Fact]
    public async Task The_index_must_serve_an_attestation_by_a_signer_of_the_policy_for_these_very_bytes()
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithPublisher();
        rig.Run("GitHub");
        var (wheel, sdist) = (rig.Wheel(), rig.Sdist());
        var attested = Assert.Single(await rig.AttestAsync("GitHub", wheel));
        await rig.UploadAsync(rig.AsJob(attestations: true), wheel);
        await rig.UploadAsync(rig.AsJob(), sdist);

        Assert.Null(await ProblemAsync(rig, wheel, attested.Identity, attested.Issuer));
        Assert.Equal(ReleaseFailure.AttestationRefused, (await ProblemAsync(rig, wheel, attested.Identity + "x", attested.Issuer))?.Reason);
        Assert.Equal(ReleaseFailure.AttestationMissing, (await ProblemAsync(rig, sdist, attested.Identity, attested.Issuer))?.Reason);
        await File.AppendAllTextAsync(wheel.FullPath, "x", TestContext.Current.CancellationToken);
        var problem = await ProblemAsync(rig, wheel, attested.Identity, attested.Issuer);
        Assert.Equal(ReleaseFailure.AttestationRefused, problem?.Reason);
        Assert.Contains("SubjectMismatch", problem!.Explanation, StringComparison.Ordinal);
        var e = await Assert.ThrowsAsync<PySignException>(() => ProblemAsync(rig, wheel, attested.Identity, attested.Issuer, "/elsewhere"));
        Assert.Equal(PySignFailure.InvalidSettings, e.Reason);
    }

    private static async Task<ReleaseProblem?> ProblemAsync(
        PyPiRig rig,
        global::Cake.Core.IO.FilePath file,
        string identity,
        string issuer,
        string index = "/simple"
    )
    {
        var verifier = new SigstoreVerifier(TrustedRoot.Parse(System.Text.Encoding.UTF8.GetBytes(rig.Server.Services.TrustedRootJson())));
        var name = DistributionFileName.Parse(file.GetFilename().FullPath);
        List<ReleaseProblem>[] problems =
        [
            [],
        ];
        await new AttestationCheck(
            new RegistryConnections(null, rig.Time),
            SafeLog.For(rig.Cake.Context),
            verifier,
            VerificationPolicy.Exact(identity, issuer)
        ).RunAsync(
            new VerifyReleaseSettings { Index = { Url = new Uri(rig.Server.BaseUrl, index) } },
            [
                new DownloadedDistribution
                {
                    Path = file,
                    Sha256 = FileDigest.Of(file),
                    Kind = name.Kind,
                    Name = name.Name.Normalized,
                    Version = "1.0.0",
                    Url = rig.Server.BaseUrl,
                    Size = new FileInfo(file.FullPath).Length,
                },
            ],
            problems,
            TestContext.Current.CancellationToken
        );
        return problems[0].SingleOrDefault();
    }
}

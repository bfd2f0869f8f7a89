using System.Net;
using System.Text;
using Cake.Core.IO;
using Cake.PySign.Publish;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Tests.Verify;
using Cake.PySign.Verify;
using PySign.Packaging.Attestations;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Publish;

/// <summary>Attestations go up with their files, and the index must serve exactly them.</summary>
public sealed class TwineAttestationTests
{
    [Fact]
    public async Task A_job_publishes_with_attestations_that_a_stranger_verifies_from_the_index()
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithPublisher() with { ProvenanceDelay = 3 };
        rig.Run("GitHub");
        FilePath[] files = [rig.Wheel(), rig.Sdist()];
        await rig.AttestAsync("GitHub", files);
        var receipts = await rig.UploadAsync(rig.AsJob(attestations: true), files);
        Assert.Equal(2, receipts.Count);
        Assert.True(rig.Time.Waited >= TimeSpan.FromSeconds(15), $"{rig.Time.Waited}");
        var arguments = rig.Twine.Started!.Arguments;
        Assert.Contains("--attestations", arguments);
        Assert.Equal(
            files.Select(file => file.GetFilename().FullPath + ".publish.attestation"),
            arguments.Where(argument => argument.EndsWith(".attestation", StringComparison.Ordinal)).Select(one => IoPath.GetFileName(one))
        );

        var publisher = AttestationRig.Publisher(rig.Server, "GitHub");
        var verification = AttestationRig.Verification(rig.Cake, rig.Server, publisher);
        verification.Integrity.Url = new Uri(rig.Server.BaseUrl, "/integrity");
        Assert.Equal(2, (await rig.Cake.Context.PyPiVerifyAttestations(files, verification, Token)).Count);
        verification.Publisher = TrustedPublisher.GitHub("acme/Hello-PySign", "release.yml") with { Issuer = publisher.Issuer };
        var failures = (
            await Assert.ThrowsAsync<BlobVerificationException>(() => rig.Cake.Context.PyPiVerifyAttestations(files, verification, Token))
        ).Problems;
        Assert.All(failures, failure => Assert.Contains("upper and lower case", failure.Advice, StringComparison.Ordinal));

        // A rerun finds all there, as it was; attestations that were made again are not those that are published.
        Assert.All(
            await rig.UploadAsync(rig.AsJob(attestations: true), files),
            receipt => Assert.Equal(UploadState.AlreadyThere, receipt.State)
        );
        await rig.AttestAsync("GitHub", files[0]);
        await rig.RefusedAsync(
            rig.AsJob(attestations: true),
            PySignFailure.DigestMismatch,
            "other attestations of hello_pysign-1.0.0-py3-none-any.whl",
            files
        );
    }

    [Fact]
    public async Task Without_an_attestation_or_with_a_false_one_nothing_is_sent()
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithPublisher();
        rig.Run("GitHub");
        FilePath[] files = [rig.Wheel(), rig.Sdist()];
        await rig.AttestAsync("GitHub", files[0]);
        await rig.RefusedAsync(
            rig.AsJob(attestations: true),
            PySignFailure.MissingFile,
            "beside: hello_pysign-1.0.0.tar.gz. Nothing was sent",
            files
        );
        Assert.DoesNotContain(rig.Server.Requests, request => request.Contains("/simple", StringComparison.Ordinal));
        File.Copy(files[0].FullPath + ".publish.attestation", files[1].FullPath + ".publish.attestation");
        await rig.RefusedAsync(
            rig.AsJob(attestations: true),
            PySignFailure.VerificationFailed,
            "an attestation about hello_pysign-1.0.0.tar.gz",
            files
        );
        await rig.AttestAsync("GitLab", files[1]);
        await rig.RefusedAsync(rig.AsJob(attestations: true), PySignFailure.VerificationFailed, "IssuerMismatch", files);
        await File.WriteAllTextAsync(files[1].FullPath + ".publish.attestation", "{}", Token);
        await rig.RefusedAsync(rig.AsJob(attestations: true), PySignFailure.InvalidMetadata, "is not an attestation", files);
        var settings = rig.Settings();
        settings.UploadAttestations = true;
        await rig.RefusedAsync(settings, PySignFailure.InvalidSettings, "whose they must be", files[0]);
        Assert.Null(rig.Twine.Started);
        Assert.DoesNotContain(rig.Server.Requests, request => request.Contains("mint-token", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("4.0.2")]
    [InlineData("6.0.1")]
    public async Task A_twine_that_is_too_old_for_attestations_is_said_before_anything_is_sent(string version)
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithPublisher();
        rig.Run("GitHub");
        rig.UseTwine(version);
        var wheel = rig.Wheel();
        await rig.AttestAsync("GitHub", wheel);
        await rig.RefusedAsync(rig.AsJob(attestations: true), PySignFailure.ToolTooOld, $"twine {version}; attestations need 6.1", wheel);
        Assert.Empty(rig.Index.Stored);
        Assert.DoesNotContain(rig.Server.Requests, request => request.Contains("mint-token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_api_token_brings_no_attestations_and_an_index_that_hides_them_is_told_apart()
    {
        await using var rig = await PyPiRig.StartAsync();
        var wheel = rig.Wheel();
        await rig.AttestAsync("GitHub", wheel);
        var settings = rig.Settings();
        settings.UploadAttestations = true;
        settings.AttestationVerification = AttestationRig.Verification(
            rig.Cake,
            rig.Server,
            AttestationRig.Publisher(rig.Server, "GitHub")
        );
        await rig.RefusedAsync(settings, PySignFailure.AttestationRefused, "only with a token of trusted publishing", wheel);

        // Published without them, they never appear.
        await rig.UploadAsync(rig.Settings(), wheel);
        settings.ReadBackTimeout = TimeSpan.FromSeconds(30);
        await rig.RefusedAsync(settings, PySignFailure.NotFound, "serves no attestations of it", wheel);
        rig.Index.Options = PyPiRig.WithToken() with { ProvenanceDisabled = true };
        await rig.RefusedAsync(settings, PySignFailure.Forbidden, "does not serve provenance now (403)", wheel);
        rig.Index.Options = PyPiRig.WithToken() with { ProvenanceOfAnotherVersion = true };
        await rig.RefusedAsync(settings, PySignFailure.InvalidMetadata, "(406)", wheel);
        settings.AttestationVerification.Integrity.Url = new Uri(rig.Server.BaseUrl, "/simple");
        await rig.RefusedAsync(settings, PySignFailure.NotFound, "serves no attestations", wheel);
    }

    [Fact]
    public async Task A_private_integrity_API_is_read_back_with_its_own_credentials_and_not_without()
    {
        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithPublisher();
        rig.Run("GitHub");
        var wheel = rig.Wheel();
        await rig.AttestAsync("GitHub", wheel);
        using var door = new IntegrityDoor();
        var settings = rig.AsJob(attestations: true);
        var integrity = settings.AttestationVerification.Integrity;
        var e = await Assert.ThrowsAnyAsync<PySignException>(UploadAsync);
        Assert.Equal(PySignFailure.Unauthorized, e.Reason);
        integrity.UserName = IntegrityDoor.UserName;
        Assert.Equal(PySignFailure.InvalidSettings, (await Assert.ThrowsAnyAsync<PySignException>(UploadAsync)).Reason);
        integrity.Password = IntegrityDoor.Password;
        Assert.Equal(UploadState.AlreadyThere, Assert.Single(await UploadAsync()).State);

        // Its own address, of another origin than the index.
        integrity.Url = new Uri(rig.Server.BaseUrl.AbsoluteUri.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + "integrity");
        Assert.Single(await UploadAsync());
        Assert.DoesNotContain(IntegrityDoor.Password, rig.Cake.Log.Text, StringComparison.Ordinal);

        Task<IReadOnlyList<UploadReceipt>> UploadAsync() =>
            new TwineUploader(rig.Cake.Services(door, rig.Time, rig.Twine)).UploadAsync([wheel], settings, Token);
    }

    [Fact]
    public async Task Real_twine_6_takes_attestations_to_the_index()
    {
        SystemPython.Require("twine.__main__");
        var folder = IoPath.GetFullPath(IoPath.Combine(PeerPrograms.Folder, "..", "python", "twine-6"));
        if (!Directory.Exists(folder))
        {
            Assert.Skip($"NOT RUN: twine 6 is absent ({folder}); eng/peers.sh brings it.");
        }

        await using var rig = await PyPiRig.StartAsync();
        rig.Index.Options = PyPiRig.WithPublisher("GitLab");
        rig.Run("GitLab");
        rig.Cake.Environment.Variables["PYTHONPATH"] = folder;
        FilePath[] files = [rig.Wheel(), rig.Sdist()];
        await rig.AttestAsync("GitLab", files);
        var settings = rig.AsJob(attestations: true);
        settings.Python = SystemPython.Path;
        var receipts = await new TwineUploader(rig.Cake.Services(time: rig.Time)).UploadAsync(files, settings, Token);
        Assert.Equal(2, receipts.Count);
        using var http = new HttpClient();
        var served = Provenance.Parse(
            await http.GetByteArrayAsync(
                new Uri(rig.Server.BaseUrl, $"/integrity/hello-pysign/1.0.0/{files[0].GetFilename()}/provenance"),
                Token
            )
        );
        Assert.Equal(
            Attestation.Load(files[0].FullPath + ".publish.attestation"),
            Assert.Single(Assert.Single(served.Bundles).Attestations)
        );
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The sandbox, whose integrity API asks for user and password.</summary>
    private sealed class IntegrityDoor() : DelegatingHandler(new SocketsHttpHandler())
    {
        public const string UserName = "reader";
        public const string Password = "canary-integrity-password";

        private static readonly string _key = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{UserName}:{Password}"));

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!request.RequestUri!.AbsolutePath.StartsWith("/integrity", StringComparison.Ordinal))
            {
                return await base.SendAsync(request, cancellationToken);
            }

            if (request.Headers.Authorization?.ToString() != $"Basic {_key}")
            {
                return new HttpResponseMessage(HttpStatusCode.Unauthorized)
                {
                    RequestMessage = request,
                    Content = new ByteArrayContent([]),
                };
            }

            request.Headers.Authorization = null;
            return await base.SendAsync(request, cancellationToken);
        }
    }
}

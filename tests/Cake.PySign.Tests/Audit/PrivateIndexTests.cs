using System.Net;
using System.Text;
using Cake.PySign.Audit;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;

namespace Cake.PySign.Tests.Audit;

/// <summary>An index that lets nobody in without user and password: whoever reads an index is told them in the same way.</summary>
public sealed class PrivateIndexTests(SharedAuditRig shared) : IClassFixture<SharedAuditRig>, IAsyncLifetime
{
    private const string UserName = "reader";
    private const string Password = "canary-index-password";

    private static readonly PlantedRelease _good = new("good", "1.0", "acme/good");

    private readonly Door _door = new();

    private AuditRig Rig => shared.Rig;

    public async ValueTask InitializeAsync() => await Rig.PlantAsync(_good);

    public ValueTask DisposeAsync()
    {
        shared.Clear();
        _door.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_distribution_is_verified_in_a_private_index_with_its_credentials_and_not_without()
    {
        var settings = new PyVerifyDistributionSettings
        {
            Name = "good",
            Version = "1.0",
            Index = { Url = Rig.IndexUrl },
            Trust = { TrustedRoot = Rig.Cake.Folder.File("trusted_root.json") },
            CertificateOidcIssuer = Rig.Issuer,
            Publisher = TrustedPublisher.GitHub("acme/good", "release.yml"),
        };
        var e = await Assert.ThrowsAnyAsync<PySignException>(() => VerifyAsync(settings));
        Assert.Equal((PySignFailure.Unauthorized, "Set Index.UserName and Index.Password."), (e.Reason, e.Advice));
        (settings.Index.UserName, settings.Index.Password) = (UserName, Password);
        Assert.All(await VerifyAsync(settings), file => Assert.NotEmpty(file.Attestations));
        Assert.DoesNotContain(Rig.Cake.Log.Lines, line => line.Text.Contains(Password, StringComparison.Ordinal));
        settings.Index.Password = "another";
        await Assert.ThrowsAnyAsync<PySignException>(() => VerifyAsync(settings));
    }

    [Fact]
    public async Task Attestations_of_a_private_index_are_shown_with_its_credentials_and_not_without()
    {
        var settings = new PyInspectAttestationsSettings
        {
            Name = "good",
            Version = "1.0",
            Index = { Url = Rig.IndexUrl },
        };
        Assert.Equal(PySignFailure.Unauthorized, (await Assert.ThrowsAnyAsync<PySignException>(() => InspectAsync(settings))).Reason);
        (settings.Index.UserName, settings.Index.Password) = (UserName, Password);
        Assert.Equal(2, (await InspectAsync(settings)).Count);

        // An address of another origin gets no credential, whatever index is named.
        (settings.Name, settings.Version) = (null, null);
        settings.ProvenanceUrl = new Uri(
            Rig.IndexUrl.AbsoluteUri.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + "/provenance"
        );
        await Assert.ThrowsAnyAsync<PySignException>(() => InspectAsync(settings));
        Assert.Equal("", _door.Seen);
    }

    [Fact]
    public async Task A_private_mirror_of_a_private_index_is_compared_with_the_credentials_of_both()
    {
        var settings = new PyCheckMirrorSettings
        {
            Mirror =
            {
                Url = Rig.IndexUrl,
                UserName = UserName,
                Password = Password,
            },
            Upstream = { Url = Rig.IndexUrl },
            Packages = { "good" },
        };
        var report = await CheckAsync(settings);
        Assert.Equal(MirrorOutcome.Unknown, report.Behaviors.Single(one => one.Name == "hashes").Outcome);
        (settings.Upstream.UserName, settings.Upstream.Password) = (UserName, Password);
        report = await CheckAsync(settings);
        Assert.Equal(MirrorOutcome.Passed, report.Behaviors.Single(one => one.Name == "hashes").Outcome);
        Assert.Equal(MirrorOutcome.Passed, report.Behaviors.Single(one => one.Name == "provenance").Outcome);
    }

    [Fact]
    public async Task Provenance_of_a_private_integrity_API_is_verified_with_its_credentials_and_not_without()
    {
        var settings = new PyPiVerifyAttestationsSettings
        {
            Integrity = { Url = new Uri(Rig.Server.BaseUrl, "/integrity") },
            Trust = { TrustedRoot = Rig.Cake.Folder.File("trusted_root.json") },
            Publisher = TrustedPublisher.GitHub("acme/good", "release.yml") with { Issuer = Rig.Issuer },
        };
        var file = Rig.Cake.Folder.Write(_good.Files[0], _good.Files[0]);
        var verifier = new DistributionAttestations(Rig.Cake.Services(_door));
        var e = await Assert.ThrowsAnyAsync<PySignException>(() => verifier.VerifyAsync([file], settings, Token));
        Assert.Equal(PySignFailure.Unauthorized, e.Reason);
        (settings.Integrity.UserName, settings.Integrity.Password) = (UserName, Password);
        Assert.Equal(file.GetFilename().FullPath, Assert.Single(await verifier.VerifyAsync([file], settings, Token)).FileName);
    }

    [Fact]
    public async Task The_private_registry_of_a_GitLab_project_lets_a_job_in_and_nobody_else()
    {
        await using var server = await GitLabServer.StartAsync(Rig.Cake.Folder, project => project with { IsPublic = false });
        var settings = new PyVerifyDistributionSettings
        {
            Name = "hello-pysign",
            Version = "1.0.0",
            Index = { Url = server.Simple },
            Trust = { TrustedRoot = Rig.Cake.Folder.File("trusted_root.json") },
            ShowPublisher = true,
        };
        var check = new DistributionCheck(new AuditServices(Rig.Cake.Services()));
        var without = await Assert.ThrowsAnyAsync<PySignException>(() => check.VerifyAsync(settings, Token));
        Assert.Equal(PySignFailure.Unauthorized, without.Reason);
        (settings.Index.UserName, settings.Index.Password) = ("gitlab-ci-token", GitLabServer.JobToken);
        var with = await Assert.ThrowsAnyAsync<PySignException>(() => check.VerifyAsync(settings, Token));
        Assert.Equal(PySignFailure.VerificationFailed, with.Reason);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private AuditServices Services => new(Rig.Cake.Services(_door));

    private Task<IReadOnlyList<VerifiedDistribution>> VerifyAsync(PyVerifyDistributionSettings settings) =>
        new DistributionCheck(Services).VerifyAsync(settings, Token);

    private Task<IReadOnlyList<InspectedAttestation>> InspectAsync(PyInspectAttestationsSettings settings) =>
        new AttestationInspector(Services).InspectAsync(settings, Token);

    private Task<MirrorReport> CheckAsync(PyCheckMirrorSettings settings) => new MirrorCheck(Services).CheckAsync(settings, Token);

    /// <summary>The sandbox behind a door that asks for user and password.</summary>
    private sealed class Door() : DelegatingHandler(new SocketsHttpHandler())
    {
        private static readonly string _key = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{UserName}:{Password}"));

        /// <summary>What the last request had to say for itself.</summary>
        public string Seen { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen = request.Headers.Authorization?.ToString() ?? "";
            if (Seen != $"Basic {_key}")
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

using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Cake.Core;
using Cake.PySign.Common.Provenance;
using Cake.PySign.Common.Stores;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Formats;
using PySign.Sandbox.Registries.GitHub;
using PySign.Sandbox.Trust;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Tests.Recipe;

/// <summary>Provenance in the attestations of a GitHub repository, where <c>gh attestation verify</c> looks for it.</summary>
public sealed class RepositoryAttestationsTests : IAsyncLifetime
{
    private const string Repository = "octo/hello-pysign";
    private const string Token = "canary-github-token-0123456789";

    private readonly TemporaryFolder _state = new();
    private SandboxServer _server = null!;
    private ReleaseJobs _jobs = null!;

    private GitHubAttestations Attestations => _server.Services.GitHub.Attestations;

    private Uri Api => new(_server.BaseUrl, $"/api/v3/repos/{Repository}");

    public async ValueTask InitializeAsync()
    {
        _server = await SandboxServer.StartAsync(_state);
        _jobs = ReleaseJobs.Elsewhere();
        _jobs.PlayBuild();
        Configure();
        await File.WriteAllTextAsync(_state.File("root.json").FullPath, _server.Services.TrustedRootJson());
        await File.WriteAllTextAsync(_state.File("config.json").FullPath, _server.Services.SigningConfigJson(SigningConfigKind.RekorV1));
    }

    public async ValueTask DisposeAsync()
    {
        _jobs.Dispose();
        await _server.DisposeAsync();
        _state.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_files_provenance_is_found_by_its_digest_and_satisfies_what_gh_demands(bool inline)
    {
        Configure(options => options with { InlineAttestations = inline });
        Run("PySign-Sign");
        Run("PySign-PublishSignatures");
        var ledger = _jobs.Dist.ReadSigned();
        Assert.Equal(
            ledger.Files.Select(file => $"sha256:{file.Sha256} {SlsaProvenance.PredicateType}").Order(StringComparer.Ordinal),
            Attestations.Of(Repository).Order(StringComparer.Ordinal)
        );
        foreach (var file in ledger.Files)
        {
            Assert.Contains(file.Receipts, receipt => receipt.Stage == RepositoryAttestations.Stage);
            RequireAsGh(Assert.Single(await FoundAsync(file.Sha256, inline)), file.Sha256);
        }

        // A second run finds what is there, and neither run showed the token or sent it to the storage.
        Run("PySign-PublishSignatures");
        Assert.Equal(ledger.Files.Count, Attestations.Of(Repository).Count);
        Assert.DoesNotContain("canary", _jobs.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(
            _server.Requests,
            line =>
                line.Contains("_github-attestations", StringComparison.Ordinal) && line.EndsWith("Authorization", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_job_without_the_permission_is_told_so_and_stops_only_where_it_was_asked_for()
    {
        Configure(options => options with { MayAttest = false });
        Run("PySign-Sign");
        Run("PySign-PublishSignatures");
        Assert.Contains("attestations: write", _jobs.Log, StringComparison.Ordinal);
        Assert.Empty(Attestations.Of(Repository));
        Assert.NotEmpty(_server.Services.GitHub.Stored(Repository));

        var e = Assert.Throws<CakeException>(() => Run("PySign-PublishSignatures", ("PYSIGN_GITHUB_ATTESTATIONS", "always")));
        Assert.Equal(PySignFailure.Forbidden, Causes(e).OfType<PySignException>().First().Reason);
        Run("PySign-PublishSignatures", ("PYSIGN_GITHUB_ATTESTATIONS", "never"));
    }

    [Fact]
    public void What_was_asked_for_and_cannot_be_is_an_error()
    {
        Run("PySign-Sign", ("PYSIGN_PROVENANCE", "never"));
        Assert.Throws<CakeException>(() => Run("PySign-PublishSignatures", ("PYSIGN_GITHUB_ATTESTATIONS", "always")));
        Run("PySign-PublishSignatures");
        Assert.Empty(Attestations.Of(Repository));
    }

    /// <summary>The rules of <c>gh attestation verify FILE -R octo/hello-pysign</c>, in its order.</summary>
    private void RequireAsGh(string json, string sha256)
    {
        var bundle = Bundle.Parse(Encoding.UTF8.GetBytes(json));
        var raw = JsonNode.Parse(json)!;
        Assert.Equal("application/vnd.dev.sigstore.bundle.v0.3+json", (string?)raw["mediaType"]);
        Assert.Equal("application/vnd.in-toto+json", (string?)raw["dsseEnvelope"]!["payloadType"]);
        var proof = new SigstoreVerifier(TrustedRoot.Parse(Encoding.UTF8.GetBytes(_server.Services.TrustedRootJson()))).Verify(
            bundle,
            Artifact.FromSha256(Sha256Digest.Parse(sha256)),
            VerificationPolicy.Pattern($"https://github\\.com/{Repository}/.*", $"{_server.BaseUrl.AbsoluteUri}github-oidc")
        );
        Assert.Equal(SlsaProvenance.PredicateType, proof.PredicateType);
        Assert.Equal($"https://github.com/{Repository}", proof.Certificate![FulcioExtension.SourceRepositoryUri]);
        Assert.Equal("https://github.com/octo", proof.Certificate[FulcioExtension.SourceRepositoryOwnerUri]);
    }

    private async Task<IReadOnlyList<string>> FoundAsync(string sha256, bool inline)
    {
        using var http = new HttpClient();
        var answer = await http.GetFromJsonAsync<JsonNode>(
            $"{Api}/attestations/sha256:{sha256}?predicate_type=https://slsa.dev/provenance/v1",
            TestContext.Current.CancellationToken
        );
        List<string> bundles = [];
        foreach (var row in answer!["attestations"]!.AsArray())
        {
            Assert.Equal(inline, row!["bundle"] is not null);
            var block = await http.GetByteArrayAsync((string)row["bundle_url"]!, TestContext.Current.CancellationToken);
            bundles.Add(Encoding.UTF8.GetString(SnappyBlock.Decompress(block, 1 << 20)));
        }

        return bundles;
    }

    private void Configure(Func<GitHubRepositoryOptions, GitHubRepositoryOptions>? change = null)
    {
        var options = new GitHubRepositoryOptions { Path = Repository, Token = Token };
        _server.Services.GitHub.Configure(change is null ? options : change(options));
    }

    private void Run(string target, params (string Name, string? Value)[] variables)
    {
        var reference = "refs/tags/v1.0.0";
        var token = _server.Services.MintGitHubToken(new JsonObject { ["repository"] = Repository, ["ref"] = reference });
        var claims = JsonNode.Parse(Convert.FromBase64String(Padded(token.Split('.')[1])))!;
        _jobs.RunElsewhere(
            target,
            [
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_REPOSITORY", Repository),
                ("GITHUB_REF", reference),
                ("GITHUB_SHA", (string?)claims["sha"]),
                ("GITHUB_SERVER_URL", "https://github.com"),
                ("GITHUB_API_URL", new Uri(_server.BaseUrl, "/api/v3").AbsoluteUri),
                ("GITHUB_WORKFLOW_REF", (string?)claims["workflow_ref"]),
                ("SIGSTORE_ID_TOKEN", token),
                ("PYSIGN_CERTIFICATE_OIDC_ISSUER", (string?)claims["iss"]),
                ("PYSIGN_TRUSTED_ROOT", _state.File("root.json").FullPath),
                ("PYSIGN_SIGNING_CONFIG", _state.File("config.json").FullPath),
                ("PYSIGN_GENERIC_KIND", "GitHubRelease"),
                ("PYSIGN_GENERIC_TOKEN", Token),
                ("PYSIGN_REPOSITORY_URL", new Uri(_server.BaseUrl, "/legacy/").AbsoluteUri),
                ("PYSIGN_INDEX_URL", new Uri(_server.BaseUrl, "/simple").AbsoluteUri),
                ("TWINE_USERNAME", "__token__"),
                ("TWINE_PASSWORD", "pypi-canary"),
                .. variables,
            ]
        );
    }

    private static IEnumerable<Exception> Causes(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            yield return e;
        }
    }

    private static string Padded(string base64Url) =>
        base64Url.Replace('-', '+').Replace('_', '/').PadRight((base64Url.Length + 3) / 4 * 4, '=');
}

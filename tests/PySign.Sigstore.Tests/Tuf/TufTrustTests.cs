using System.Security.Cryptography;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Tuf;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>The public entry point, the embedded start of the public instance, and its real metadata.</summary>
public sealed class TufTrustTests
{
    private static readonly Uri _mirrorUri = new("https://tuf.example/repo/metadata");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mirror_yields_trusted_root_and_signing_config_with_one_refresh()
    {
        var repository = new TufRepository();
        var root = Embedded.Read("trusted_root.json");
        repository.AddTarget("trusted_root.json", root);
        repository.AddTarget("signing_config.v0.2.json", "{}"u8.ToArray());
        repository.Release();
        using var client = new TufClient(repository);
        using var trust = TufTrust.Mirror(_mirrorUri, repository.InitialRoot, Options(client));
        Assert.Equal(root, await trust.GetTrustedRootJsonAsync(Token));
        Assert.Equal("{}"u8.ToArray(), await trust.GetSigningConfigJsonAsync(Token));
        Assert.NotNull(await trust.GetTrustedRootAsync(Token));
        Assert.Single(client.Requests, static r => r == "metadata/timestamp.json");
        Assert.Empty(client.Warnings);
    }

    [Fact]
    public async Task Questions_at_the_same_time_share_one_refresh()
    {
        var repository = new TufRepository();
        repository.AddTarget("trusted_root.json", [1]);
        repository.Release();
        using var client = new TufClient(repository);
        using var trust = TufTrust.Mirror(_mirrorUri, repository.InitialRoot, Options(client));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => trust.GetTrustedRootJsonAsync(Token)));
        Assert.All(answers, static answer => Assert.Equal([1], answer));
        Assert.Single(client.Requests, static r => r == "metadata/timestamp.json");
    }

    [Fact]
    public async Task A_refused_repository_is_asked_again_and_offline_serves_what_was_believed_with_a_warning()
    {
        var repository = new TufRepository();
        repository.AddTarget("trusted_root.json", [1]);
        repository.Release();
        using var client = new TufClient(repository);
        using (var trust = TufTrust.Mirror(_mirrorUri, repository.InitialRoot, Options(client)))
        {
            Assert.Equal([1], await trust.GetTrustedRootJsonAsync(Token));
        }

        client.Requests.Clear();
        using var offline = TufTrust.Mirror(
            _mirrorUri,
            repository.InitialRoot,
            Options(client) with
            {
                Offline = true,
                Time = new StillClock(TufRepository.Now.AddYears(1)),
            }
        );
        Assert.Equal([1], await offline.GetTrustedRootJsonAsync(Token));
        Assert.Empty(client.Requests);
        var warning = Assert.Single(client.Warnings);
        Assert.Contains("expired (root, timestamp, snapshot, targets)", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offline_without_a_cache_the_public_instance_has_what_is_embedded_and_others_have_nothing()
    {
        var warnings = new List<string>();
        var options = new TufTrustOptions
        {
            Offline = true,
            CacheDirectory = "",
            Warn = warnings.Add,
        };
        using var publicGood = TufTrust.PublicGood(options);
        Assert.Equal(Embedded.Read("trusted_root.json"), await publicGood.GetTrustedRootJsonAsync(Token));
        Assert.Contains("this library carries", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal(Embedded.Read("signing_config.v0.2.json"), await publicGood.GetSigningConfigJsonAsync(Token));
        Assert.Contains("signing_config.v0.2.json", warnings[1], StringComparison.Ordinal);
        Assert.Equal(
            TufFailure.NotAvailableOffline,
            (await Assert.ThrowsAsync<TufException>(() => publicGood.GetTargetAsync("rekor.pub", Token))).Reason
        );

        using var mirror = TufTrust.Mirror(_mirrorUri, new TufRepository().InitialRoot, options);
        Assert.Equal(
            TufFailure.NotAvailableOffline,
            (await Assert.ThrowsAsync<TufException>(() => mirror.GetTrustedRootJsonAsync(Token))).Reason
        );
    }

    [Fact]
    public async Task The_public_instance_is_never_answered_from_what_is_embedded_while_online()
    {
        using var handler = new NoNetwork();
        using var trust = TufTrust.PublicGood(new TufTrustOptions { CacheDirectory = "", Handler = handler });
        var refused = await Assert.ThrowsAsync<TufException>(() => trust.GetTrustedRootJsonAsync(Token));
        Assert.Equal(
            $"https://tuf-repo-cdn.sigstore.dev/{RootMetadata.Parse(Embedded.Read("root.json")).Document.Version + 1}.root.json",
            handler.Asked
        );
        Assert.Equal(TufFailure.Unreachable, refused.Reason);
        Assert.Contains("offline", refused.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void The_embedded_root_is_the_public_instances_and_signs_for_itself()
    {
        var trusted = new TrustedMetadataSet(Embedded.Read("root.json"), TufRepository.Now);
        Assert.True(trusted.Root.Document.Version >= 16);
        Assert.Equal(5, trusted.Root.Root.KeyIds.Count);
        Assert.Equal(3, trusted.Root.Root.Threshold);
        Assert.True(trusted.Root.ConsistentSnapshot);
        Assert.All(trusted.Root.Keys.Values, static key => Assert.NotNull(key.Material));
        Assert.True(trusted.Root.Document.Expires >= new DateTimeOffset(2027, 4, 22, 19, 27, 31, TimeSpan.Zero));
    }

    [Fact]
    public void The_embedded_signing_config_names_the_services_of_the_public_instance()
    {
        var services = SigningConfig.PublicGood().Select(TufRepository.Now);
        Assert.Equal(SigningServices.PublicGood.Fulcio, services.Fulcio);
        Assert.Equal(
            SigningServices.PublicGood.Logs.Select(static log => (log.Uri, log.MajorApiVersion)),
            services.Logs.Select(static log => (log.Uri, log.MajorApiVersion))
        );
        Assert.Equal(SigningServices.PublicGood.TimestampAuthorities, services.TimestampAuthorities);
    }

    [Fact]
    public void The_embedded_files_are_those_that_their_origin_names()
    {
        var origin = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "src", "PySign.Sigstore", "Trust", "Embedded", "ORIGIN.md"));
        foreach (var name in new[] { "root.json", "trusted_root.json", "signing_config.v0.2.json" })
        {
            var row = Assert.Single(origin.Split('\n'), line => line.StartsWith($"| `{name}` |", StringComparison.Ordinal));
            Assert.EndsWith($"| `{Convert.ToHexStringLower(SHA256.HashData(Embedded.Read(name)))}` |", row, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void All_five_signatures_of_the_embedded_root_are_real()
    {
        var root = RootMetadata.Parse(Embedded.Read("root.json"));
        new RoleKeys(root.Root.KeyIds, 5).Check(root.Document, root.Keys, "the test");
        Assert.Throws<TufException>(() => new RoleKeys(root.Root.KeyIds, 6).Check(root.Document, root.Keys, "the test"));
    }

    [Theory]
    [InlineData("http://tuf.example/")]
    [InlineData("https://user:secret@tuf.example/")]
    [InlineData("https://tuf.example/?token=1")]
    [InlineData("ftp://tuf.example/")]
    [InlineData("relative/path")]
    public void Addresses_that_may_not_be_called_are_refused_at_once(string address) =>
        Assert.DoesNotContain(
            "secret",
            Assert
                .Throws<ArgumentException>(() =>
                    TufTrust.Mirror(new Uri(address, UriKind.RelativeOrAbsolute), new TufRepository().InitialRoot)
                )
                .Message,
            StringComparison.Ordinal
        );

    private static TufTrustOptions Options(TufClient client) =>
        new()
        {
            CacheDirectory = client.Folder,
            Handler = client,
            Time = new StillClock(TufRepository.Now),
            Warn = client.Warnings.Add,
        };

    private sealed class NoNetwork : HttpMessageHandler
    {
        public string? Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked ??= request.RequestUri!.AbsoluteUri;
            throw new HttpRequestException("no network");
        }
    }
}

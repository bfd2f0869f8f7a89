using Cake.PySign.Recipe;
using Cake.PySign.Sandbox;
using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.Store;

namespace Cake.PySign.Tests.Recipe;

/// <summary>
/// A release to any kind of store, or with attestations to an index, ends at any request and loses its folder; its tag runs once more. What
/// is public is found again, and what was signed and is public is never signed twice.
/// </summary>
public sealed class LostStoreTests(SandboxFixture fixture, OwnSandbox own) : IClassFixture<OwnSandbox>
{
    /// <summary>Every how many boundaries the release ends; one for all of them.</summary>
    private static int Step => Environment.GetEnvironmentVariable("PYSIGN_KILL_POINTS") is null ? 29 : 1;

    [Theory]
    [InlineData(StoreKind.Http)]
    [InlineData(StoreKind.GitHubRelease)]
    [InlineData(StoreKind.GitLab)]
    public async Task Killed_at_a_request_and_without_its_folder_a_second_run_ends_green_and_a_third_makes_and_sends_nothing(StoreKind kind)
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign);
        await using var server = await StartAsync(jobs.Folder);
        using var rig = await jobs.JobAsync();
        var points = 0;
        for (var killedAt = 1; await IsKilledAsync(killedAt); killedAt += Step)
        {
            points++;
        }

        Assert.InRange(points, 2, 400);
        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {points} boundaries");

        async Task<bool> IsKilledAsync(int killedAt)
        {
            var place = new StoreAndIndex(server, kind, killedAt);
            var first = MemoryRegistries.Copy(jobs.Dist.Path.FullPath, jobs.Folder.Folder($"{kind}-{killedAt}").FullPath);
            using var network = Network();
            using var power = new KillingHandler(network, killedAt, System.IO.Path.Combine(first, LedgerStore.FileName));
            await Record.ExceptionAsync(() => MemoryRegistries.PublishAsync(place.Release(rig, first, power)));
            var signed = new DistFolder(first).ReadSigned();
            var isPublic = place.Names();

            // A dead runner: a new build of the same sources is all there is.
            var second = await RunAgainAsync($"{kind}-{killedAt}-second");
            foreach (var part in signed.SignatureFiles.Where(part => isPublic.Contains(part.Name)))
            {
                Assert.Contains(second.SignatureFiles, again => again == part);
            }

            var stored = place.Stored();

            // A GitHub release has the distributions and what is said about all files as well.
            var names = second.SignatureFiles.Select(part => part.Name).ToHashSet(StringComparer.Ordinal);
            Assert.Equal(
                second.SignatureFiles.Select(part => $"{part.Name} {part.Sha256}").Order(StringComparer.Ordinal),
                stored.Where(line => names.Contains(line.Split(' ')[0]))
            );

            var third = await RunAgainAsync($"{kind}-{killedAt}-third");
            Assert.Equal(second.SignatureFiles, third.SignatureFiles);
            Assert.Equal(second.Files.SelectMany(file => file.Signature!.Logs), third.Files.SelectMany(file => file.Signature!.Logs));
            Assert.Equal(stored, place.Stored());
            return power.IsDead;

            async Task<Ledger> RunAgainAsync(string name)
            {
                var dist = MemoryRegistries.Copy(jobs.Dist.Path.FullPath, jobs.Folder.Folder(name).FullPath);
                ReleaseJobs.LoseFolder(new DistFolder(dist));
                using var again = Network();
                return await SignAndPublishAsync(place.Release(rig, dist, again));
            }
        }
    }

    [Fact]
    public async Task Killed_at_a_request_of_a_release_with_attestations_a_second_run_takes_from_the_index_what_it_serves()
    {
        var sandbox = await own.FreshAsync();
        using var control = sandbox.CreateControlClient();
        using var jobs = await ReleaseJobs.CreateAsync(sandbox);
        jobs.PlayBuild();
        await using var server = await StartAsync(jobs.Folder);
        using (var rig = await TrustedJobAsync(jobs, sandbox))
        {
            using var network = Network();
            await SignStage.RunAsync(Release(rig, 0, jobs.Dist.Path.FullPath, network), TestContext.Current.CancellationToken);
        }

        var signed = jobs.Dist.ReadSigned();
        var points = 0;
        for (var killedAt = 1; await IsKilledAsync(killedAt); killedAt += 2 * Step)
        {
            points++;
        }

        Assert.InRange(points, 2, 600);
        TestContext.Current.TestOutputHelper?.WriteLine($"With attestations: {points} of {points * 2 * Step} boundaries");

        async Task<bool> IsKilledAsync(int killedAt)
        {
            using var reset = await control.PostAsync("/_sandbox/reset", null, TestContext.Current.CancellationToken);
            using var rig = await TrustedJobAsync(jobs, sandbox);
            var first = MemoryRegistries.Copy(jobs.Dist.Path.FullPath, jobs.Folder.Folder($"attested-{killedAt}").FullPath);
            using var network = Network();
            using var power = new KillingHandler(network, killedAt, System.IO.Path.Combine(first, LedgerStore.FileName));
            await Record.ExceptionAsync(() => MemoryRegistries.PublishAsync(Release(rig, killedAt, first, power)));
            var served = await ServedAsync(control);
            var second = await RunAgainAsync("second");
            foreach (var file in served.Keys)
            {
                // The attestations that are public: not one more is made for the file.
                Assert.Equal(served[file], (await ServedAsync(control))[file]);
                Assert.Equal(Attestation(signed, file).Sha256, Attestation(second, file).Sha256);
            }

            var third = await RunAgainAsync("third");
            Assert.Equal(second.SignatureFiles.OrderBy(part => part.Name), third.SignatureFiles.OrderBy(part => part.Name));
            Assert.Equal(second.Files.SelectMany(file => file.Signature!.Logs), third.Files.SelectMany(file => file.Signature!.Logs));
            return power.IsDead;

            async Task<Ledger> RunAgainAsync(string run)
            {
                var dist = MemoryRegistries.Copy(jobs.Dist.Path.FullPath, jobs.Folder.Folder($"attested-{killedAt}-{run}").FullPath);
                ReleaseJobs.LoseFolder(new DistFolder(dist));
                using var again = Network();
                using var job = await TrustedJobAsync(jobs, sandbox);
                return await SignAndPublishAsync(Release(job, killedAt, dist, again));
            }
        }

        Release Release(CakeRig rig, int number, string dist, HttpMessageHandler handler) =>
            Attested(new StoreAndIndex(server, StoreKind.Http, number), rig, dist, handler, sandbox);

        static LedgerSignatureFile Attestation(Ledger ledger, string file) =>
            ledger[file].Signature!.Files.Single(part => part.Name == file + ".publish.attestation");
    }

    /// <summary>Each file that the index has, with the digest of its provenance.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> ServedAsync(HttpClient control)
    {
        var served = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in new[] { "hello_pysign-1.0.0-py3-none-any.whl", "hello_pysign-1.0.0.tar.gz" })
        {
            using var answer = await control.GetAsync(
                $"/integrity/hello-pysign/1.0.0/{file}/provenance",
                TestContext.Current.CancellationToken
            );
            if (answer.IsSuccessStatusCode)
            {
                served[file] = Convert.ToHexStringLower(
                    System.Security.Cryptography.SHA256.HashData(
                        await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)
                    )
                );
            }
        }

        return served;
    }

    private static async Task<Ledger> SignAndPublishAsync(Release release)
    {
        await SignStage.RunAsync(release, TestContext.Current.CancellationToken);
        await VerifyStage.RunAsync(release, TestContext.Current.CancellationToken);
        await MemoryRegistries.PublishAsync(release);
        return release.Dist.ReadSigned();
    }

    private static Release Attested(StoreAndIndex place, CakeRig rig, string dist, HttpMessageHandler handler, PySignSandbox sandbox)
    {
        var options = place.Release(rig, dist, handler).Options;
        (options.Index.UserName, options.Index.Password) = (null, null);
        options.RepositoryUrl = new Uri(sandbox.Info.BaseUrl, "/legacy/");
        options.Index.Url = new Uri(sandbox.Info.BaseUrl, "/simple");
        return new Release(rig.Context, options, rig.Services(handler, new FastTime(), new PlayedTwine(handler) { Version = "6.1.0" }));
    }

    [Theory]
    [InlineData(StoreKind.Http)]
    [InlineData(StoreKind.GitHubRelease)]
    public async Task Other_bytes_stop_with_both_digests_before_anything_is_logged(StoreKind kind)
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign);
        await using var server = await StartAsync(jobs.Folder);
        using var rig = await jobs.JobAsync();
        var place = new StoreAndIndex(server, kind, 1);
        using var network = Network();
        await PublishSignaturesStage.RunAsync(place.Release(rig, jobs.Dist.Path.FullPath, network), TestContext.Current.CancellationToken);
        var there = jobs.Dist.Store.Read();
        jobs.PlayBuild("print('rebuilt')\n");
        var here = jobs.Dist.Store.Read();
        var e = await Assert.ThrowsAsync<PySignException>(() =>
            SignStage.RunAsync(place.Release(rig, jobs.Dist.Path.FullPath, network), TestContext.Current.CancellationToken)
        );
        Assert.Equal(PySignFailure.Conflict, e.Reason);
        Assert.All(
            there.Files,
            file =>
            {
                Assert.Contains(file.Sha256, e.Message, StringComparison.Ordinal);
                Assert.Contains(here[file.Name].Sha256, e.Message, StringComparison.Ordinal);
            }
        );
        Assert.All(jobs.Dist.Store.Read().Files, file => Assert.Null(file.Signature));
    }

    /// <summary>Half of a release's signatures in the folder, others of the same files in the store: those that are public stand.</summary>
    [Fact]
    public async Task What_is_public_stands_over_a_signature_of_the_same_bytes_in_the_folder()
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign);
        await using var server = await StartAsync(jobs.Folder);
        using var rig = await jobs.JobAsync();
        var place = new StoreAndIndex(server, StoreKind.Http, 1);
        using var network = Network();
        var release = place.Release(rig, jobs.Dist.Path.FullPath, network);
        await PublishSignaturesStage.RunAsync(release, TestContext.Current.CancellationToken);
        var published = jobs.Dist.ReadSigned();

        var lost = MemoryRegistries.Copy(jobs.Dist.Path.FullPath, jobs.Folder.Folder("second").FullPath);
        ReleaseJobs.LoseFolder(new DistFolder(lost));
        var offline = place.Release(rig, lost, network);
        (offline.Options.Store.Url, offline.Options.RepositoryUrl) = (null, null);
        await SignStage.RunAsync(offline, TestContext.Current.CancellationToken);
        var ours = new DistFolder(lost).ReadSigned();
        Assert.NotEqual(published.Files[0].Signature!.Files[0], ours.Files[0].Signature!.Files[0]);
        new DistFolder(lost).Store.Write(ours with { Statement = null });
        File.Delete(new DistFolder(lost).File(ours.Statement!.File.Name).FullPath);

        var again = place.Release(rig, lost, network);
        await SignStage.RunAsync(again, TestContext.Current.CancellationToken);
        await VerifyStage.RunAsync(again, TestContext.Current.CancellationToken);
        await PublishSignaturesStage.RunAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(published.SignatureFiles, again.Dist.ReadSigned().SignatureFiles);
    }

    public static TheoryData<int, PySignFailure> Unreadable() =>
        new()
        {
            { 401, PySignFailure.Unauthorized },
            { 403, PySignFailure.Forbidden },
            { 404, PySignFailure.NotFound },
            { 503, PySignFailure.Unreachable },
            { 0, PySignFailure.TimedOut },
        };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task A_place_that_cannot_be_read_stops_before_the_first_log_entry_unless_that_is_waived(int status, PySignFailure reason)
    {
        using var jobs = await ReleaseJobs.CreateAsync(await fixture.Sandbox);
        jobs.PlayBuild();
        await using var server = await StartAsync(jobs.Folder);
        using var rig = await jobs.JobAsync();
        foreach (var path in new[] { "/store/", "/simple/" })
        {
            using var network = new UnreadHandler(Network(), path, status);
            var release = new StoreAndIndex(server, StoreKind.Http, 1).Release(rig, jobs.Dist.Path.FullPath, network, new FastTime());
            var e = await Assert.ThrowsAsync<PySignException>(() => SignStage.RunAsync(release, TestContext.Current.CancellationToken));
            Assert.Equal(reason, e.Reason);
            Assert.StartsWith("Nothing was signed.", e.Message, StringComparison.Ordinal);
            Assert.Contains("PYSIGN_ALLOW_UNREAD_REGISTRIES", e.Advice, StringComparison.Ordinal);
            Assert.All(jobs.Dist.Store.Read().Files, file => Assert.Null(file.Signature));
            Assert.DoesNotContain(network.Seen, uri => uri.Contains("/log/", StringComparison.Ordinal));
        }

        if (status is not (403 or 404))
        {
            return;
        }

        using var refusing = new UnreadHandler(Network(), "/store/", status);
        var waived = new StoreAndIndex(server, StoreKind.Http, 1).Release(rig, jobs.Dist.Path.FullPath, refusing);
        waived.Options.AllowUnreadRegistries = true;
        await SignStage.RunAsync(waived, TestContext.Current.CancellationToken);
        Assert.NotNull(jobs.Dist.ReadSigned().Statement);
    }

    [Fact]
    public async Task Attestations_and_provenance_that_only_the_index_has_are_taken_from_there_and_nothing_is_made_or_sent()
    {
        var sandbox = await own.FreshAsync();
        using var jobs = await ReleaseJobs.CreateAsync(sandbox);
        jobs.PlayBuild();
        await using var server = await StartAsync(jobs.Folder);
        using var rig = await TrustedJobAsync(jobs, sandbox);
        using var network = Network();
        var release = Release(network);
        var first = await SignAndPublishAsync(release);
        Assert.All(first.Files, file => Assert.Equal(6, file.Signature!.Files.Count));

        jobs.LoseFolder();
        using var forgetful = new UnreadHandler(Network(), "attestation", 404, "gone") { Also = "provenance.sigstore.json" };
        var again = Release(forgetful);
        await SignStage.RunAsync(again, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(forgetful.Seen, line => line.StartsWith("POST", StringComparison.Ordinal));
        await VerifyStage.RunAsync(release, TestContext.Current.CancellationToken);
        Assert.Equal(Names(first), Names(jobs.Dist.ReadSigned()));

        // The store has them after all: the same attestations, in whatever bytes.
        jobs.LoseFolder();
        await SignStage.RunAsync(release, TestContext.Current.CancellationToken);
        await MemoryRegistries.PublishAsync(release);
        Assert.Equal(first.SignatureFiles.OrderBy(part => part.Name), jobs.Dist.ReadSigned().SignatureFiles.OrderBy(part => part.Name));

        // Published by somebody else, without attestations: they cannot be added, which is known before one is made.
        jobs.LoseFolder();
        using var bare = new UnreadHandler(Network(), "/integrity/", 404, "gone") { Also = "attestation" };
        var e = await Assert.ThrowsAsync<PySignException>(() => SignStage.RunAsync(Release(bare), TestContext.Current.CancellationToken));
        Assert.Equal(PySignFailure.NotFound, e.Reason);
        Assert.DoesNotContain(bare.Seen, line => line.StartsWith("POST", StringComparison.Ordinal));

        Release Release(HttpMessageHandler handler) =>
            Attested(new StoreAndIndex(server, StoreKind.Http, 1), rig, jobs.Dist.Path.FullPath, handler, sandbox);

        static IEnumerable<string> Names(Ledger ledger) => ledger.SignatureFiles.Select(part => part.Name).Order(StringComparer.Ordinal);
    }

    private static async Task<CakeRig> TrustedJobAsync(ReleaseJobs jobs, PySignSandbox sandbox)
    {
        await jobs.TrustAsync();
        var token = await sandbox.MintGitLabTokenAsync(
            new Dictionary<string, object>
            {
                ["aud"] = "pypi",
                ["project_path"] = jobs.Path,
                ["ref"] = "v1.0.0",
                ["ref_type"] = "tag",
            },
            TestContext.Current.CancellationToken
        );
        return await jobs.JobAsync(
            ("PYSIGN_TRUSTED_PUBLISHING", "always"),
            ("PYSIGN_ATTESTATIONS", "always"),
            ("PYSIGN_PROVENANCE", "always"),
            ("PYPI_ID_TOKEN", token)
        );
    }

    private static SocketsHttpHandler Network() => new() { AllowAutoRedirect = false, UseProxy = false };

    private static async Task<SandboxServer> StartAsync(TemporaryFolder folder)
    {
        var server = await SandboxServer.StartAsync(folder);
        server.Services.Store.Options = new HttpStoreOptions { Token = StoreAndIndex.Token };
        return server;
    }
}

using PySign.Formats;
using PySign.Sigstore.Tuf;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>The memory between runs: shared, damaged, read-only, or absent.</summary>
public sealed class CacheTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"signatures\":[],\"signed\":{}}")]
    public async Task Damaged_files_are_fetched_again_and_mended(string damage)
    {
        var repository = new TufRepository();
        repository.Delegate("targets", "a");
        repository.AddTarget("file", [1], "a");
        repository.Release();
        repository.NextRoot();
        using var client = new TufClient(repository);
        await client.DownloadAsync("file");
        var files = Directory
            .GetFiles(client.Folder!, "*", SearchOption.AllDirectories)
            .Where(static f => !f.EndsWith(".lock", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(7, files.Count);
        var good = files.ToDictionary(static f => f, File.ReadAllBytes);
        foreach (var file in files)
        {
            await File.WriteAllTextAsync(file, damage, Token);
        }

        Assert.Equal([1], await client.DownloadAsync("file"));
        Assert.All(files, file => Assert.Equal(good[file], File.ReadAllBytes(file)));
    }

    [Fact]
    public async Task A_file_larger_than_its_bound_is_not_read()
    {
        var repository = new TufRepository();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        await using (var huge = new FileStream(Path.Combine(client.Folder!, "timestamp.json"), FileMode.Create))
        {
            huge.SetLength(1L << 40);
        }

        await client.RefreshAsync();
        Assert.Equal(1, client.Stored("timestamp"));
    }

    [Fact]
    public async Task Metadata_of_another_repository_in_the_cache_is_no_hindrance()
    {
        var repository = new TufRepository();
        var other = new TufRepository();
        other.Bump("timestamp", 100);
        other.Release();
        using var client = new TufClient(other);
        await client.RefreshAsync();
        using var mine = new TufClient(repository) { Folder = client.Folder };
        await mine.RefreshAsync();
        Assert.Equal("0 1 1 1", mine.StoredVersions());
    }

    [Theory]
    [InlineData("/proc/pysign")]
    [InlineData(null)]
    public async Task Without_a_folder_that_can_be_written_everything_is_kept_in_memory(string? folder)
    {
        if (folder is not null && !Directory.Exists("/proc"))
        {
            Assert.Skip("NO /proc HERE: the read-only folder was NOT tried.");
        }

        var repository = new TufRepository();
        repository.AddTarget("file", [1]);
        repository.Release();
        using var client = new TufClient(repository);
        Directory.Delete(client.Folder!);
        client.Folder = folder;
        var updater = client.NewUpdater();
        await updater.RefreshAsync(Token);
        var target = await updater.FindTargetAsync("file", Token);
        Assert.Equal([1], await updater.DownloadTargetAsync(target, Token));
        var asked = client.Requests.Count;
        Assert.Equal([1], await updater.DownloadTargetAsync(target, Token));
        Assert.Equal(asked, client.Requests.Count);
        Assert.Equal(folder is null ? 0 : 1, client.Warnings.Count);
    }

    [Fact]
    public async Task No_temporary_file_stays()
    {
        var repository = new TufRepository();
        repository.NextRoot();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        Assert.DoesNotContain(Directory.GetFiles(client.Folder!, "*", SearchOption.AllDirectories), static f => WholeFile.TargetOf(f) != f);
    }

    [Fact]
    public async Task A_slow_process_does_not_take_back_what_a_quick_one_has_seen()
    {
        var repository = new TufRepository();
        using var slow = new TufClient(repository);
        using var quick = new TufClient(repository) { Folder = slow.Folder };
        slow.Intercept = path =>
        {
            if (path == "metadata/1.snapshot.json")
            {
                // While the slow one waits for the snapshot, the repository moves on and the quick one sees it.
                repository.Release();
                repository.Release();
                Task.Run(quick.RefreshAsync, Token).GetAwaiter().GetResult();
            }

            return null;
        };
        await slow.RefreshAsync();
        Assert.Equal("0 3 3", quick.StoredVersions()[..5]);
        repository.Bump("timestamp", -1);
        repository.Publish("timestamp");
        Assert.Equal(TufFailure.Rollback, await slow.RefusedAsync());
    }

    [Fact]
    public async Task Sixteen_clients_share_one_folder_while_the_repository_moves_on()
    {
        var repository = new TufRepository();
        var names = Enumerable.Range(0, 8).Select(static i => $"target-{i}").ToArray();
        foreach (var name in names)
        {
            repository.AddTarget(name, System.Text.Encoding.UTF8.GetBytes(name + " v1"));
        }

        repository.Release();
        var folder = Directory.CreateTempSubdirectory("tuf-shared-").FullName;
        var clients = Enumerable.Range(0, 16).Select(_ => new TufClient(repository) { Folder = folder }).ToList();
        for (var round = 1; round <= 5; round++)
        {
            await Parallel.ForEachAsync(
                clients,
                new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Token },
                async (client, _) =>
                {
                    foreach (var name in names)
                    {
                        Assert.Equal($"{name} v{round}", System.Text.Encoding.UTF8.GetString(await client.DownloadAsync(name)));
                    }
                }
            );
            Assert.Equal($"{(round == 1 ? 0 : round)} {round + 1} {round + 1} {round + 1}", clients[0].StoredVersions());
            foreach (var name in names)
            {
                repository.AddTarget(name, System.Text.Encoding.UTF8.GetBytes($"{name} v{round + 1}"));
            }

            repository.Release();
            repository.NextRoot();
        }

        Assert.All(clients, static client => Assert.Empty(client.Warnings));
        Assert.DoesNotContain(Directory.GetFiles(folder, "*", SearchOption.AllDirectories), static f => WholeFile.TargetOf(f) != f);
        clients.ForEach(static client => client.Dispose());
    }

    [Fact]
    public async Task Waiting_for_another_process_has_an_end_and_can_be_cancelled()
    {
        var folder = Directory.CreateTempSubdirectory("tuf-cache-").FullName;
        using (new FileStream(Path.Combine(folder, ".lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            var time = new FastTime();
            var cache = new TufCache(folder, null, Assert.Fail, time);
            await cache.WriteNewerAsync("file", new byte[] { 1 }, 10, static _ => false, Token);
            Assert.InRange(time.Waited, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
            Assert.NotNull(cache.Read("file", 10));
            using var ended = new CancellationTokenSource();
            await ended.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
                cache.WriteNewerAsync("other", new byte[] { 1 }, 10, static _ => false, ended.Token)
            );
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Readers_never_see_a_part_of_a_file_and_writers_never_fail()
    {
        var folder = Directory.CreateTempSubdirectory("tuf-cache-").FullName;
        var warnings = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 16),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Token },
            (worker, _) =>
            {
                for (var i = 0; i < 100; i++)
                {
                    // A new cache each time: a process of its own, without memory.
                    new TufCache(folder, null, warnings.Enqueue).Write("file", Enumerable.Repeat((byte)worker, 50_000 + worker).ToArray());
                    var read = new TufCache(folder, null, warnings.Enqueue).Read("file", 1 << 20)!;
                    Assert.Equal(50_000 + read[0], read.Length);
                    Assert.Equal(-1, read.AsSpan().IndexOfAnyExcept(read[0]));
                }

                return ValueTask.CompletedTask;
            }
        );
        Assert.Empty(warnings);
        Assert.Equal(["file"], Directory.GetFiles(folder).Select(static f => Path.GetFileName(f)));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Offline_the_cache_answers_without_a_request_even_when_it_has_expired()
    {
        var repository = new TufRepository();
        repository.NextRoot();
        repository.AddTarget("file", [1]);
        repository.Release();
        using var client = new TufClient(repository);
        await client.DownloadAsync("file");
        client.Requests.Clear();
        client.Offline = true;
        var updater = client.NewUpdater();
        await updater.RefreshAsync(Token);
        Assert.Equal([1], await updater.DownloadTargetAsync(await updater.FindTargetAsync("file", Token), Token));
        Assert.Empty(client.Requests);
        Assert.Empty(updater.Trusted.ExpiredAt(TufRepository.Now));
        Assert.Equal(["root", "timestamp", "snapshot", "targets"], updater.Trusted.ExpiredAt(TufRepository.Now.AddYears(1)));
    }

    [Fact]
    public async Task Offline_forged_files_in_the_cache_are_not_used()
    {
        var repository = new TufRepository();
        repository.AddTarget("file", [1]);
        repository.Release();
        using var client = new TufClient(repository);
        await client.DownloadAsync("file");
        client.Offline = true;
        await File.WriteAllBytesAsync(Path.Combine(client.Folder!, "targets", "file"), [2], Token);
        Assert.Equal(TufFailure.NotAvailableOffline, await client.RefusedAsync("file"));

        var forger = new TufRepository();
        forger.AddTarget("file", [2]);
        forger.Release();
        await File.WriteAllBytesAsync(Path.Combine(client.Folder!, "targets.json"), forger.Files["metadata/2.targets.json"], Token);
        Assert.Equal(TufFailure.NotAvailableOffline, await client.RefusedAsync("file"));
    }

    [Fact]
    public async Task Offline_without_a_cache_there_is_nothing()
    {
        using var client = new TufClient(new TufRepository()) { Offline = true };
        Assert.Equal(TufFailure.NotAvailableOffline, await client.RefusedAsync());
        Assert.Empty(client.Requests);
    }

    [Fact]
    public void Encoded_names_differ_even_where_case_is_ignored_and_stay_short_and_harmless()
    {
        string[] names =
        [
            "root",
            "Root",
            "rOOt",
            "a/b",
            "a%2Fb",
            "a%2fb",
            ".",
            "..",
            ".hidden",
            "a.",
            "con:",
            "é",
            "",
            new string('x', 500),
            new string('x', 501),
            new string('X', 100),
        ];
        var encoded = names.Select(CacheNames.Encode).ToList();
        Assert.Equal(names.Length, encoded.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(encoded, static name => Assert.Matches("^(?![.])[a-z0-9_.%A-F-]{0,182}$", name));
    }
}

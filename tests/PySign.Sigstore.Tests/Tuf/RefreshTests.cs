using System.Net;
using System.Text.Json.Nodes;
using PySign.Sigstore.Tuf;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>The plain workflow, unusual but honest repositories, and what is asked for in which order.</summary>
public sealed class RefreshTests
{
    [Fact]
    public async Task The_first_refresh_asks_in_the_order_of_the_specification_and_keeps_everything()
    {
        var repository = new TufRepository();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        Assert.Equal(
            ["metadata/2.root.json", "metadata/timestamp.json", "metadata/1.snapshot.json", "metadata/1.targets.json"],
            client.Requests
        );
        Assert.Equal("0 1 1 1", client.StoredVersions());
        Assert.Equal(repository.Files["metadata/timestamp.json"], File.ReadAllBytes(Path.Combine(client.Folder!, "timestamp.json")));
    }

    [Fact]
    public async Task A_second_refresh_without_news_asks_for_the_next_root_and_the_timestamp_only()
    {
        var repository = new TufRepository();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        client.Requests.Clear();
        await client.RefreshAsync();
        Assert.Equal(["metadata/2.root.json", "metadata/timestamp.json"], client.Requests);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task A_missing_next_root_ends_the_chain(HttpStatusCode status)
    {
        var repository = new TufRepository();
        repository.NextRoot();
        repository.NextRoot();
        using var client = new TufClient(repository)
        {
            Intercept = path => path == "metadata/4.root.json" ? new HttpResponseMessage(status) : null,
        };
        await client.RefreshAsync();
        Assert.Equal("3 1 1 1", client.StoredVersions());
    }

    [Fact]
    public async Task A_repository_that_answers_with_errors_is_unreachable_and_nothing_is_kept()
    {
        using var client = new TufClient(new TufRepository())
        {
            Intercept = _ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable),
        };
        Assert.Equal(TufFailure.Unreachable, await client.RefusedAsync());
        Assert.Equal("0 0 0 0", client.StoredVersions());
    }

    [Fact]
    public async Task A_lost_connection_is_unreachable()
    {
        using var client = new TufClient(new TufRepository()) { Intercept = _ => throw new HttpRequestException("connection reset") };
        Assert.Equal(TufFailure.Unreachable, await client.RefusedAsync());
    }

    [Theory]
    [InlineData("metadata/timestamp.json", "0 0 0 0")]
    [InlineData("metadata/1.snapshot.json", "0 1 0 0")]
    [InlineData("metadata/1.targets.json", "0 1 1 0")]
    public async Task A_missing_file_is_reported_and_what_came_before_it_stays(string path, string stored)
    {
        var repository = new TufRepository();
        repository.Files.Remove(path);
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.MissingFile, await client.RefusedAsync());
        Assert.Equal(stored, client.StoredVersions());
    }

    [Fact]
    public async Task Unknown_members_are_tolerated_and_take_part_in_the_signature()
    {
        var repository = new TufRepository();
        repository["root"]["x-custom"] = "été \"quoted\" \\ \n";
        repository["root"]["roles"]!["mirrors"] = new JsonObject { ["keyids"] = new JsonArray(), ["threshold"] = 0 };
        repository["root"]["roles"]!["root"]!["x-period"] = 197;
        foreach (var (_, key) in (JsonObject)repository["root"]["keys"]!)
        {
            key!["keyid_hash_algorithms"] = new JsonArray("md5");
            key["x-owner"] = new JsonObject { ["a"] = 1, ["b"] = new JsonArray(true, null, -5) };
        }

        repository.NextRoot();
        repository["targets"]["x-more"] = new JsonObject();
        repository.Release();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        Assert.Equal("2 2 2 2", client.StoredVersions());
    }

    [Fact]
    public async Task A_removed_unknown_member_breaks_the_signature()
    {
        var repository = new TufRepository();
        repository["timestamp"]["x-more"] = "kept";
        repository.ReleaseTimestamp();
        var file = JsonNode.Parse(repository.Files["metadata/timestamp.json"])!;
        ((JsonObject)file["signed"]!).Remove("x-more");
        repository.Files["metadata/timestamp.json"] = System.Text.Encoding.UTF8.GetBytes(file.ToJsonString());
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.ThresholdNotMet, await client.RefusedAsync());
    }

    [Fact]
    public async Task White_space_and_the_order_of_members_do_not_matter()
    {
        var repository = new TufRepository();
        var file = JsonNode.Parse(repository.Files["metadata/timestamp.json"])!;
        var signed = (JsonObject)file["signed"]!;
        var turned = new JsonObject(signed.Reverse().Select(static m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())));
        file["signed"] = turned;
        repository.Files["metadata/timestamp.json"] = System.Text.Encoding.UTF8.GetBytes(file.ToJsonString(new() { WriteIndented = true }));
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        Assert.Equal(1, client.Stored("timestamp"));
    }

    [Fact]
    public async Task Without_consistent_snapshots_plain_names_are_asked_for()
    {
        var repository = new TufRepository { ConsistentSnapshot = false };
        repository.NextRoot();
        repository.AddTarget("folder/file.txt", [1, 2, 3]);
        repository.Release();
        using var client = new TufClient(repository);
        Assert.Equal([1, 2, 3], await client.DownloadAsync("folder/file.txt"));
        Assert.Equal(
            [
                "metadata/2.root.json",
                "metadata/3.root.json",
                "metadata/timestamp.json",
                "metadata/snapshot.json",
                "metadata/targets.json",
                "targets/folder/file.txt",
            ],
            client.Requests
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Listed_lengths_and_hashes_of_metadata_are_honored(bool lies)
    {
        var repository = new TufRepository { ListsHashes = true };
        repository.Release();
        if (lies)
        {
            repository["targets"]["x"] = "signed, but not what the snapshot means";
            repository.Publish("targets");
        }

        using var client = new TufClient(repository);
        if (lies)
        {
            Assert.Equal(TufFailure.TooLarge, await client.RefusedAsync());
            Assert.Equal("0 2 2 0", client.StoredVersions());
        }
        else
        {
            await client.RefreshAsync();
            Assert.Equal("0 2 2 2", client.StoredVersions());
        }
    }
}

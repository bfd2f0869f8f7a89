using System.Text.Json.Nodes;
using PySign.Sigstore.Tuf;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>Rollback attacks on every role, and the one way back from a fast-forward attack: other keys.</summary>
public sealed class RollbackTests
{
    [Fact]
    public async Task An_older_timestamp_is_refused()
    {
        var repository = new TufRepository();
        using var client = new TufClient(repository);
        repository.ReleaseTimestamp();
        await client.RefreshAsync();
        repository.Bump("timestamp", -1);
        repository.Publish("timestamp");
        Assert.Equal(TufFailure.Rollback, await client.RefusedAsync());
        Assert.Equal("0 2 1 1", client.StoredVersions());
        Assert.Equal("metadata/timestamp.json", client.Requests[^1]);
    }

    [Fact]
    public async Task A_timestamp_of_the_same_version_and_other_content_does_not_replace_the_believed_one()
    {
        var repository = new TufRepository();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        var believed = await File.ReadAllBytesAsync(Path.Combine(client.Folder!, "timestamp.json"), TestContext.Current.CancellationToken);
        repository["timestamp"]["meta"]!["snapshot.json"]!["version"] = 100;
        repository.Publish("timestamp");
        await client.RefreshAsync();
        Assert.Equal(
            believed,
            await File.ReadAllBytesAsync(Path.Combine(client.Folder!, "timestamp.json"), TestContext.Current.CancellationToken)
        );
        Assert.Equal("metadata/timestamp.json", client.Requests[^1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_newer_timestamp_that_names_an_older_snapshot_is_refused(bool listsHashes)
    {
        var repository = new TufRepository { ListsHashes = listsHashes };
        using var client = new TufClient(repository);
        repository.ReleaseSnapshot();
        await client.RefreshAsync();
        repository.Bump("snapshot", -1);
        repository.ReleaseTimestamp();
        Assert.Equal(TufFailure.Rollback, await client.RefusedAsync());
        Assert.Equal("0 2 2 1", client.StoredVersions());
    }

    [Fact]
    public async Task A_snapshot_that_goes_back_behind_the_timestamps_back_is_not_even_asked_for()
    {
        var repository = new TufRepository();
        using var client = new TufClient(repository);
        repository.ReleaseSnapshot();
        await client.RefreshAsync();
        repository.Bump("snapshot", -1);
        repository.Files["metadata/2.snapshot.json"] = repository.Sign("snapshot");
        await client.RefreshAsync();
        Assert.Equal("0 2 2 1", client.StoredVersions());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_newer_snapshot_that_names_older_targets_is_refused(bool listsHashes)
    {
        var repository = new TufRepository { ListsHashes = listsHashes };
        using var client = new TufClient(repository);
        repository.Release();
        repository.Release();
        await client.RefreshAsync();
        repository.Bump("targets", -1);
        repository.Announce("snapshot", "targets");
        repository.ReleaseSnapshot();
        Assert.Equal(TufFailure.Rollback, await client.RefusedAsync());
        Assert.Equal("0 4 3 3", client.StoredVersions());
    }

    [Fact]
    public async Task A_role_that_disappears_from_the_snapshot_is_a_rollback()
    {
        var repository = new TufRepository();
        repository.Delegate("targets", "a");
        repository.Release();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        ((JsonObject)repository["snapshot"]["meta"]!).Remove("a.json");
        repository.ReleaseSnapshot();
        Assert.Equal(TufFailure.Rollback, await client.RefusedAsync());
        Assert.Equal("0 3 2 2", client.StoredVersions());
    }

    [Fact]
    public async Task A_delegated_role_that_goes_back_is_refused_with_the_snapshot()
    {
        var repository = new TufRepository();
        repository.Delegate("targets", "a");
        repository.Release();
        repository.Release();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        repository.Bump("a", -1);
        repository.Announce("snapshot", "a");
        repository.ReleaseSnapshot();
        Assert.Equal(TufFailure.Rollback, await client.RefusedAsync());
    }

    [Fact]
    public async Task Losing_the_cached_timestamp_does_not_lift_the_guard_of_the_cached_snapshot()
    {
        var repository = new TufRepository();
        repository.Release();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        File.Delete(Path.Combine(client.Folder!, "timestamp.json"));
        repository.Bump("targets", -1);
        repository.Announce("snapshot", "targets");
        repository.ReleaseSnapshot();
        Assert.Equal(TufFailure.Rollback, await client.RefusedAsync());
    }

    [Fact]
    public async Task After_a_fast_forward_of_the_timestamp_new_timestamp_keys_lead_back()
    {
        var repository = new TufRepository();
        repository.Bump("timestamp", 99999);
        repository.ReleaseTimestamp();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        Assert.Equal(100001, client.Stored("timestamp"));
        repository.RotateKeys("timestamp");
        repository.NextRoot();
        repository["timestamp"]["version"] = 0;
        repository.ReleaseTimestamp();
        await client.RefreshAsync();
        Assert.Equal("2 1 1 1", client.StoredVersions());
    }

    [Fact]
    public async Task After_a_fast_forward_of_the_snapshot_new_snapshot_and_timestamp_keys_lead_back()
    {
        var repository = new TufRepository();
        repository.Bump("snapshot", 99999);
        repository.ReleaseSnapshot();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        repository.RotateKeys("timestamp");
        repository.RotateKeys("snapshot");
        repository.NextRoot();
        repository["snapshot"]["version"] = 0;
        repository.ReleaseSnapshot();
        await client.RefreshAsync();
        Assert.Equal("2 3 1 1", client.StoredVersions());
    }

    [Fact]
    public async Task After_a_fast_forward_of_the_targets_new_snapshot_keys_lead_back()
    {
        var repository = new TufRepository();
        repository.Bump("targets", 99);
        repository.Release();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        Assert.Equal(101, client.Stored("targets"));
        repository.RotateKeys("snapshot");
        repository.NextRoot();
        repository["targets"]["version"] = 1;
        repository.Release();
        await client.RefreshAsync();
        Assert.Equal("2 3 3 2", client.StoredVersions());
    }

    [Fact]
    public async Task A_changed_threshold_is_a_rotation_too()
    {
        var repository = new TufRepository();
        repository.Bump("timestamp", 50);
        repository.ReleaseTimestamp();
        using var client = new TufClient(repository);
        await client.RefreshAsync();

        // The old signature would still verify: only the comparison of the roots tells that the floor is lifted (5.3.11).
        repository.AddKey("timestamp");
        repository.NextRoot();
        repository["timestamp"]["version"] = 3;
        repository.ReleaseTimestamp();
        await client.RefreshAsync();
        Assert.Equal(4, client.Stored("timestamp"));
    }

    [Fact]
    public async Task A_new_root_with_the_same_online_keys_lifts_no_guard()
    {
        var repository = new TufRepository();
        repository.Bump("timestamp", 50);
        repository.ReleaseTimestamp();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        repository.RotateKeys("targets");
        repository.AddKey("root");
        repository.NextRoot();
        repository["timestamp"]["version"] = 3;
        repository.ReleaseTimestamp();
        Assert.Equal(TufFailure.Rollback, await client.RefusedAsync());
    }
}

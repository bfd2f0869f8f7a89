using PySign.Sigstore.Tuf;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>Freeze attacks, and the one fixed time.</summary>
public sealed class ExpiryTests
{
    private static readonly DateTimeOffset _past = TufRepository.Now.AddDays(-1);

    [Fact]
    public async Task An_expired_root_is_kept_but_nothing_after_it_is_believed()
    {
        var repository = new TufRepository();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        repository.ExpireAt("root", _past);
        repository.NextRoot();
        repository.Release();
        Assert.Equal(TufFailure.Expired, await client.RefusedAsync());
        Assert.Equal("2 1 1 1", client.StoredVersions());
    }

    [Fact]
    public async Task An_expired_root_inside_the_chain_does_not_matter()
    {
        var repository = new TufRepository();
        repository.ExpireAt("root", _past);
        repository.NextRoot();
        repository.InitialRoot = repository.Files["metadata/2.root.json"];
        repository.NextRoot();
        repository.ExpireAt("root", TufRepository.Now.AddDays(1));
        repository.NextRoot();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        Assert.Equal("4 1 1 1", client.StoredVersions());
    }

    [Theory]
    [InlineData("2030-01-31T12:00:00Z", null)]
    [InlineData("2030-01-31T12:00:00.123456789Z", null)]
    [InlineData("2030-01-31T12:00:00+14:00", null)]
    [InlineData("2030-01-31T12:00:00-00:00", null)]
    [InlineData("9999-12-31T23:59:59Z", null)]
    [InlineData("2026-06-01T13:00:00+14:00", TufFailure.Expired)]
    [InlineData("2030-12-31T23:59:60Z", TufFailure.Malformed)]
    [InlineData("2030-01-31T12:00:00z", TufFailure.Malformed)]
    [InlineData("2030-01-31T12:00:00", TufFailure.Malformed)]
    [InlineData("2030-01-31T12:00:00.1234567890Z", TufFailure.Malformed)]
    [InlineData("2030-02-30T12:00:00Z", TufFailure.Malformed)]
    [InlineData("0001-01-01T00:00:00+14:00", TufFailure.Malformed)]
    [InlineData("", TufFailure.Malformed)]
    public async Task An_expiry_is_one_moment_for_every_reader_or_refused(string expires, TufFailure? refusal)
    {
        var repository = new TufRepository();
        repository["timestamp"]["expires"] = expires;
        repository.Release();
        using var client = new TufClient(repository);
        if (refusal is { } reason)
        {
            Assert.Equal(reason, await client.RefusedAsync());
        }
        else
        {
            await client.RefreshAsync();
        }
    }

    [Theory]
    [InlineData("timestamp", "0 1 1 1")]
    [InlineData("snapshot", "0 2 1 1")]
    [InlineData("targets", "0 2 2 1")]
    public async Task An_expired_role_is_refused_and_not_kept(string role, string stored)
    {
        var repository = new TufRepository();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        repository.ExpireAt(role, _past);
        repository.Release();
        Assert.Equal(TufFailure.Expired, await client.RefusedAsync());
        Assert.Equal(stored, client.StoredVersions());
    }

    [Fact]
    public async Task An_expired_delegated_role_is_refused_and_not_kept()
    {
        var repository = new TufRepository();
        repository.Delegate("targets", "a");
        repository.ExpireAt("a", _past);
        repository.Release();
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.Expired, await client.RefusedAsync("file"));
        Assert.Equal(0, client.Stored("a"));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public async Task Metadata_must_expire_later_than_now(int secondsAfterExpiry, bool believed)
    {
        var repository = new TufRepository();
        repository.ExpireAt("timestamp", TufRepository.Now.AddHours(1));
        repository.ReleaseTimestamp();
        using var client = new TufClient(repository) { Now = TufRepository.Now.AddHours(1).AddSeconds(secondsAfterExpiry) };
        if (believed)
        {
            await client.RefreshAsync();
            Assert.Equal(2, client.Stored("timestamp"));
        }
        else
        {
            Assert.Equal(TufFailure.Expired, await client.RefusedAsync());
            Assert.Equal(0, client.Stored("timestamp"));
        }
    }

    [Fact]
    public async Task A_mirror_that_serves_the_same_timestamp_for_ever_freezes_nobody_longer_than_it_is_valid()
    {
        var repository = new TufRepository();
        repository.ExpireAt("timestamp", TufRepository.Now.AddDays(7));
        repository.ReleaseTimestamp();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        client.Now = TufRepository.Now.AddDays(6);
        await client.RefreshAsync();
        client.Now = TufRepository.Now.AddDays(8);
        Assert.Equal(TufFailure.Expired, await client.RefusedAsync());
    }

    [Fact]
    public async Task Expired_metadata_in_the_cache_does_not_hinder_newer_metadata_and_still_guards_against_rollback()
    {
        var repository = new TufRepository();
        repository.ExpireAt("timestamp", TufRepository.Now.AddDays(7));
        repository.Bump("timestamp", 10);
        repository.ReleaseTimestamp();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        client.Now = TufRepository.Now.AddDays(18);
        repository.ExpireAt("timestamp", TufRepository.Now.AddDays(21));

        repository.Bump("timestamp", -5);
        repository.Publish("timestamp");
        Assert.Equal(TufFailure.Rollback, await client.RefusedAsync());

        repository.Bump("timestamp", 5);
        repository.Release();
        await client.RefreshAsync();
        Assert.Equal("0 13 2 2", client.StoredVersions());
    }

    [Fact]
    public async Task A_snapshot_that_expires_in_the_cache_is_refused_while_the_timestamp_still_names_it()
    {
        var repository = new TufRepository();
        repository.ExpireAt("snapshot", TufRepository.Now.AddDays(1));
        repository.Release();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        client.Now = TufRepository.Now.AddDays(2);
        Assert.Equal(TufFailure.Expired, await client.RefusedAsync());
    }

    [Theory]
    [InlineData("2026-07-01T00:00:00+00:00", true)]
    [InlineData("2026-07-01T00:00:00.25Z", true)]
    [InlineData("2026-07-01", false)]
    [InlineData("2026-07-01T00:00:00", false)]
    [InlineData("2026-07-01 00:00:00Z", false)]
    [InlineData("never", false)]
    public async Task Times_are_read_strictly(string expires, bool read)
    {
        var repository = new TufRepository();
        repository["timestamp"]["expires"] = expires;
        repository.ReleaseTimestamp();
        using var client = new TufClient(repository);
        if (read)
        {
            await client.RefreshAsync();
            Assert.Equal(2, client.Stored("timestamp"));
        }
        else
        {
            Assert.Equal(TufFailure.Malformed, await client.RefusedAsync());
        }
    }
}

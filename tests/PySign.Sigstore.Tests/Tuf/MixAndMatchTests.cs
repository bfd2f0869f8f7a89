using System.Net;
using PySign.Http;
using PySign.Sigstore.Tuf;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>Files that do not belong together, are not what was signed, or have no end.</summary>
public sealed class MixAndMatchTests
{
    [Fact]
    public async Task A_snapshot_of_another_version_than_the_timestamp_names_is_refused()
    {
        var repository = new TufRepository();
        repository.Bump("snapshot");
        repository.Files["metadata/1.snapshot.json"] = repository.Sign("snapshot");
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.VersionMismatch, await client.RefusedAsync());
        Assert.Equal("0 1 0 0", client.StoredVersions());
    }

    [Fact]
    public async Task Targets_of_another_version_than_the_snapshot_names_are_refused()
    {
        var repository = new TufRepository();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        var old = repository.Files["metadata/1.targets.json"];
        repository.Release();
        repository.Files["metadata/2.targets.json"] = old;
        Assert.Equal(TufFailure.VersionMismatch, await client.RefusedAsync());
        Assert.Equal("0 2 2 1", client.StoredVersions());
    }

    [Fact]
    public async Task A_snapshot_without_the_targets_role_is_refused()
    {
        var repository = new TufRepository();
        repository["snapshot"]["meta"] = new System.Text.Json.Nodes.JsonObject();
        repository.ReleaseSnapshot();
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.MissingRole, await client.RefusedAsync());
    }

    [Theory]
    [InlineData("snapshot", "0 3 2 2")]
    [InlineData("targets", "0 3 3 2")]
    public async Task Signed_content_of_the_right_length_with_another_hash_is_refused(string role, string stored)
    {
        var repository = new TufRepository { ListsHashes = true };
        repository[role]["x"] = "a";
        repository.Release();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        repository.Release();
        var path = $"metadata/3.{role}.json";
        var length = repository.Files[path].Length;

        // ECDSA signatures differ in length by chance; one of the same length is found quickly.
        for (var tries = 0; ; tries++)
        {
            repository[role]["x"] = ((char)('b' + (tries % 24))).ToString();
            repository.Publish(role);
            if (repository.Files[path].Length == length)
            {
                break;
            }
        }

        Assert.Equal(TufFailure.HashMismatch, await client.RefusedAsync());
        Assert.Equal(stored, client.StoredVersions());
    }

    [Fact]
    public async Task Shorter_content_than_listed_is_refused()
    {
        var repository = new TufRepository { ListsHashes = true };
        repository.Release();
        repository["timestamp"]["meta"]!["snapshot.json"]!["length"] = 10_000;
        repository.Bump("timestamp");
        repository.Publish("timestamp");
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.LengthMismatch, await client.RefusedAsync());
        Assert.Equal("0 3 0 0", client.StoredVersions());
    }

    [Fact]
    public async Task Hashes_of_unknown_kinds_alone_prove_nothing_but_beside_a_known_one_they_do_no_harm()
    {
        var repository = new TufRepository { ListsHashes = true };
        repository.Release();
        var hashes = repository["timestamp"]["meta"]!["snapshot.json"]!["hashes"]!;
        hashes["blake9"] = "00";
        repository.Bump("timestamp");
        repository.Publish("timestamp");
        using (var client = new TufClient(repository))
        {
            await client.RefreshAsync();
            Assert.Equal("0 3 2 2", client.StoredVersions());
        }

        hashes.AsObject().Remove("sha256");
        repository.Bump("timestamp");
        repository.Publish("timestamp");
        using var refusing = new TufClient(repository);
        Assert.Equal(TufFailure.HashMismatch, await refusing.RefusedAsync());
    }

    [Theory]
    [InlineData("metadata/2.root.json", 512_000, "0 0 0 0")]
    [InlineData("metadata/timestamp.json", 16_384, "0 0 0 0")]
    [InlineData("metadata/1.snapshot.json", 2_000_000, "0 1 0 0")]
    [InlineData("metadata/1.targets.json", 5_000_000, "0 1 1 0")]
    public async Task Endless_files_are_read_to_their_bound_only(string path, int bound, string stored)
    {
        var endless = new EndlessStream(" ");
        using var client = new TufClient(new TufRepository())
        {
            Intercept = asked => asked == path ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(endless) } : null,
        };
        Assert.Equal(TufFailure.TooLarge, await client.RefusedAsync());
        Assert.InRange(endless.Served, bound, bound + 200_000);
        Assert.Equal(stored, client.StoredVersions());
    }

    [Fact]
    public async Task An_announced_length_above_the_bound_is_refused_unread()
    {
        var endless = new EndlessStream(" ");
        using var client = new TufClient(new TufRepository())
        {
            Intercept = path =>
            {
                var response =
                    path == "metadata/timestamp.json"
                        ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(endless) }
                        : null;
                response?.Content.Headers.ContentLength = 1L << 40;
                return response;
            },
        };
        Assert.Equal(TufFailure.TooLarge, await client.RefusedAsync());
        Assert.Equal(0, endless.Served);
    }

    [Fact]
    public async Task A_signed_length_above_the_bound_does_not_lift_it()
    {
        var repository = new TufRepository { ListsHashes = true };
        repository.Release();
        repository["timestamp"]["meta"]!["snapshot.json"]!["length"] = 1L << 40;
        repository.Bump("timestamp");
        repository.Publish("timestamp");
        var endless = new EndlessStream(" ");
        using var client = new TufClient(repository)
        {
            Intercept = path =>
                path.EndsWith("snapshot.json", StringComparison.Ordinal)
                    ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(endless) }
                    : null,
        };
        Assert.Equal(TufFailure.TooLarge, await client.RefusedAsync());
        Assert.InRange(endless.Served, 1, 2_200_000);
    }

    [Fact]
    public async Task A_mirror_that_stalls_in_the_middle_of_a_file_is_given_up()
    {
        using var client = new TufClient(
            new TufRepository(),
            new TufLimits { RequestTime = TimeSpan.FromMilliseconds(50), Retry = RetryPolicy.None }
        )
        {
            Intercept = path =>
                path == "metadata/timestamp.json"
                    ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new StallingStream()) }
                    : null,
        };
        Assert.Equal(TufFailure.Unreachable, await client.RefusedAsync());
    }

    /// <summary>Never a byte.</summary>
    private sealed class StallingStream : OneWayStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}

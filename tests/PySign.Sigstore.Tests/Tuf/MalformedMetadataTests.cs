using System.Text;
using System.Text.Json.Nodes;
using PySign.Sigstore.Tuf;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>Whatever a server sends, it is one exception with a reason, and nothing is kept.</summary>
public sealed class MalformedMetadataTests
{
    /// <summary>A role, the path of a member in its signed part, and what is written there: null removes it.</summary>
    public static TheoryData<string, string, string?> Damages =>
        new()
        {
            { "timestamp", "_type", "\"snapshot\"" },
            { "timestamp", "_type", null },
            { "timestamp", "version", null },
            { "timestamp", "version", "0" },
            { "timestamp", "version", "-1" },
            { "timestamp", "version", "\"3\"" },
            { "timestamp", "version", "99999999999999999999" },
            { "timestamp", "expires", null },
            { "timestamp", "expires", "5" },
            { "timestamp", "meta", null },
            { "timestamp", "meta", "[]" },
            { "timestamp", "meta/snapshot.json", null },
            { "timestamp", "meta/snapshot.json", "{}" },
            { "timestamp", "meta/snapshot.json", "{\"version\":1,\"length\":-1}" },
            { "timestamp", "meta/snapshot.json", "{\"version\":1,\"hashes\":{}}" },
            { "timestamp", "meta/snapshot.json", "{\"version\":1,\"hashes\":{\"sha256\":\"00\"}}" },
            { "timestamp", "meta/snapshot.json", "{\"version\":1,\"hashes\":{\"sha256\":5}}" },
            { "snapshot", "meta/targets.json/version", "\"1\"" },
            { "targets", "targets", "[]" },
            {
                "targets",
                "targets",
                "{\"a\":{\"hashes\":{\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\"}}}"
            },
            { "targets", "targets", "{\"a\":{\"length\":1}}" },
            { "targets", "delegations", "{\"keys\":{}}" },
            { "targets", "delegations", "{\"roles\":[]}" },
            { "targets", "delegations", "{\"keys\":{},\"roles\":[{\"name\":\"a\",\"keyids\":[],\"threshold\":0,\"paths\":[]}]}" },
            { "targets", "delegations", "{\"keys\":{},\"roles\":[{\"name\":\"a\",\"keyids\":[5],\"threshold\":1,\"paths\":[]}]}" },
            { "root", "roles/timestamp", null },
            { "root", "roles/timestamp/threshold", "0" },
            { "root", "roles/timestamp/threshold", "-1" },
            { "root", "roles/timestamp/keyids", "{}" },
            { "root", "keys", "[]" },
            { "root", "keys", "{\"a\":5}" },
            { "root", "consistent_snapshot", "\"yes\"" },
        };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Signed_nonsense_is_malformed(string role, string path, string? value)
    {
        var repository = new TufRepository();
        repository.Bump(role);
        JsonNode node = repository[role];
        var pieces = path.Split('/');
        foreach (var piece in pieces[..^1])
        {
            node = node[piece]!;
        }

        if (value is null)
        {
            node.AsObject().Remove(pieces[^1]);
        }
        else
        {
            node[pieces[^1]] = JsonNode.Parse(value);
        }

        var signed = repository.Sign(role);
        using var client = new TufClient(repository)
        {
            Intercept = asked =>
                asked.EndsWith(role == "root" ? "/2.root.json" : role + ".json", StringComparison.Ordinal)
                    ? new HttpResponseMessage { Content = new ByteArrayContent(signed) }
                    : null,
        };
        Assert.Equal(TufFailure.Malformed, await client.RefusedAsync());
        Assert.Equal(0, client.Stored(role));
    }

    [Theory]
    [InlineData("2.0.0")]
    [InlineData("1")]
    [InlineData("0.9")]
    [InlineData("11.0")]
    [InlineData("")]
    public async Task Another_major_version_of_the_specification_is_refused(string version)
    {
        var repository = new TufRepository();
        repository["timestamp"]["spec_version"] = version;
        repository.ReleaseTimestamp();
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.UnsupportedSpecification, await client.RefusedAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("<html></html>")]
    [InlineData("{\"signed\":5,\"signatures\":[]}")]
    [InlineData("{\"signed\":{\"a\":1.5},\"signatures\":[]}")]
    [InlineData("{\"signed\":{\"a\":\"\\ud800\"},\"signatures\":[]}")]
    [InlineData("{\"signed\":{\"\\ud800\":1},\"signatures\":[]}")]
    [InlineData("{\"signed\":{\"a\":1,\"\\u0061\":2},\"signatures\":[]}")]
    [InlineData("{\"signed\":{},\"signed\":{},\"signatures\":[]}")]
    [InlineData("{\"signatures\":[]}")]
    public async Task What_is_no_metadata_at_all_is_malformed(string text)
    {
        var repository = new TufRepository();
        repository.Files["metadata/timestamp.json"] = Encoding.UTF8.GetBytes(text);
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.Malformed, await client.RefusedAsync());
        Assert.Equal("0 0 0 0", client.StoredVersions());
    }

    [Fact]
    public async Task Signatures_that_are_no_text_are_malformed()
    {
        var repository = new TufRepository();
        var good = Encoding.UTF8.GetString(repository.Files["metadata/timestamp.json"]);
        foreach (
            var odd in (string[])
                ["{\"keyid\":\"\\ud800\",\"sig\":\"\"}", "{\"keyid\":5,\"sig\":\"\"}", "{\"keyid\":\"a\",\"sig\":5}", "{}", "5"]
        )
        {
            repository.Files["metadata/timestamp.json"] = Encoding.UTF8.GetBytes(
                good.Replace("\"signatures\":[", $"\"signatures\":[{odd},", StringComparison.Ordinal)
            );
            using var client = new TufClient(repository);
            Assert.Equal(TufFailure.Malformed, await client.RefusedAsync());
        }
    }

    [Fact]
    public async Task Nesting_without_end_and_bytes_that_are_no_text_are_malformed()
    {
        var repository = new TufRepository();
        foreach (
            var bytes in (byte[][])[Encoding.UTF8.GetBytes(new string('[', 10_000)), [0x7b, 0xff, 0x7d], [0xef, 0xbb, 0xbf, 0x7b, 0x7d]]
        )
        {
            repository.Files["metadata/timestamp.json"] = bytes;
            using var client = new TufClient(repository);
            Assert.Equal(TufFailure.Malformed, await client.RefusedAsync());
        }
    }

    [Fact]
    public void A_thousand_damaged_files_give_nothing_but_the_one_exception()
    {
        var repository = new TufRepository();
        repository.Delegate("targets", "a");
        repository.Release();
        var random = new Random(20260601);
        foreach (var (path, file) in repository.Files)
        {
            for (var i = 0; i < 250; i++)
            {
                var damaged = (byte[])file.Clone();
                for (var n = random.Next(1, 4); n > 0; n--)
                {
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                }

                var length = random.Next(4) == 0 ? random.Next(damaged.Length) : damaged.Length;
                var refused = Record.Exception(() =>
                {
                    // Root reads itself and checks itself; the others are read by their parsers alone.
                    _ =
                        path.Contains("root", StringComparison.Ordinal)
                            ? new TrustedMetadataSet(damaged.AsMemory(0, length), TufRepository.Now)
                        : path.Contains("timestamp", StringComparison.Ordinal) ? TimestampMetadata.Parse(damaged.AsMemory(0, length))
                        : path.Contains("snapshot", StringComparison.Ordinal) ? SnapshotMetadata.Parse(damaged.AsMemory(0, length))
                        : (object)TargetsMetadata.Parse(damaged.AsMemory(0, length), TargetsRole.Top);
                });
                Assert.True(refused is null or TufException, refused?.ToString());
            }
        }
    }

    [Fact]
    public void Messages_show_no_control_characters_of_the_repository()
    {
        var repository = new TufRepository();
        repository["timestamp"]["_type"] = "\u001b[31mred\u0007" + new string('x', 5000);
        var refused = Assert.Throws<TufException>(() => TimestampMetadata.Parse(repository.Sign("timestamp")));
        Assert.DoesNotContain(refused.Message, static c => char.IsControl(c));
        Assert.InRange(refused.Message.Length, 50, 500);
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PySign.Sigstore.Tuf;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>Who may speak about a target, and in which order they are asked.</summary>
public sealed class DelegationTests
{
    /// <summary>Delegations as "delegator>role", "!" for a terminating one, and a pattern after ":"; then the roles that are
    /// asked.</summary>
    public static TheoryData<string[], string> Graphs =>
        new()
        {
            { ["targets>a"], "a" },
            { ["targets>a", "targets>b"], "a b" },
            { ["targets>a", "targets>b", "b>c"], "a b c" },
            { ["targets>a", "targets>b", "a>c", "a>d"], "a c d b" },
            { ["targets>a", "targets>b", "a>c", "c>d"], "a c d b" },
            { ["targets>a", "targets>b", "a>c!", "a>d"], "a c" },
            { ["targets>a", "targets>b", "a>c!", "c>d"], "a c d" },
            { ["targets>a:*.py", "targets>b", "a>c"], "b" },
            { ["targets>a", "targets>b", "a>c:*.py", "c>d"], "a b" },
            { ["targets>a:*.py!", "targets>b"], "b" },
            { ["targets>a", "targets>b", "b>c", "c>d", "d>b"], "a b c d" },
            { ["targets>a", "targets>b", "b>c", "a>c"], "a c b" },
            { ["targets>a", "targets>b", "b>c", "a>c:*.py"], "a b c" },
            { ["targets>a", "a>a"], "a" },
        };

    [Theory]
    [MemberData(nameof(Graphs))]
    public async Task Delegations_are_visited_in_their_order_depth_first_each_role_once(string[] graph, string visited)
    {
        var repository = new TufRepository();
        foreach (var edge in graph)
        {
            var (delegator, rest) = (edge.Split('>')[0], edge.Split('>')[1]);
            var parts = rest.TrimEnd('!').Split(':');
            repository.Delegate(delegator, parts[0], [parts.ElementAtOrDefault(1) ?? "*"], rest.EndsWith('!'));
        }

        repository.Release();
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.UnknownTarget, await client.RefusedAsync("missing"));
        Assert.Equal(visited, string.Join(' ', client.Requests.Skip(4).Select(static r => r["metadata/1.".Length..^".json".Length])));
    }

    [Theory]
    [InlineData("file", "")]
    [InlineData("README.md", "a")]
    [InlineData("releases/x/x_v1", "b c")]
    [InlineData("releases/y/y_v1.zip", "b d")]
    [InlineData("releases/z/z_v1.zip", null)]
    public async Task A_target_is_found_only_where_the_whole_chain_delegates_it(string target, string? visited)
    {
        var repository = new TufRepository();
        repository.Delegate("targets", "a", ["*.doc", "*.md"]);
        repository.Delegate("targets", "b", ["releases/*/*"]);
        repository.Delegate("b", "c", ["releases/x/*"]);
        repository.Delegate("b", "d", ["releases/y/*.zip"]);
        repository.AddTarget("file", [0]);
        repository.AddTarget("README.md", [1], "a");
        repository.AddTarget("releases/x/x_v1", [2], "c");
        repository.AddTarget("releases/y/y_v1.zip", [3], "d");
        repository.AddTarget("releases/z/z_v1.zip", [4], "d");
        repository.Release();
        using var client = new TufClient(repository);
        if (visited is null)
        {
            Assert.Equal(TufFailure.UnknownTarget, await client.RefusedAsync(target));
            return;
        }

        Assert.Single(await client.DownloadAsync(target));
        Assert.Equal(
            visited,
            string.Join(
                ' ',
                client
                    .Requests.Skip(4)
                    .Where(static r => r.StartsWith("metadata/", StringComparison.Ordinal))
                    .Select(static r => r["metadata/1.".Length..^".json".Length])
            )
        );
        Assert.Single(client.StoredTargets());
    }

    [Fact]
    public async Task The_first_role_in_order_decides_what_a_target_is()
    {
        var repository = new TufRepository();
        repository.Delegate("targets", "first");
        repository.Delegate("targets", "second");
        repository.AddTarget("file", [1], "first");
        repository.AddTarget("file", [2], "second");
        repository.Release();
        using var client = new TufClient(repository);
        Assert.Equal([1], await client.DownloadAsync("file"));
    }

    [Fact]
    public async Task A_role_reached_by_two_delegators_needs_the_keys_that_each_of_them_names()
    {
        var repository = new TufRepository();
        repository.Delegate("targets", "mallory", ["m/*"]);
        repository.Delegate("targets", "team", ["t/*"]);
        repository.Delegate("mallory", "shared", ["m/*"]);
        repository.Delegate("team", "shared", ["t/*"], key: TestKey.Ecdsa());
        repository.AddTarget("m/file", [1], "shared");
        repository.AddTarget("t/file", [2], "shared");
        repository.Release();
        using var client = new TufClient(repository);

        // One updater, so that the role is already believed by mallory's word when the team's target is looked up.
        var updater = client.NewUpdater();
        await updater.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, (await updater.FindTargetAsync("m/file", TestContext.Current.CancellationToken)).Length);
        var refused = await Assert.ThrowsAsync<TufException>(() =>
            updater.FindTargetAsync("t/file", TestContext.Current.CancellationToken)
        );
        Assert.Equal(TufFailure.ThresholdNotMet, refused.Reason);
    }

    [Fact]
    public async Task A_delegated_role_that_its_delegators_keys_did_not_sign_is_refused_and_not_kept()
    {
        var repository = new TufRepository();
        repository.Delegate("targets", "a");
        repository.Signers["a"] = [TestKey.Ecdsa()];
        repository.Release();
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.ThresholdNotMet, await client.RefusedAsync("file"));
        Assert.Equal(0, client.Stored("a"));
    }

    [Fact]
    public async Task Delegated_thresholds_count_distinct_keys_only()
    {
        var repository = new TufRepository();
        var entry = repository.Delegate("targets", "a");
        var key = repository.SignersOf("a")[0];
        repository["targets"]["delegations"]!["keys"]!["alias"] = key.Public.DeepClone();
        ((JsonArray)entry["keyids"]!).Add("alias");
        entry["threshold"] = 2;
        repository.SignersOf("a").Add(key.Renamed("alias"));
        repository.Release();
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.ThresholdNotMet, await client.RefusedAsync("file"));
    }

    [Fact]
    public async Task A_role_that_the_snapshot_does_not_list_is_refused()
    {
        var repository = new TufRepository();
        repository.Delegate("targets", "a");
        repository.Release();
        ((JsonObject)repository["snapshot"]["meta"]!).Remove("a.json");
        repository.ReleaseSnapshot();
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.MissingRole, await client.RefusedAsync("file"));
    }

    [Fact]
    public async Task A_chain_of_delegations_without_end_is_not_followed()
    {
        var repository = new TufRepository();
        var last = "targets";
        for (var i = 0; i < 6; i++)
        {
            repository.Delegate(last, $"role{i}");
            last = $"role{i}";
        }

        repository.AddTarget("file", [1], last);
        repository.Release();
        using var client = new TufClient(repository);
        client.Limits = client.Limits with { Delegations = 6 };
        Assert.Equal(TufFailure.TooManyDelegations, await client.RefusedAsync("file"));
        client.Limits = client.Limits with { Delegations = 7 };
        Assert.Equal([1], await client.DownloadAsync("file"));
    }

    [Fact]
    public async Task Hash_prefixes_choose_the_role_of_a_target()
    {
        var repository = new TufRepository();
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("bins/file")));
        var other = ((char)(hash[0] == '0' ? '1' : '0')).ToString();
        foreach (var (role, prefixes) in new[] { ("other-bin", new[] { other }), ("right-bin", new[] { other, hash[..2] }) })
        {
            var entry = repository.Delegate("targets", role);
            entry.Remove("paths");
            entry["path_hash_prefixes"] = new JsonArray([.. prefixes.Select(static p => (JsonNode)p)]);
            repository.AddTarget("bins/file", [(byte)role.Length], role);
        }

        repository.Release();
        using var client = new TufClient(repository);
        Assert.Equal([9], await client.DownloadAsync("bins/file"));
        Assert.Equal(0, client.Stored("other-bin"));
    }

    [Theory]
    [InlineData("root")]
    [InlineData("targets")]
    [InlineData("")]
    public async Task A_delegated_role_may_not_take_the_name_of_a_top_level_role(string name)
    {
        var repository = new TufRepository();
        repository.Delegate("targets", "a")["name"] = name;
        repository.Release();
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.Malformed, await client.RefusedAsync());
        Assert.Equal(0, client.Stored("targets"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_delegation_says_its_paths_in_exactly_one_way(bool both)
    {
        var repository = new TufRepository();
        var entry = repository.Delegate("targets", "a");
        if (both)
        {
            entry["path_hash_prefixes"] = new JsonArray("0");
        }
        else
        {
            entry.Remove("paths");
        }

        repository.Release();
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.Malformed, await client.RefusedAsync());
    }

    [Theory]
    [InlineData("?")]
    [InlineData("#")]
    [InlineData("/delegatedrole")]
    [InlineData("../delegatedrole")]
    [InlineData("..")]
    [InlineData("Root")]
    [InlineData("a b%2F:é\\")]
    [InlineData("new\nline")]
    public async Task Odd_role_names_are_one_escaped_piece_of_the_address_and_stay_in_the_cache_folder(string role)
    {
        foreach (var consistent in new[] { true, false })
        {
            var repository = new TufRepository { ConsistentSnapshot = consistent };
            repository.NextRoot();
            repository.Delegate("targets", role);
            repository.AddTarget("file", [7], role);
            repository.Release();
            using var client = new TufClient(repository);
            Assert.Equal([7], await client.DownloadAsync("file"));
            Assert.Contains($"metadata/{(consistent ? "1." : "")}{Uri.EscapeDataString(role)}.json", client.Requests);
            Assert.Equal("2 2 2 2", client.StoredVersions());
            Assert.Equal(5, Directory.GetFiles(client.Folder!, "*.json").Length);

            // What is cached under that name serves the next run.
            client.Requests.Clear();
            Assert.Equal([7], await client.DownloadAsync("file"));
            Assert.Equal(["metadata/3.root.json", "metadata/timestamp.json"], client.Requests);
        }
    }
}

using PySign.Sigstore.Tuf;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>Rows of roots, each with its keys, threshold and signers; the last is believed or not.</summary>
public sealed class RootRotationTests
{
    /// <summary>Each root is "keys/threshold/signers", one digit a key.</summary>
    public static TheoryData<string, string[], bool> Chains =>
        new()
        {
            { "one key for another", ["1/1/1", "2/1/21", "2/1/2"], true },
            { "with signatures of others", ["1/1/314", "2/1/3214", "2/1/324"], true },
            { "any three of five", ["01234/3/024", "01234/3/041", "01234/3/013", "01234/3/013"], true },
            { "one of five rotated", ["01234/3/024", "01345/3/041"], true },
            { "one of five rotated in two steps", ["01234/3/024", "01345/3/0245", "01345/3/045"], true },
            { "all rotated in two steps", ["01234/3/024", "56789/3/024567", "56789/3/567"], true },
            { "threshold up", ["123/1/1", "123/2/12"], true },
            { "threshold down", ["123/2/12", "123/1/12", "123/1/1"], true },
            { "a key added and threshold up", ["1/1/1", "12/2/12"], true },
            { "not signed by the old key", ["1/1/1", "2/1/234"], false },
            { "not signed by the new key", ["1/1/1", "2/1/134"], false },
            { "not by three of the new", ["01234/3/024", "01345/3/024"], false },
            { "not by three of the old", ["01234/3/024", "01345/3/045"], false },
            { "new threshold not reached", ["123/1/1", "123/2/2"], false },
            { "old threshold not reached", ["123/2/12", "123/1/1"], false },
            { "good, then bad", ["1/1/1", "2/1/21", "3/1/3"], false },
            { "unsigned", ["1/1/1", "1/1/"], false },
        };

    [Theory]
    [MemberData(nameof(Chains))]
    public async Task A_root_counts_when_the_old_and_the_new_threshold_signed_it(string name, string[] chain, bool believed)
    {
        var keys = Enumerable.Range(0, 10).Select(static _ => TestKey.Ecdsa()).ToArray();
        var repository = new TufRepository();
        for (var i = 0; i < chain.Length; i++)
        {
            var parts = chain[i].Split('/');
            repository["root"]["version"] = i + 1;
            repository["root"]["roles"]!["root"]!["keyids"] = new System.Text.Json.Nodes.JsonArray();
            foreach (var digit in parts[0])
            {
                repository.AddKey("root", keys[digit - '0']);
            }

            repository.Threshold("root", parts[1][0] - '0');
            repository.Signers["root"] = [.. parts[2].Select(digit => keys[digit - '0'])];
            repository.PublishRoot();
        }

        repository.InitialRoot = repository.Files["metadata/1.root.json"];
        using var client = new TufClient(repository);
        if (believed)
        {
            await client.RefreshAsync();
            Assert.Equal($"{chain.Length} 1 1 1", client.StoredVersions());
        }
        else
        {
            Assert.Equal(TufFailure.ThresholdNotMet, await client.RefusedAsync());
            Assert.Equal($"{(chain.Length > 2 ? chain.Length - 1 : 0)} 0 0 0", client.StoredVersions());
        }

        Assert.NotEmpty(name);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(long.MaxValue)]
    public async Task A_root_that_is_not_the_next_version_is_refused(long version)
    {
        var repository = new TufRepository();
        repository["root"]["version"] = version;
        repository.Files["metadata/2.root.json"] = repository.Sign("root");
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.VersionMismatch, await client.RefusedAsync());
        Assert.Equal("0 0 0 0", client.StoredVersions());
    }

    [Fact]
    public async Task An_initial_root_that_does_not_sign_for_itself_is_refused_before_anything_is_asked()
    {
        var repository = new TufRepository();
        repository["root"]["x"] = "changed after signing";
        var good = System.Text.Json.Nodes.JsonNode.Parse(repository.InitialRoot)!;
        good["signed"] = repository["root"].DeepClone();
        using var client = new TufClient(repository) { Root = System.Text.Encoding.UTF8.GetBytes(good.ToJsonString()) };
        Assert.Equal(TufFailure.ThresholdNotMet, await client.RefusedAsync());
        Assert.Empty(client.Requests);
    }

    [Fact]
    public async Task Roots_without_end_are_not_followed()
    {
        var repository = new TufRepository();
        for (var i = 0; i < 6; i++)
        {
            repository.NextRoot();
        }

        using var client = new TufClient(repository);
        client.Limits = client.Limits with { RootRotations = 5 };
        Assert.Equal(TufFailure.TooManyRoots, await client.RefusedAsync());

        // What was verified stays, so that the next run goes on from there.
        Assert.Equal("6 0 0 0", client.StoredVersions());
        await client.RefreshAsync();
        Assert.Equal("7 1 1 1", client.StoredVersions());
    }

    [Fact]
    public async Task A_mirror_that_hides_the_newest_roots_cannot_take_them_back()
    {
        var repository = new TufRepository();
        using var client = new TufClient(repository);
        var oldTimestamp = repository.Files["metadata/timestamp.json"];
        repository.NextRoot();
        repository.RotateKeys("timestamp");
        repository.NextRoot();
        repository.ReleaseTimestamp();
        await client.RefreshAsync();

        repository.Files.Remove("metadata/2.root.json");
        repository.Files.Remove("metadata/3.root.json");
        repository.Files["metadata/timestamp.json"] = oldTimestamp;
        Assert.Equal(TufFailure.ThresholdNotMet, await client.RefusedAsync());
        Assert.Contains("metadata/4.root.json", client.Requests);
        Assert.Equal("3 2 1 1", client.StoredVersions());
    }

    [Fact]
    public async Task A_forged_root_in_the_cache_is_passed_over()
    {
        var repository = new TufRepository();
        repository.NextRoot();
        var forger = new TufRepository();
        forger.NextRoot();
        using var client = new TufClient(repository);
        Directory.CreateDirectory(Path.Combine(client.Folder!, "root_history"));
        await File.WriteAllBytesAsync(
            Path.Combine(client.Folder!, "root_history", "2.root.json"),
            forger.Files["metadata/2.root.json"],
            TestContext.Current.CancellationToken
        );
        await File.WriteAllBytesAsync(
            Path.Combine(client.Folder!, "root.json"),
            forger.Files["metadata/2.root.json"],
            TestContext.Current.CancellationToken
        );
        await client.RefreshAsync();
        Assert.Equal(
            repository.Files["metadata/2.root.json"],
            await File.ReadAllBytesAsync(Path.Combine(client.Folder!, "root_history", "2.root.json"), TestContext.Current.CancellationToken)
        );
        Assert.Equal("2 1 1 1", client.StoredVersions());
    }
}

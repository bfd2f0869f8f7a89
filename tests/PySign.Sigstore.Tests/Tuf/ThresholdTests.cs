using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PySign.Sigstore.Tuf;

namespace PySign.Sigstore.Tests.Tuf;

/// <summary>Who counts as a signer, for every role, and for every kind of key.</summary>
public sealed class ThresholdTests
{
    public static TheoryData<string> OnlineRoles => ["timestamp", "snapshot", "targets"];

    /// <summary>"keys/threshold/signers" of a role that is not root.</summary>
    public static TheoryData<string, string, bool> Signings
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (var role in (string[])["timestamp", "snapshot", "targets"])
            {
                data.Add(role, "2/1/2", true);
                data.Add(role, "1/1/314", true);
                data.Add(role, "01234/3/024", true);
                data.Add(role, "01234/3/432", true);
                data.Add(role, "2/1/134", false);
                data.Add(role, "01345/3/024", false);
                data.Add(role, "01345/3/04", false);
                data.Add(role, "0/2/0", false);
                data.Add(role, "0/1/", false);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Signings))]
    public async Task A_role_counts_when_its_threshold_of_its_own_keys_signed_it(string role, string signing, bool believed)
    {
        var repository = new TufRepository();
        var keys = Enumerable.Range(0, 6).Select(static _ => TestKey.Ecdsa()).ToArray();
        var parts = signing.Split('/');
        repository["root"]["roles"]![role]!["keyids"] = new JsonArray();
        foreach (var digit in parts[0])
        {
            repository.AddKey(role, keys[digit - '0']);
        }

        repository.Threshold(role, parts[1][0] - '0');
        repository.Signers[role] = [.. parts[2].Select(digit => keys[digit - '0'])];
        repository.NextRoot();
        repository.Release();
        using var client = new TufClient(repository);
        if (believed)
        {
            await client.RefreshAsync();
            Assert.Equal(2, client.Stored(role));
        }
        else
        {
            Assert.Equal(TufFailure.ThresholdNotMet, await client.RefusedAsync());
            Assert.Equal(0, client.Stored(role));
        }
    }

    [Theory]
    [MemberData(nameof(OnlineRoles))]
    public async Task One_key_under_many_ids_counts_once(string role)
    {
        var repository = new TufRepository();
        var key = repository.SignersOf(role)[0];
        for (var i = 0; i < 9; i++)
        {
            repository.AddKey(role, key.Renamed($"alias-{i}"));
        }

        repository.Threshold(role, 2);
        repository.NextRoot();
        repository.Release();
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.ThresholdNotMet, await client.RefusedAsync());
        Assert.Equal(0, client.Stored(role));
    }

    [Fact]
    public async Task A_key_id_listed_twice_in_a_role_is_malformed()
    {
        var repository = new TufRepository();
        ((JsonArray)repository["root"]["roles"]!["snapshot"]!["keyids"]!).Add(repository.SignersOf("snapshot")[0].Id);
        repository.NextRoot();
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.Malformed, await client.RefusedAsync());
    }

    [Fact]
    public async Task Two_signatures_of_one_key_are_malformed()
    {
        var repository = new TufRepository();
        repository.AddKey("timestamp");
        repository.Threshold("timestamp", 2);
        repository.NextRoot();
        repository.Signers["timestamp"] = [repository.SignersOf("timestamp")[0], repository.SignersOf("timestamp")[0]];
        repository.ReleaseTimestamp();
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.Malformed, await client.RefusedAsync());
        Assert.Equal(0, client.Stored("timestamp"));
    }

    [Fact]
    public async Task Two_keys_with_one_id_are_malformed()
    {
        var repository = new TufRepository();
        var other = TestKey.Ecdsa();
        repository.NextRoot();
        var text = Encoding.UTF8.GetString(repository.Files["metadata/2.root.json"]);
        var id = repository.SignersOf("root")[0].Id;
        text = text.Replace("\"keys\":{", $"\"keys\":{{\"{id}\":{other.Public.ToJsonString()},", StringComparison.Ordinal);
        repository.Files["metadata/2.root.json"] = Encoding.UTF8.GetBytes(text);
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.Malformed, await client.RefusedAsync());
    }

    [Fact]
    public async Task Another_key_under_the_id_of_a_signer_does_not_verify_its_signature()
    {
        var repository = new TufRepository();
        var impostor = TestKey.Ecdsa(repository.SignersOf("timestamp")[0].Id);
        repository.Signers["timestamp"] = [impostor];
        repository.ReleaseTimestamp();
        using var client = new TufClient(repository);
        Assert.Equal(TufFailure.ThresholdNotMet, await client.RefusedAsync());
    }

    [Fact]
    public async Task A_role_may_name_a_key_that_root_does_not_hold_but_it_never_counts()
    {
        var repository = new TufRepository();
        var missing = TestKey.Ecdsa();
        ((JsonArray)repository["root"]["roles"]!["snapshot"]!["keyids"]!).Add(missing.Id);
        repository.SignersOf("snapshot").Add(missing);
        repository.NextRoot();
        repository.Release();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        repository.Threshold("snapshot", 2);
        repository.NextRoot();
        repository.Release();
        Assert.Equal(TufFailure.ThresholdNotMet, await client.RefusedAsync());
        Assert.Equal("3 3 0 2", client.StoredVersions());
    }

    [Fact]
    public async Task An_empty_signature_is_passed_over_and_a_broken_one_does_not_count()
    {
        var repository = new TufRepository();
        repository.AddKey("root");
        repository.AddKey("root");
        repository.NextRoot();
        var absent = repository.Files["metadata/2.root.json"];
        var file = JsonNode.Parse(absent)!;
        file["signatures"]![1]!["sig"] = "";
        file["signatures"]![2]!["sig"] = "not hexadecimal";
        repository.Files["metadata/2.root.json"] = Encoding.UTF8.GetBytes(file.ToJsonString());
        using (var client = new TufClient(repository))
        {
            await client.RefreshAsync();
            Assert.Equal(2, client.Stored("root"));
        }

        file["signatures"]![0]!["sig"] = "";
        repository.Files["metadata/2.root.json"] = Encoding.UTF8.GetBytes(file.ToJsonString());
        using var refusing = new TufClient(repository);
        Assert.Equal(TufFailure.ThresholdNotMet, await refusing.RefusedAsync());
    }

    [Theory]
    [InlineData("ecdsa")]
    [InlineData("ecdsa-sha2-nistp256")]
    [InlineData("p384")]
    [InlineData("rsa")]
    [InlineData("ed25519")]
    public async Task Every_known_kind_of_key_signs_a_whole_repository(string kind)
    {
        var repository = new TufRepository(() =>
            kind switch
            {
                "rsa" => TestKey.Rsa(),
                "ed25519" => TestKey.Ed25519(),
                "p384" => TestKey.Ecdsa(curve: ECCurve.NamedCurves.nistP384),
                _ => TestKey.Ecdsa(keyType: kind),
            }
        );
        repository.NextRoot();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        Assert.Equal("2 1 1 1", client.StoredVersions());

        var forged = JsonNode.Parse(repository.Files["metadata/timestamp.json"])!;
        forged["signed"]!["version"] = 9;
        repository.Files["metadata/timestamp.json"] = Encoding.UTF8.GetBytes(forged.ToJsonString());
        Assert.Equal(TufFailure.ThresholdNotMet, await client.RefusedAsync());
        Assert.Equal(1, client.Stored("timestamp"));
    }

    [Theory]
    [InlineData("keytype", "\"post-quantum\"")]
    [InlineData("scheme", "\"ecdsa-sha2-nistp384\"")]
    [InlineData("scheme", "\"rsassa-pss-sha256\"")]
    [InlineData("keyval", "{\"identity\":\"someone@example.com\",\"issuer\":\"https://issuer.example\"}")]
    [InlineData("keyval", "{\"public\":\"00\"}")]
    [InlineData("keyval", "{\"public\":\"-----BEGIN PUBLIC KEY-----\\nAAAA\\n-----END PUBLIC KEY-----\"}")]
    public async Task An_unknown_kind_of_key_is_tolerated_and_never_counts(string member, string value)
    {
        var repository = new TufRepository();
        var odd = repository.AddKey("timestamp");
        repository["root"]["keys"]![odd.Id]![member] = JsonNode.Parse(value);
        repository.NextRoot();
        repository.ReleaseTimestamp();
        using var client = new TufClient(repository);
        await client.RefreshAsync();
        Assert.Equal("2 2 1 1", client.StoredVersions());

        repository.Threshold("timestamp", 2);
        repository.NextRoot();
        repository.ReleaseTimestamp();
        Assert.Equal(TufFailure.ThresholdNotMet, await client.RefusedAsync());
        Assert.Equal("3 0 0 1", client.StoredVersions());
    }
}

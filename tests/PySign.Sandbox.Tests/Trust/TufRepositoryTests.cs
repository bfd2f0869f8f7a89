using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PySign.Sandbox.Tests.Trust;

/// <summary>The shape of the TUF repository; that clients believe it is shown by ours and by real cosign.</summary>
public sealed class TufRepositoryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_lists_trusted_root_and_signing_configs_under_their_hash_and_serves_them()
    {
        await using var rig = await SandboxRig.Start();
        var timestamp = await Signed(rig, "timestamp.json");
        var snapshot = await Signed(rig, $"{Version(timestamp, "snapshot")}.snapshot.json");
        var targets = await Signed(rig, $"{Version(snapshot, "targets")}.targets.json");
        var listed = targets.GetProperty("targets").EnumerateObject().ToDictionary(static t => t.Name, static t => t.Value);
        Assert.Superset(
            new HashSet<string>
            {
                "trusted_root.json",
                "signing_config.v0.2.json",
                "signing_config_rekor_v2.v0.2.json",
                "fulcio_v1.crt.pem",
                "rekor.pub",
                "ctfe.pub",
            },
            listed.Keys.ToHashSet()
        );
        foreach (var (name, entry) in listed)
        {
            var hash = entry.GetProperty("hashes").GetProperty("sha256").GetString();
            var content = await rig.Client.GetByteArrayAsync($"/tuf/targets/{hash}.{name}", Stop);
            Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(content)));
            Assert.Equal(entry.GetProperty("length").GetInt32(), content.Length);
        }

        Assert.Equal("Rekor", listed["rekor.pub"].GetProperty("custom").GetProperty("sigstore").GetProperty("usage").GetString());
        Assert.Equal(rig.Services.TrustedRootJson(), await Target(rig, listed, "trusted_root.json"));
    }

    [Fact]
    public async Task A_rotation_signs_the_next_root_with_enough_old_and_enough_new_keys()
    {
        await using var rig = await SandboxRig.Start();
        Assert.Equal(HttpStatusCode.NotFound, (await rig.Client.GetAsync("/tuf/2.root.json", Stop)).StatusCode);
        await rig.Fault("tuf", "new-root");
        var next = await rig.GetJson("/tuf/2.root.json");
        var before = JsonDocument.Parse(rig.Services.TufRootJson()).RootElement;
        var signers = next.GetProperty("signatures").EnumerateArray().Select(static s => s.GetProperty("keyid").GetString()).ToHashSet();
        foreach (var root in new[] { before, next })
        {
            var role = root.GetProperty("signed").GetProperty("roles").GetProperty("root");
            var named = role.GetProperty("keyids").EnumerateArray().Count(id => signers.Contains(id.GetString()));
            Assert.True(named >= role.GetProperty("threshold").GetInt32());
        }

        Assert.Equal(2, next.GetProperty("signed").GetProperty("version").GetInt32());
        Assert.Equal(HttpStatusCode.NotFound, (await rig.Client.GetAsync("/tuf/3.root.json", Stop)).StatusCode);
    }

    [Fact]
    public async Task A_timestamp_that_grows_old_is_signed_anew()
    {
        await using var rig = await SandboxRig.Start();
        var first = await Signed(rig, "timestamp.json");
        rig.Clock.Now += TimeSpan.FromDays(6);
        var second = await Signed(rig, "timestamp.json");
        Assert.Equal(first.GetProperty("version").GetInt32() + 1, second.GetProperty("version").GetInt32());
        Assert.True(second.GetProperty("expires").GetDateTimeOffset() > rig.Clock.Now.AddDays(6));
    }

    private static async Task<JsonElement> Signed(SandboxRig rig, string path) => (await rig.GetJson($"/tuf/{path}")).GetProperty("signed");

    private static int Version(JsonElement announcer, string role) =>
        announcer.GetProperty("meta").GetProperty($"{role}.json").GetProperty("version").GetInt32();

    private static async Task<string> Target(SandboxRig rig, Dictionary<string, JsonElement> listed, string name) =>
        Encoding.UTF8.GetString(
            await rig.Client.GetByteArrayAsync(
                $"/tuf/targets/{listed[name].GetProperty("hashes").GetProperty("sha256").GetString()}.{name}",
                Stop
            )
        );
}

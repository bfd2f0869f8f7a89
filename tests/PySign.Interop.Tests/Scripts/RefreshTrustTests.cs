using System.Globalization;
using System.Text.Json;
using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Scripts;

/// <summary>The project's own build renews the embedded trust, here from the sandbox's TUF repository.</summary>
public sealed class RefreshTrustTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_root_chain_is_walked_the_files_are_replaced_with_their_origin_and_an_old_root_is_warned_of()
    {
        var folder = Path.GetDirectoryName(sandbox.NewFile("empty", ""))!;
        var embedded = Path.Combine(folder, "embedded");
        using (var http = sandbox.Sandbox.CreateControlClient())
        {
            using var rotation = new StringContent("""{"service":"tuf","kind":"new-root","times":1}""");
            (await http.PostAsync("/_sandbox/faults", rotation, Stop)).EnsureSuccessStatusCode();
        }

        // Who runs the tests by the project's own build has Cake already.
        (await Peer.RunProgram("dotnet", ["tool", "restore"], DotNet(folder), RepositoryRoot.Path)).MustSucceed();
        var run = await Cake(
            folder,
            "--target=Refresh-Trust",
            $"--mirror={sandbox.Sandbox.Info.TufMirror}",
            $"--root={sandbox.Sandbox.Info.TufRoot}",
            $"--embedded={embedded}",
            $"--work={Path.Combine(folder, "work")}",
            $"--tuf-client={Path.Combine(AppContext.BaseDirectory, "PySign.Sigstore.TufConformance.dll")}",
            "--today=2026-11-21"
        );
        run.MustSucceed();
        using var root = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(embedded, "root.json"), Stop));
        Assert.Equal(2, root.RootElement.GetProperty("signed").GetProperty("version").GetInt32());
        Assert.Equal(
            await File.ReadAllTextAsync(sandbox.TrustedRoot, Stop),
            await File.ReadAllTextAsync(Path.Combine(embedded, "trusted_root.json"), Stop)
        );
        Assert.Equal(
            await File.ReadAllTextAsync(sandbox.Sandbox.Info.SigningConfig.FullPath, Stop),
            await File.ReadAllTextAsync(Path.Combine(embedded, "signing_config.v0.2.json"), Stop)
        );
        Assert.Contains(
            "on 2026-11-21, believed along the chain of roots from version 1 to 2.",
            await File.ReadAllTextAsync(Path.Combine(embedded, "ORIGIN.md"), Stop),
            StringComparison.Ordinal
        );

        var expires = root.RootElement.GetProperty("signed").GetProperty("expires").GetDateTimeOffset();
        var late = await Cake(
            folder,
            "--target=Check-Trust",
            $"--embedded={embedded}",
            $"--today={expires.AddDays(-59).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}"
        );
        late.MustSucceed();
        Assert.Contains("Renew it with --target=Refresh-Trust", late.Output + late.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mirror_that_is_not_believed_changes_nothing()
    {
        var folder = Path.GetDirectoryName(sandbox.NewFile("empty", ""))!;
        var embedded = Path.Combine(folder, "embedded");
        (await Peer.RunProgram("dotnet", ["tool", "restore"], DotNet(folder), RepositoryRoot.Path)).MustSucceed();
        var run = await Cake(
            folder,
            "--target=Refresh-Trust",
            $"--mirror={sandbox.Sandbox.Info.TufMirror}",
            $"--embedded={embedded}",
            $"--root={Path.Combine(RepositoryRoot.Path, "src", "PySign.Sigstore", "Trust", "Embedded", "root.json")}",
            $"--work={Path.Combine(folder, "work")}",
            $"--tuf-client={Path.Combine(AppContext.BaseDirectory, "PySign.Sigstore.TufConformance.dll")}"
        );
        run.MustRefuse("ThresholdNotMet");
        Assert.False(Directory.Exists(embedded));
    }

    private Task<PeerResult> Cake(string folder, params string[] arguments) =>
        Peer.RunProgram("dotnet", ["cake", "build.cake", .. arguments], DotNet(folder), RepositoryRoot.Path);

    private Dictionary<string, string> DotNet(string folder)
    {
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = Environment.GetEnvironmentVariable("HOME") ?? folder,
            ["CAKE_PATHS_TOOLS"] = Path.Combine(folder, "tools"),
            ["CAKE_SETTINGS_ENABLESCRIPTCACHE"] = "true",
            ["CAKE_PATHS_CACHE"] = sandbox.Rig.Folder.Folder("cake-cache").FullPath,
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_NOLOGO"] = "1",
            ["NO_COLOR"] = "1",
        };
        foreach (var name in new[] { "DOTNET_ROOT", "DOTNET_TieredPGO", "NUGET_PACKAGES" })
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                environment[name] = value;
            }
        }

        return environment;
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;
using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Scripts;

/// <summary>What the README prints is run as it is printed, outside this repository, from the packed addin.</summary>
public sealed partial class ReadmeScriptTests(ConsumerRepository repository) : IClassFixture<ConsumerRepository>
{
    private string ReadmeScript
    {
        get
        {
            var readme = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "README.md"));
            var printed = Assert.Single(readme, line => line.EndsWith("> build.cake", StringComparison.Ordinal));
            var lines = Quoted().Matches(printed).Select(match => match.Groups["text"].Value).Skip(1).ToList();
            var block = string.Join('\n', lines) + "\n";
            Assert.Contains("#load nuget:?package=Cake.PySign&version=", block, StringComparison.Ordinal);
            Assert.InRange(lines.Count, 2, 10);
            return PinnedVersion().Replace(block, $"version={repository.Addin.Version}");
        }
    }

    [Fact]
    public async Task The_script_of_the_README_rehearses_a_release_and_real_cosign_accepts_the_result()
    {
        await RequiredPython.Importing("build", "twine", "setuptools", "wheel");
        var project = repository.NewProject();
        var before = Directory.EnumerateFiles(project, "*", SearchOption.AllDirectories).ToDictionary(f => f, File.ReadAllBytes);
        var run = await repository.RunScript(project, ReadmeScript, "--target=PySign-Rehearse", "--output=out", "--verbosity=diagnostic");
        run.MustSucceed();
        Assert.Equal(
            [
                ".pysign-rehearsal",
                "consumer",
                "dist",
                "logs",
                "preflight.json",
                "pysign.json",
                "report",
                "signing_config.json",
                "test-results",
                "trusted_root.json",
            ],
            Directory.EnumerateFileSystemEntries(Path.Combine(project, "out")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        AssertNoSecret(run.All);
        foreach (var (file, bytes) in before)
        {
            Assert.Equal(bytes, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        }

        foreach (var file in Directory.EnumerateFiles(Path.Combine(project, "out"), "*", SearchOption.AllDirectories))
        {
            AssertNoSecret(await File.ReadAllTextAsync(file, System.Text.Encoding.Latin1, TestContext.Current.CancellationToken));
        }

        await AcceptedByCosign(Path.Combine(project, "out"));
    }

    [Fact]
    public async Task A_failing_stage_keeps_its_own_exit_code()
    {
        var project = repository.NewProject();
        (await repository.RunScript(project, ReadmeScript, "--target=PySign-Sign")).MustExit(12, "Run PySign-Build first");
        (await repository.RunScript(project, ReadmeScript, "--target=PySign-Release", "--fulcio-url=nonsense")).MustExit(10, "fulcio-url");
        (await repository.RunScript(project, ReadmeScript, "--target=PySign-Build", "--project=out-of-nowhere")).MustExit(
            11,
            "out-of-nowhere"
        );
    }

    private static async Task AcceptedByCosign(string output)
    {
        var cosign = Peer.Cosign3;
        using var ledger = JsonDocument.Parse(
            await File.ReadAllBytesAsync(Path.Combine(output, "pysign.json"), TestContext.Current.CancellationToken)
        );
        var files = ledger.RootElement.GetProperty("files").EnumerateArray().ToList();
        Assert.Equal(2, files.Count);
        foreach (var file in files)
        {
            var name = file.GetProperty("name").GetString()!;
            var signature = file.GetProperty("signature");
            (
                await cosign.Run([
                    "verify-blob",
                    "--bundle",
                    Path.Combine(output, "consumer", name + ".sigstore.json"),
                    "--trusted-root",
                    Path.Combine(output, "trusted_root.json"),
                    "--certificate-identity",
                    signature.GetProperty("identity").GetString()!,
                    "--certificate-oidc-issuer",
                    signature.GetProperty("issuer").GetString()!,
                    Path.Combine(output, "consumer", name),
                ])
            ).MustSucceed();
        }
    }

    /// <summary>Identity tokens are JWTs, the sandbox's job and request tokens carry their prefix.</summary>
    private static void AssertNoSecret(string text)
    {
        Assert.DoesNotMatch(Jwt(), text);
        Assert.DoesNotContain("glcbt-", text, StringComparison.Ordinal);
        Assert.DoesNotContain("ghrt-", text, StringComparison.Ordinal);
    }

    [GeneratedRegex("'(?<text>[^']*)'", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"version=[0-9][^\s]*", RegexOptions.CultureInvariant)]
    private static partial Regex PinnedVersion();

    [GeneratedRegex(@"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}", RegexOptions.CultureInvariant)]
    private static partial Regex Jwt();
}

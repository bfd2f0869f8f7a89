using System.Security.Cryptography;
using System.Text.Json;
using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Matrix;

/// <summary>
/// Real Fulcio, Rekor v1 and v2, timestamp authority and certificate transparency log, started by the scripts of the folder that
/// PYSIGN_STACK names (CONTRIBUTING.md says what they have to do) and ended with the test. Their ports are fixed: one at a time on a
/// machine.
/// </summary>
internal sealed class RealServers : IAsyncDisposable
{
    private const string IssuerUrl = "http://localhost:8600/gitlab";
    private const string ConfigRef = "gitlab.com/acme/demo//.gitlab-ci.yml@refs/tags/v1.0.0";
    private static readonly HttpClient _http = new();
    private readonly string _stack;
    private readonly DirectoryInfo _run = Directory.CreateTempSubdirectory("pysign-stack-");

    private RealServers(string stack) => _stack = stack;

    public static async Task<RealServers> Start()
    {
        var stack = Environment.GetEnvironmentVariable("PYSIGN_STACK");
        Assert.SkipWhen(
            string.IsNullOrEmpty(stack),
            "NOT RUN: no real Sigstore servers here; PYSIGN_STACK has to name their folder (CONTRIBUTING.md)."
        );
        Assert.SkipUnless(
            File.Exists(Path.Combine(stack, "stack-up")),
            $"NOT RUN: PYSIGN_STACK is {stack}, which has no stack-up (CONTRIBUTING.md)."
        );
        var servers = new RealServers(Path.GetFullPath(stack));
        try
        {
            (await servers.Script("stack-up")).MustSucceed();
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public SigstoreInstance Instance =>
        new()
        {
            Fulcio = "http://localhost:5555",
            RekorV1 = "http://localhost:3010",
            RekorV2 = "http://localhost:3003",
            TimestampAuthority = "http://localhost:3005/api/v1/timestamp",
            TrustedRoot = Path.Combine(_run.FullName, "trusted_root.json"),
            Identity = "https://" + ConfigRef,
            Issuer = IssuerUrl,
            Cosign2Trust = new Dictionary<string, string>
            {
                ["SIGSTORE_ROOT_FILE"] = Path.Combine(_run.FullName, "fulcio-chain.pem"),
                ["SIGSTORE_CT_LOG_PUBLIC_KEY_FILE"] = Path.Combine(_run.FullName, "ct.pub"),
                ["SIGSTORE_REKOR_PUBLIC_KEY"] = Path.Combine(_run.FullName, "rekor1.pub"),
            },
            MintToken = MintToken,
            Folder = _run.CreateSubdirectory("signed").FullName,
        };

    /// <summary>What the Rekor v1 that answers is like: who started it decided on its host name and its key.</summary>
    public async Task<LogPeculiarity> Peculiarity()
    {
        using var state = JsonDocument.Parse(
            await _http.GetStringAsync("http://localhost:3010/api/v1/log", TestContext.Current.CancellationToken)
        );
        using var root = JsonDocument.Parse(await File.ReadAllBytesAsync(Instance.TrustedRoot, TestContext.Current.CancellationToken));
        var signer = state.RootElement.GetProperty("signedTreeHead").GetString()!.Split('\n')[^2].Split(' ')[1];
        var isNamed = root.RootElement.GetProperty("tlogs").EnumerateArray().Any(log => HostOf(log) == signer);
        var pem = await File.ReadAllTextAsync(Instance.Cosign2Trust["SIGSTORE_REKOR_PUBLIC_KEY"], TestContext.Current.CancellationToken);
        return (isNamed ? LogPeculiarity.None : LogPeculiarity.PodNamed) | (IsRsa(pem) ? LogPeculiarity.Rsa : LogPeculiarity.None);
    }

    private static string? HostOf(JsonElement log) =>
        log.TryGetProperty("baseUrl", out var address) && Uri.TryCreate(address.GetString(), UriKind.Absolute, out var uri)
            ? uri.Host
            : null;

    private static bool IsRsa(string pem)
    {
        using var key = RSA.Create();
        try
        {
            key.ImportFromPem(pem);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Script("stack-down");
        _run.Delete(recursive: true);
    }

    private static Task<string> MintToken() =>
        _http.GetStringAsync(
            IssuerUrl
                + "/token?"
                + string.Join(
                    '&',
                    new Dictionary<string, string>
                    {
                        ["sub"] = "project_path:acme/demo:ref_type:tag:ref:v1.0.0",
                        ["ci_config_ref_uri"] = ConfigRef,
                        ["ci_config_sha"] = "0123456789012345678901234567890123456789",
                        ["project_path"] = "acme/demo",
                        ["project_id"] = "42",
                        ["project_visibility"] = "public",
                        ["namespace_path"] = "acme",
                        ["namespace_id"] = "7",
                        ["user_login"] = "dev",
                        ["user_id"] = "1",
                        ["user_email"] = "dev@example.org",
                        ["pipeline_id"] = "100",
                        ["pipeline_source"] = "push",
                        ["job_id"] = "200",
                        ["ref"] = "v1.0.0",
                        ["ref_type"] = "tag",
                        ["ref_protected"] = "true",
                        ["runner_id"] = "1",
                        ["runner_environment"] = "gitlab-hosted",
                        ["sha"] = "0123456789012345678901234567890123456789",
                    }.Select(static claim => claim.Key + "=" + Uri.EscapeDataString(claim.Value))
                ),
            TestContext.Current.CancellationToken
        );

    private Task<PeerResult> Script(string name) => Peer.RunProgram("bash", [Path.Combine(_stack, name), _run.FullName]);
}

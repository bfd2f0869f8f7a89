using Cake.Core.IO;
using Cake.PySign.Sandbox;
using Cake.PySign.Sign;
using Cake.PySign.Tests.Rig;
using PySign.Interop.Tests.Matrix;

namespace PySign.Interop.Tests.Peers;

/// <summary>One sandbox process for a class of tests, started the way a script starts it.</summary>
public class RunningSandbox : IAsyncLifetime
{
    public const string Identity = "https://gitlab.example.org/acme/demo//.gitlab-ci.yml@refs/tags/v1.0.0";

    private PySignSandbox? _sandbox;

    internal CakeRig Rig { get; } = new();

    /// <summary>How it is started.</summary>
    protected virtual StartPySignSandboxSettings Settings { get; } = new();

    public PySignSandbox Sandbox => _sandbox ?? throw new InvalidOperationException("The sandbox has not been started.");

    public string Issuer => Sandbox.Info.GitLab.ServerUrl.AbsoluteUri.TrimEnd('/');

    public string TrustedRoot => Sandbox.Info.TrustedRoot.FullPath;

    /// <summary>What cosign 2 takes instead of a trusted root when it verifies a signature and a certificate.</summary>
    public IReadOnlyDictionary<string, string> Cosign2Trust
    {
        get
        {
            var folder = System.IO.Path.GetDirectoryName(TrustedRoot)!;
            return new Dictionary<string, string>
            {
                ["SIGSTORE_ROOT_FILE"] = System.IO.Path.Combine(folder, "fulcio.pem"),
                ["SIGSTORE_CT_LOG_PUBLIC_KEY_FILE"] = System.IO.Path.Combine(folder, "ctfe.pub"),
                ["SIGSTORE_REKOR_PUBLIC_KEY"] = System.IO.Path.Combine(folder, "rekor.pub"),
            };
        }
    }

    public async ValueTask InitializeAsync() => _sandbox = await Rig.Context.StartPySignSandbox(Settings);

    public Task<string> MintToken() =>
        Sandbox.MintGitLabTokenAsync(
            new Dictionary<string, object>
            {
                ["aud"] = "sigstore",
                ["project_path"] = "acme/demo",
                ["ref"] = "v1.0.0",
                ["ref_type"] = "tag",
                ["ci_config_ref_uri"] = Identity["https://".Length..],
            },
            TestContext.Current.CancellationToken
        );

    /// <summary>The sandbox as any client sees it; Rekor v2 is the log with an Ed25519 key.</summary>
    internal SigstoreInstance Instance()
    {
        var services = Sandbox.Info.BaseUrl.AbsoluteUri.TrimEnd('/');
        return new SigstoreInstance
        {
            Fulcio = services,
            RekorV1 = services,
            RekorV2 = services,
            TimestampAuthority = services + "/api/v1/timestamp",
            TrustedRoot = TrustedRoot,
            Identity = Identity,
            Issuer = Issuer,
            Cosign2Trust = Cosign2Trust,
            MintToken = MintToken,
            Folder = System.IO.Path.GetDirectoryName(NewFile("empty", ""))!,
        };
    }

    /// <summary>The signing config of one of the sandbox's logs: rekor-v1, rekor-v2 or rekor-v2-ecdsa.</summary>
    public FilePath SigningConfig(string log) =>
        log switch
        {
            "rekor-v1" => Sandbox.Info.SigningConfig,
            "rekor-v2" => Sandbox.Info.SigningConfigRekorV2,
            "rekor-v2-ecdsa" => Sandbox.Info.SigningConfigRekorV2Ecdsa ?? throw new InvalidOperationException("No ECDSA log."),
            _ => throw new ArgumentOutOfRangeException(nameof(log), log, "not a log of the sandbox"),
        };

    /// <summary>A file of its own for one test.</summary>
    public string NewFile(string name, string content) => Rig.Folder.Write($"{Guid.NewGuid():N}/{name}", content).FullPath;

    public async Task<SignedBlob> Sign(string file, string log)
    {
        var signed = await Rig.Context.CosignSignBlob(
            [new FilePath(file)],
            new CosignSignBlobSettings
            {
                Signing = { IdToken = await MintToken(), SigningConfig = SigningConfig(log) },
                Trust = { TrustedRoot = Sandbox.Info.TrustedRoot },
            },
            TestContext.Current.CancellationToken
        );
        return Assert.Single(signed);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sandbox is not null)
        {
            await _sandbox.DisposeAsync();
        }

        Rig.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>A sandbox that behaves like a private instance of Sigstore.</summary>
public sealed class RunningPrivateSandbox : RunningSandbox
{
    protected override StartPySignSandboxSettings Settings { get; } = new() { PrivateInstance = true };
}

/// <summary>The same, whose log signs with RSA.</summary>
public sealed class RunningRsaLogSandbox : RunningSandbox
{
    protected override StartPySignSandboxSettings Settings { get; } = new() { PrivateInstance = true, RsaLog = true };
}

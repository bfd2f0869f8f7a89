using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PySign.Sandbox.CertificateTransparency;
using PySign.Sandbox.Faults;
using PySign.Sandbox.Fulcio;
using PySign.Sandbox.Oidc;
using PySign.Sandbox.Registries.GitHub;
using PySign.Sandbox.Registries.GitLab;
using PySign.Sandbox.Registries.PyPi;
using PySign.Sandbox.Registries.Store;
using PySign.Sandbox.Timestamps;
using PySign.Sandbox.Transparency;
using PySign.Sandbox.Trust;

namespace PySign.Sandbox.Hosting;

/// <summary>All services of one sandbox with their fresh keys, and the materials that clients need to trust them.</summary>
public sealed class SandboxServices : IDisposable
{
    internal const long HomeProjectId = 42;
    internal const string HomeProjectPath = "acme/hello-pysign";

    // Windows of validity begin before now, so that clocks and whole seconds do not matter.
    private static readonly TimeSpan _head = TimeSpan.FromHours(1);
    private readonly TrustDocuments _trust;
    private readonly TimeProvider _time;
    private readonly bool _ownsStateDirectory;

    internal SandboxServices(SandboxOptions options)
    {
        BaseUrl = options.BaseUrl.TrimEnd('/');
        _ownsStateDirectory = options.StateDirectory is null;
        StateDirectory = options.StateDirectory ?? Directory.CreateTempSubdirectory("pysign-sandbox-").FullName;
        Directory.CreateDirectory(StateDirectory);
        _time = options.Time;
        GitHub = new GitHubInstance(_time);
        var validFrom = _time.GetUtcNow() - _head;
        Oidc = new OidcProvider(() => BaseUrl, _time, options.IssuerKey);
        Devices = new DeviceGrants(Oidc, _time);
        CtLog = new CtLog(_time);
        Fulcio = new CertificateAuthority(CtLog, _time, validFrom);
        RekorV1 = new RekorV1Log(RekorV1Signer(options.Instance), _time);
        RekorV2 = new RekorV2Log(new Ed25519CheckpointSigner("rekor-v2.sandbox.localhost"), _time);
        RekorV2Ecdsa = new RekorV2Log(new EcdsaCheckpointSigner("rekor-v2-ecdsa.sandbox.localhost"), _time);
        Timestamps = new TimestampAuthority(_time, validFrom, validFrom.AddYears(10));
        RetiredTimestamps = new TimestampAuthority(_time, validFrom.AddYears(-2), validFrom);
        GitLab = new GitLabInstance(StateDirectory, _time);
        ConfigureHomeProject();
        _trust = new TrustDocuments
        {
            Fulcio = Fulcio,
            CtLog = CtLog,
            RekorV1 = RekorV1,
            RekorV2 = RekorV2,
            RekorV2Ecdsa = RekorV2Ecdsa,
            Tsa = Timestamps,
            RetiredTsa = RetiredTimestamps,
            ValidFrom = validFrom,
            Shape = options.Instance,
        };
        Tuf = new TufRepository(() => _trust.TufTargets(BaseUrl), _time);
    }

    /// <summary>Scheme, host and port of everything here, without a slash at the end.</summary>
    public string BaseUrl { get; internal set; }

    /// <summary>The folder of the materials and of uploaded packages.</summary>
    public string StateDirectory { get; }

    internal OidcProvider Oidc { get; }

    internal DeviceGrants Devices { get; }

    internal CtLog CtLog { get; }

    internal CertificateAuthority Fulcio { get; }

    internal RekorV1Log RekorV1 { get; }

    internal RekorV2Log RekorV2 { get; }

    internal RekorV2Log RekorV2Ecdsa { get; }

    internal TimestampAuthority Timestamps { get; }

    /// <summary>The authority before the present one: still in the trusted root, for what it stamped in its time.</summary>
    internal TimestampAuthority RetiredTimestamps { get; }

    internal TufRepository Tuf { get; }

    /// <summary>The package registries; project 42 is there from the start.</summary>
    public GitLabInstance GitLab { get; }

    /// <summary>GitHub's releases.</summary>
    public GitHubInstance GitHub { get; }

    /// <summary>A plain store that takes PUT.</summary>
    public HttpStore Store { get; } = new();

    /// <summary>PyPI's upload endpoint, index, integrity API and trusted publishing.</summary>
    public PyPiIndex PyPi { get; } = new();

    /// <summary>What the control interface wants as a bearer token; only the ready file holds it.</summary>
    public string ControlToken { get; } = "pysc-" + RandomNumberGenerator.GetHexString(32, lowercase: true);

    internal FaultBoard Faults { get; } = new();

    internal RequestLog Requests { get; } = new();

    internal string JobToken { get; } = "glcbt-" + RandomNumberGenerator.GetHexString(32, lowercase: true);

    internal string GitHubRequestToken { get; } = "ghrt-" + RandomNumberGenerator.GetHexString(32, lowercase: true);

    internal JsonObject GitHubClaimOverrides { get; set; } = [];

    /// <summary>trusted_root.json of this sandbox.</summary>
    public string TrustedRootJson() => _trust.TrustedRoot();

    /// <summary>The first root.json of this sandbox's TUF repository, which hands out the trusted root and signing configs.</summary>
    public string TufRootJson() => Encoding.UTF8.GetString(Tuf.Root);

    /// <summary>signing_config.json of this sandbox for one choice of logs.</summary>
    public string SigningConfigJson(SigningConfigKind kind) => _trust.SigningConfig(kind, BaseUrl);

    /// <summary>Mints the identity token of a GitLab job; a null value removes a claim, <c>expires_in</c> moves <c>exp</c>.</summary>
    public string MintGitLabToken(JsonObject? claims = null) => Mint(IssuerKind.GitLab, claims ?? []).Token;

    /// <summary>Mints the identity token of a GitHub Actions job.</summary>
    public string MintGitHubToken(JsonObject? claims = null) => Mint(IssuerKind.GitHub, claims ?? []).Token;

    /// <summary>Mints the identity token of a person.</summary>
    public string MintEmailToken(JsonObject? claims = null) => Mint(IssuerKind.Email, claims ?? []).Token;

    /// <summary>Asks a service for a fault of docs/sandbox.md, as <c>POST /_sandbox/faults</c> does; a negative number of times is until
    /// cleared.</summary>
    public void AddFault(string service, string kind, int times = 1, int status = 503, int? seconds = null)
    {
        if (!FaultCatalog.Common.ContainsKey(kind) && !(FaultCatalog.Kinds.TryGetValue(service, out var kinds) && kinds.ContainsKey(kind)))
        {
            throw new ArgumentException($"No service '{service}' has a fault '{kind}'.", nameof(kind));
        }

        Faults.Add(new Fault(service, kind, times, status) { Seconds = seconds });
    }

    private static CheckpointSigner RekorV1Signer(InstanceShape shape)
    {
        var name = shape.PodNamedLog ? "rekor-server-5f7d8c9b4-x7k2p" : "rekor-v1.sandbox.localhost";
        return shape.RsaLog ? new RsaCheckpointSigner(name) : new EcdsaCheckpointSigner(name);
    }

    internal (string Token, JsonObject Claims) Mint(IssuerKind kind, JsonObject overrides) =>
        Oidc.Mint(kind, FaultyTokens.Spoil(overrides, Faults, _time.GetUtcNow()));

    /// <summary>Puts back the one project that is there from the start, as GitLab makes a public project.</summary>
    internal void ConfigureHomeProject() =>
        GitLab.Configure(
            new GitLabProjectOptions
            {
                Id = HomeProjectId,
                Path = HomeProjectPath,
                Credentials = [new GitLabCredential(CredentialKind.JobToken, JobToken)],
            }
        );

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsStateDirectory)
        {
            Directory.Delete(StateDirectory, recursive: true);
        }

        Oidc.Dispose();
        Fulcio.Dispose();
        CtLog.Dispose();
        RekorV1.Dispose();
        RekorV2.Dispose();
        RekorV2Ecdsa.Dispose();
        Timestamps.Dispose();
        RetiredTimestamps.Dispose();
        Tuf.Dispose();
    }
}

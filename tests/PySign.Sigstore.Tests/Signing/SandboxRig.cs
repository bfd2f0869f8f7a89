using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using PySign.Sandbox.Application;
using PySign.Sandbox.Hosting;
using PySign.Sandbox.Trust;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Trust;

namespace PySign.Sigstore.Tests.Signing;

/// <summary>A sandbox in memory, and between it and the client somebody who counts, and who can answer in its place.</summary>
internal sealed class SandboxRig : DelegatingHandler
{
    private readonly DirectoryInfo _state;
    private readonly WebApplication _application;
    private readonly LentRsaKeys _keys;
    private readonly Lock _gate = new();
    private readonly List<string> _calls = [];

    private SandboxRig(WebApplication application, LentRsaKeys keys, FastTime time, DirectoryInfo state)
        : base(application.GetTestServer().CreateHandler())
    {
        (_application, _keys) = (application, keys);
        _state = state;
        Time = time;
        Services = application.Services.GetRequiredService<SandboxServices>();
        Root = TrustedRoot.Parse(Encoding.UTF8.GetBytes(Services.TrustedRootJson()));
    }

    public FastTime Time { get; }

    public SandboxServices Services { get; }

    public TrustedRoot Root { get; }

    /// <summary>Answers in the sandbox's place; gets the request and a way of asking the sandbox after all.</summary>
    public Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>>? Intercept { get; set; }

    /// <summary>Method and path of every call so far.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    public int CertificateRequests => Calls.Count(c => c == "POST /api/v2/signingCert");

    public int LogUploads =>
        Calls.Count(c => c.StartsWith("POST ", StringComparison.Ordinal) && c.EndsWith("/log/entries", StringComparison.Ordinal));

    public static async Task<SandboxRig> StartAsync(InstanceShape? instance = null)
    {
        var time = new FastTime();
        var state = Directory.CreateTempSubdirectory();
        var keys = new LentRsaKeys();
        var application = SandboxApplication.Build(
            new SandboxOptions
            {
                Time = time,
                StateDirectory = state.FullName,
                Instance = instance ?? InstanceShape.Public,
                IssuerKey = keys.Next,
            },
            builder => builder.WebHost.UseTestServer()
        );
        await application.StartAsync();
        return new SandboxRig(application, keys, time, state);
    }

    public IdentityToken GitLabToken(JsonObject? claims = null) => IdentityToken.Parse(Services.MintGitLabToken(claims));

    public SigningServices Select(SigningConfigKind kind) =>
        SigningConfig.Parse(Encoding.UTF8.GetBytes(Services.SigningConfigJson(kind))).Select(Time.GetUtcNow());

    public SigningContext Context(SigningConfigKind kind = SigningConfigKind.RekorV1) => Context(Select(kind));

    public SigningContext Context(SigningServices services) => new(services, Root, this, Time);

    public async Task<Signer> SignerAsync(SigningConfigKind kind = SigningConfigKind.RekorV1, IdentityToken? token = null) =>
        await Context(kind).CreateSignerAsync(token ?? GitLabToken(), TestContext.Current.CancellationToken);

    public async Task FaultAsync(string service, string kind, int times = 1, int status = 503)
    {
        using var client = _application.GetTestClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", Services.ControlToken);
        using var response = await client.PostAsJsonAsync(
            "/_sandbox/faults",
            new
            {
                service,
                kind,
                times,
                status,
            },
            TestContext.Current.CancellationToken
        );
        response.EnsureSuccessStatusCode();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _calls.Add($"{request.Method} {request.RequestUri!.AbsolutePath}");
        }

        return Intercept is { } intercept
            ? await intercept(request, () => base.SendAsync(request, cancellationToken))
            : await base.SendAsync(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            ((IDisposable)_application).Dispose();
            _keys.Dispose();
            _state.Delete(recursive: true);
        }
    }
}

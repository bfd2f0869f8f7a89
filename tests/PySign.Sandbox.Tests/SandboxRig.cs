using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using PySign.Sandbox.Application;
using PySign.Sandbox.Hosting;

namespace PySign.Sandbox.Tests;

/// <summary>A whole sandbox in memory, with a clock that stands still.</summary>
internal sealed class SandboxRig : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pysign-sandbox-test");
    private readonly LentRsaKeys _keys = new();
    private readonly WebApplication _app;

    private SandboxRig() =>
        _app = SandboxApplication.Build(
            new SandboxOptions
            {
                StateDirectory = _folder.FullName,
                Time = Clock,
                IssuerKey = _keys.Next,
            },
            builder => builder.WebHost.UseTestServer()
        );

    public StillClock Clock { get; } = new();

    public SandboxServices Services => _app.Services.GetRequiredService<SandboxServices>();

    public HttpClient Client { get; private set; } = null!;

    /// <summary>Everything that is routed.</summary>
    public EndpointDataSource Endpoints => _app.Services.GetRequiredService<EndpointDataSource>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<SandboxRig> Start()
    {
        var rig = new SandboxRig();
        await rig._app.StartAsync(Stop);
        rig.Client = new HttpClient(new Starter(rig._app.GetTestServer().CreateHandler(), rig.Services.ControlToken))
        {
            BaseAddress = new Uri("http://localhost"),
        };
        return rig;
    }

    /// <summary>A client that was not given the control token.</summary>
    public HttpClient Stranger() => _app.GetTestClient();

    public async Task<(HttpResponseMessage Response, JsonElement Body)> PostJson(string path, object body)
    {
        var response = await Client.PostAsJsonAsync(path, body, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        return (response, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    public async Task<JsonElement> GetJson(string path) => await Client.GetFromJsonAsync<JsonElement>(path, Stop);

    public Task Fault(string service, string kind, int times = 1) =>
        Client
            .PostAsJsonAsync(
                "/_sandbox/faults",
                new
                {
                    service,
                    kind,
                    times,
                },
                Stop
            )
            .MustSucceed();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _keys.Dispose();
        _folder.Delete(recursive: true);
    }
}

/// <summary>Shows the control token to the control interface alone, and there unless another was given.</summary>
internal sealed class Starter(HttpMessageHandler server, string controlToken) : DelegatingHandler(server)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.AbsolutePath.StartsWith("/_sandbox/", StringComparison.Ordinal))
        {
            request.Headers.Authorization ??= new AuthenticationHeaderValue("Bearer", controlToken);
        }

        return base.SendAsync(request, cancellationToken);
    }
}

/// <summary>A signature over some artifact by a bare P-256 key, in the shapes that the logs take.</summary>
internal sealed class SignedThing : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public SignedThing(string content = "artifact")
    {
        Digest = SHA256.HashData(Encoding.UTF8.GetBytes(content));
        Signature = _key.SignHash(Digest, DSASignatureFormat.Rfc3279DerSequence);
    }

    public byte[] Digest { get; }

    public byte[] Signature { get; set; }

    public byte[] Spki => _key.ExportSubjectPublicKeyInfo();

    public object ForV1(string? pem = null) =>
        new
        {
            apiVersion = "0.0.1",
            kind = "hashedrekord",
            spec = new
            {
                signature = new
                {
                    content = Signature,
                    publicKey = new { content = Encoding.UTF8.GetBytes(pem ?? _key.ExportSubjectPublicKeyInfoPem()) },
                },
                data = new { hash = new { algorithm = "sha256", value = Convert.ToHexStringLower(Digest) } },
            },
        };

    public object ForV2(string details = "PKIX_ECDSA_P256_SHA_256") =>
        new
        {
            hashedRekordRequestV002 = new
            {
                digest = Digest,
                signature = new { content = Signature, verifier = new { publicKey = new { rawBytes = Spki }, keyDetails = details } },
            },
        };

    public void Dispose() => _key.Dispose();
}

internal static class Success
{
    public static async Task MustSucceed(this Task<HttpResponseMessage> pending)
    {
        using var response = await pending;
        Assert.True(
            response.IsSuccessStatusCode,
            $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}"
        );
    }
}

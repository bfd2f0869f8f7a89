using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Routing;

namespace PySign.Sandbox.Tests.Control;

public sealed class ControlGateTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_control_route_answers_a_caller_without_the_token()
    {
        await using var rig = await SandboxRig.Start();
        var routes = rig
            .Endpoints.Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/_sandbox/", StringComparison.Ordinal))
            .SelectMany(endpoint =>
                endpoint
                    .Metadata.GetRequiredMetadata<HttpMethodMetadata>()
                    .HttpMethods.Select(method => (Method: method, Path: endpoint.RoutePattern.RawText!))
            )
            .ToList();
        Assert.InRange(routes.Count, 18, 40);
        foreach (var (method, path) in routes)
        {
            Assert.True(await StatusAsync(rig, method, path, null) == HttpStatusCode.Unauthorized, $"{method} {path}");
            Assert.True(await StatusAsync(rig, method, path, "pysc-of-somebody-else") == HttpStatusCode.Unauthorized, $"{method} {path}");
        }
    }

    [Theory]
    [InlineData("/_SANDBOX/info")]
    [InlineData("/%5Fsandbox/info")]
    [InlineData("/_sandbox/info/")]
    [InlineData("/api/../_sandbox/info")]
    public async Task Another_spelling_of_a_path_leads_around_no_gate(string path)
    {
        await using var rig = await SandboxRig.Start();
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(rig, "GET", path, null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(rig, "GET", path, rig.Services.ControlToken));
    }

    [Fact]
    public async Task The_services_themselves_want_no_control_token()
    {
        await using var rig = await SandboxRig.Start();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(rig, "GET", "/.well-known/openid-configuration", null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(rig, "GET", "/api/v1/log", null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(rig, "GET", "/_sandbox/github/id-token", rig.Services.GitHubRequestToken));
    }

    [Fact]
    public async Task Every_sandbox_has_a_token_of_its_own()
    {
        await using var one = await SandboxRig.Start();
        await using var other = await SandboxRig.Start();
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(one, "GET", "/_sandbox/info", other.Services.ControlToken));
        Assert.True(one.Services.ControlToken.Length >= 32);
    }

    private static async Task<HttpStatusCode> StatusAsync(SandboxRig rig, string method, string path, string? token)
    {
        using var client = rig.Stranger();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var response = await client.SendAsync(request, Stop);
        return response.StatusCode;
    }
}

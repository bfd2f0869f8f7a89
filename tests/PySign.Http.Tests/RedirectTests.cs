using System.Net;
using static PySign.TestKit.ScriptedHandler;

namespace PySign.Http.Tests;

public sealed class RedirectTests
{
    private static readonly ServiceRequest _request = new()
    {
        Service = "GitLab",
        Method = HttpMethod.Get,
        Uri = new Uri("https://gitlab.example/file"),
        Credential = ServiceCredential.InHeader("JOB-TOKEN", "CANARY-123456"),
        Headers = [new("X-Own", "1"), new("Accept", "application/json")],
    };

    [Fact]
    public async Task By_default_a_redirect_is_an_error_that_names_the_target_without_its_query()
    {
        var (e, handler) = await RefusedAsync(_request, "https://storage.example/object?signature=CANARY");
        Assert.Equal(ServiceFailure.RedirectRefused, e.Reason);
        Assert.Contains("https://storage.example/object", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", e.ToString(), StringComparison.Ordinal);
        Assert.Single(handler.Requests);
    }

    [Fact]
    public async Task Within_the_origin_credentials_go_along()
    {
        var (response, handler) = await FollowAsync(_request with { Redirects = RedirectPolicy.SameOrigin }, "/other");
        Assert.Equal("https://gitlab.example/other", response.Uri.AbsoluteUri);
        Assert.Equal("CANARY-123456", handler.Requests[1].Headers["JOB-TOKEN"]);
    }

    [Theory]
    [InlineData("https://storage.example/object")]
    [InlineData("https://gitlab.example:8443/object")]
    [InlineData("http://gitlab.example/object")]
    public async Task The_same_origin_policy_follows_nowhere_else(string target) =>
        Assert.Equal(
            ServiceFailure.RedirectRefused,
            (await RefusedAsync(_request with { Redirects = RedirectPolicy.SameOrigin }, target)).Error.Reason
        );

    [Fact]
    public async Task To_another_origin_neither_credential_nor_own_headers_go_along()
    {
        var (response, handler) = await FollowAsync(
            _request with
            {
                Redirects = RedirectPolicy.AnywhereWithoutCredentials,
            },
            "https://storage.example/object?signature=1"
        );
        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.False(handler.Requests[1].Headers.ContainsKey("JOB-TOKEN"));
        Assert.False(handler.Requests[1].Headers.ContainsKey("X-Own"));
        Assert.Equal("application/json", handler.Requests[1].Headers["Accept"]);
    }

    [Fact]
    public async Task Credentials_do_not_come_back_after_a_detour()
    {
        var handler = new ScriptedHandler(seen =>
            seen.Number switch
            {
                1 => Answer(HttpStatusCode.Found, "", ("Location", "https://evil.example/")),
                2 => Answer(HttpStatusCode.Found, "", ("Location", "https://gitlab.example/again")),
                _ => Answer(HttpStatusCode.OK),
            }
        );
        using var client = new ServiceClient(new ServiceClientOptions { Handler = handler });
        await client.SendAsync(
            _request with
            {
                Redirects = RedirectPolicy.AnywhereWithoutCredentials,
            },
            TestContext.Current.CancellationToken
        );
        Assert.False(handler.Requests[2].Headers.ContainsKey("JOB-TOKEN"));
    }

    [Theory]
    [InlineData("http://storage.example/")]
    [InlineData("http://127.0.0.1/")]
    [InlineData("https://user:pw@storage.example/")]
    [InlineData("file:///etc/passwd")]
    public async Task No_policy_follows_to_a_refused_address_or_away_from_https(string target) =>
        Assert.Equal(
            ServiceFailure.RedirectRefused,
            (await RefusedAsync(_request with { Redirects = RedirectPolicy.AnywhereWithoutCredentials }, target)).Error.Reason
        );

    [Fact]
    public async Task A_request_with_a_body_never_follows()
    {
        var post = _request with
        {
            Method = HttpMethod.Post,
            Body = RequestBody.Bytes([1], "text/plain"),
            Redirects = RedirectPolicy.AnywhereWithoutCredentials,
        };
        Assert.Equal(ServiceFailure.RedirectRefused, (await RefusedAsync(post, "/other")).Error.Reason);
    }

    [Fact]
    public async Task A_circle_ends()
    {
        var (e, handler) = await RefusedAsync(_request with { Redirects = RedirectPolicy.SameOrigin }, "/file");
        Assert.Equal(ServiceFailure.RedirectRefused, e.Reason);
        Assert.Equal(6, handler.Requests.Count);
    }

    [Fact]
    public void The_system_proxy_is_never_used_for_this_machine()
    {
        var proxy = new LoopbackBypassingProxy(new WebProxy("http://proxy.example:3128"));
        Assert.True(proxy.IsBypassed(new Uri("http://127.0.0.1:5000/")));
        Assert.Null(proxy.GetProxy(new Uri("http://localhost/")));
        Assert.Equal("proxy.example", proxy.GetProxy(new Uri("https://fulcio.sigstore.dev/"))!.Host);
    }

    private static async Task<(ServiceException Error, ScriptedHandler Handler)> RefusedAsync(ServiceRequest request, string target)
    {
        var handler = new ScriptedHandler(_ => Answer(HttpStatusCode.Found, "", ("Location", target)));
        using var client = new ServiceClient(new ServiceClientOptions { Handler = handler });
        return (
            await Assert.ThrowsAsync<ServiceException>(() => client.SendAsync(request, TestContext.Current.CancellationToken)),
            handler
        );
    }

    private static async Task<(ServiceResponse Response, ScriptedHandler Handler)> FollowAsync(ServiceRequest request, string target)
    {
        var handler = new ScriptedHandler(seen =>
            seen.Number == 1 ? Answer(HttpStatusCode.Found, "", ("Location", target)) : Answer(HttpStatusCode.OK)
        );
        using var client = new ServiceClient(new ServiceClientOptions { Handler = handler });
        return (await client.SendAsync(request, TestContext.Current.CancellationToken), handler);
    }
}

using System.Net;

namespace PySign.Http.Tests;

/// <summary>Requests through a real proxy, which keeps every byte that it is sent.</summary>
public sealed class ProxyTests : IDisposable
{
    private const string Token = "CANARY-target-token-0123456789";
    private const string ProxyPassword = "CANARY-proxy-password";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pysign-proxy-");
    private readonly PrivateAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_request_goes_through_the_proxy_which_never_sees_the_hosts_token()
    {
        using var certificate = _authority.Issue("registry.example");
        await using var server = await TlsServer.StartAsync(certificate, _authority.Intermediate);
        await using var proxy = new ForwardProxy();
        proxy.Hosts["registry.example"] = server.Port;
        using var client = Client(new WebProxy(proxy.Url));
        Assert.Equal(
            HttpStatusCode.OK,
            (await client.SendAsync(Get("https://registry.example/file"), TestContext.Current.CancellationToken)).Status
        );
        Assert.Equal(["CONNECT registry.example:443 HTTP/1.1"], proxy.Requests);
        Assert.Equal([$"GET registry.example /file Bearer {Token}"], server.Requests);
        Assert.DoesNotContain(Token, proxy.Seen, StringComparison.Ordinal);
        Assert.DoesNotContain("/file", proxy.Seen, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", proxy.Seen, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_proxys_own_password_goes_to_the_proxy_and_into_no_message()
    {
        using var certificate = _authority.Issue("registry.example");
        await using var server = await TlsServer.StartAsync(certificate, _authority.Intermediate);
        await using var proxy = new ForwardProxy { Credentials = $"user:{ProxyPassword}" };
        proxy.Hosts["registry.example"] = server.Port;
        using (var client = Client(Environment(proxy, ProxyPassword)))
        {
            await client.SendAsync(Get("https://registry.example/file"), TestContext.Current.CancellationToken);
        }

        Assert.DoesNotContain(ProxyPassword, string.Concat(server.Requests), StringComparison.Ordinal);
        var count = proxy.Requests.Count;
        using var wrong = Client(Environment(proxy, ProxyPassword + "-wrong"));
        var e = await Assert.ThrowsAsync<ServiceException>(() =>
            wrong.SendAsync(Get("https://registry.example/file"), TestContext.Current.CancellationToken)
        );
        Assert.Equal(ServiceFailure.Unreachable, e.Reason);
        Assert.Equal(1, e.Attempts);
        Assert.Contains("it answered 407", e.Message, StringComparison.Ordinal);
        Assert.Contains("HTTPS_PROXY", e.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", e.ToString(), StringComparison.Ordinal);
        Assert.True(proxy.Requests.Count > count);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_host_that_the_proxy_does_not_let_through_is_named_with_what_to_check()
    {
        await using var proxy = new ForwardProxy();
        using var client = Client(new WebProxy(proxy.Url));
        var e = await Assert.ThrowsAsync<ServiceException>(() =>
            client.SendAsync(Get("https://elsewhere.example/file") with { Retry = RetryPolicy.None }, TestContext.Current.CancellationToken)
        );
        Assert.Equal(ServiceFailure.Unreachable, e.Reason);
        Assert.Contains("the proxy opened no connection to it (it answered 502)", e.Message, StringComparison.Ordinal);
        Assert.Contains("NO_PROXY", e.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://localhost")]
    [InlineData("https://127.0.0.1")]
    public async Task This_machine_is_never_called_through_the_proxy(string origin)
    {
        using var certificate = _authority.Issue(new Uri(origin).Host);
        await using var server = await TlsServer.StartAsync(certificate, _authority.Intermediate);
        await using var proxy = new ForwardProxy();
        using var client = Client(new WebProxy(proxy.Url));
        await client.SendAsync(Get($"{origin}:{server.Port}/file"), TestContext.Current.CancellationToken);
        Assert.Single(server.Requests);
        Assert.Empty(proxy.Requests);
    }

    /// <summary>As .NET reads it from the environment: user and password stay in the proxy's address.</summary>
    private static WebProxy Environment(ForwardProxy proxy, string password) =>
        new(new UriBuilder(proxy.Url) { UserName = "user", Password = password }.Uri)
        {
            Credentials = new NetworkCredential("user", password),
        };

    private ServiceClient Client(WebProxy proxy)
    {
        var path = Path.Combine(_folder.FullName, "ca.pem");
        File.WriteAllText(path, _authority.RootPem);
        return new ServiceClient(new ServiceClientOptions { Handler = ServiceHandler.Create(ExtraAuthorities.Load(path), proxy) });
    }

    private static ServiceRequest Get(string uri) =>
        new()
        {
            Service = "Registry",
            Method = HttpMethod.Get,
            Uri = new Uri(uri),
            Credential = ServiceCredential.Bearer(Token),
        };
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PySign.Http.Tests;

/// <summary>Real TLS on loopback with an authority that no system knows.</summary>
public sealed class ExtraAuthoritiesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pysign-ca-");
    private readonly PrivateAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_authority_of_ones_own_is_refused_without_the_file_and_trusted_with_it()
    {
        using var certificate = _authority.Issue("localhost");
        await using var server = await TlsServer.StartAsync(certificate, _authority.Intermediate);
        var e = await RefusedAsync(server.Url, null);
        Assert.Contains(
            "issued by CN=Private Test Authority Issuing, which this machine does not trust",
            e.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("CaFile", e.Advice, StringComparison.Ordinal);
        Assert.Contains("PYSIGN_CA_FILE", e.Advice, StringComparison.Ordinal);
        Assert.Equal(1, e.Attempts);
        Assert.Empty(server.Requests);

        var answer = await GetAsync(server.Url, Load("ca.pem", _authority.RootPem));
        Assert.Equal("hello", System.Text.Encoding.UTF8.GetString(answer.Body));
    }

    [Fact]
    public async Task A_missing_certificate_is_not_fetched_from_where_a_server_says()
    {
        using var elsewhere = Listen();
        var called = elsewhere.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask();
        using var certificate = _authority.Issue("localhost", issuerAt: new Uri($"http://127.0.0.1:{Port(elsewhere)}/issuer.crt"));
        using var server = Listen();
        var serving = ServeAsync(server, certificate);
        await RefusedAsync(new Uri($"https://localhost:{Port(server)}/"), null);
        await RefusedAsync(new Uri($"https://localhost:{Port(server)}/"), Load("ca.pem", _authority.RootPem));
        Assert.False(called.IsCompleted);
        server.Stop();
        await serving;
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    // Kestrel itself fetches what its certificate's chain lacks: this server sends what it has.
    private static async Task ServeAsync(TcpListener listener, X509Certificate2 certificate)
    {
        var context = SslStreamCertificateContext.Create(certificate, null, offline: true);
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await using var tls = new SslStream(client.GetStream());
                try
                {
                    await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = context });
                }
                catch (Exception e) when (e is IOException or AuthenticationException)
                {
                    // The client does not trust it: as it should.
                }
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // The test is over: stopped while it waited, or before it waited again.
        }
    }

    [Fact]
    public async Task The_right_authority_does_not_make_up_for_a_wrong_host_name()
    {
        using var certificate = _authority.Issue("gitlab.example");
        await using var server = await TlsServer.StartAsync(certificate, _authority.Intermediate);
        var e = await RefusedAsync(server.Url, Load("ca.pem", _authority.RootPem));
        Assert.Contains("is not for localhost, but for gitlab.example", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("PYSIGN_CA_FILE", e.Advice, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task The_right_authority_does_not_make_up_for_an_expired_certificate()
    {
        using var certificate = _authority.Issue("localhost", DateTimeOffset.UtcNow.AddDays(-1));
        await using var server = await TlsServer.StartAsync(certificate, _authority.Intermediate);
        var e = await RefusedAsync(server.Url, Load("ca.pem", _authority.RootPem));
        Assert.Contains("is not valid now", e.Message, StringComparison.Ordinal);
        Assert.Contains("renew", e.Advice, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Another_authority_than_the_files_is_refused_and_the_file_named()
    {
        using var other = new PrivateAuthority("Another Authority");
        using var certificate = other.Issue("localhost");
        await using var server = await TlsServer.StartAsync(certificate, other.Intermediate);
        var authorities = Load("ca.pem", _authority.RootPem);
        var e = await RefusedAsync(server.Url, authorities);
        Assert.Contains($"neither this machine nor the extra CA file '{authorities.Path}' trusts", e.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task An_intermediate_that_the_server_does_not_send_may_lie_in_the_file_but_is_no_root_by_itself()
    {
        using var certificate = _authority.Issue("localhost");
        await using var server = await TlsServer.StartAsync(certificate);
        await RefusedAsync(server.Url, Load("root.pem", _authority.RootPem));
        await RefusedAsync(server.Url, Load("intermediate.pem", _authority.IntermediatePem));
        await GetAsync(server.Url, Load("both.pem", "# ours\n" + _authority.IntermediatePem + "\n\n" + _authority.RootPem));
    }

    [Fact]
    public async Task A_server_that_vouches_for_itself_is_trusted_when_its_certificate_is_in_the_file()
    {
        using var certificate = PrivateAuthority.SelfSigned("localhost");
        await using var server = await TlsServer.StartAsync(certificate);
        await RefusedAsync(server.Url, Load("ca.pem", _authority.RootPem));
        await GetAsync(server.Url, Load("own.pem", _authority.RootPem + "\n" + certificate.ExportCertificatePem()));
    }

    [Fact]
    public async Task A_connection_that_breaks_off_before_TLS_stands_is_no_matter_of_trust()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var accepting = Task.Run(
            async () =>
            {
                for (var i = 0; i < 2; i++)
                {
                    (await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken)).Dispose();
                }
            },
            TestContext.Current.CancellationToken
        );
        var e = await RefusedAsync(
            new Uri($"https://localhost:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}/"),
            null,
            new RetryPolicy { MaxAttempts = 2, FirstDelay = TimeSpan.FromMilliseconds(1) },
            ServiceFailure.Unreachable
        );
        Assert.Equal(2, e.Attempts);
        await accepting;
    }

    [Theory]
    [InlineData("", "holds no certificate in PEM form")]
    [InlineData("hello", "holds no certificate in PEM form")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "Certificate 1 in the extra CA file")]
    [InlineData("{root}\n-----BEGIN CERTIFICATE-----\nMIIB", "is damaged: 2 certificates begin in it, 1 are whole")]
    [InlineData("{root}\n{key}", "holds a private key")]
    [InlineData("{key}\n{root}", "holds a private key")]
    public void A_file_that_cannot_be_used_is_refused_by_name(string content, string reason)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var e = Assert.Throws<CaFileException>(() =>
            Load(
                "ca.pem",
                content
                    .Replace("{root}", _authority.RootPem, StringComparison.Ordinal)
                    .Replace("{key}", key.ExportPkcs8PrivateKeyPem(), StringComparison.Ordinal)
            )
        );
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_folder.FullName, "ca.pem"), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_refused_by_name()
    {
        var path = Path.Combine(_folder.FullName, "nowhere.pem");
        var e = Assert.Throws<CaFileException>(() => ExtraAuthorities.Load(path));
        Assert.True(e.IsMissing);
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
    }

    private ExtraAuthorities Load(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content);
        return ExtraAuthorities.Load(path);
    }

    private static async Task<ServiceResponse> GetAsync(Uri uri, ExtraAuthorities? authorities, RetryPolicy? retry = null)
    {
        using var client = new ServiceClient(new ServiceClientOptions { Authorities = authorities });
        return await client.SendAsync(
            new ServiceRequest
            {
                Service = "GitLab",
                Method = HttpMethod.Get,
                Uri = uri,
                Retry = retry ?? RetryPolicy.Default,
            },
            TestContext.Current.CancellationToken
        );
    }

    private static async Task<ServiceException> RefusedAsync(
        Uri uri,
        ExtraAuthorities? authorities,
        RetryPolicy? retry = null,
        ServiceFailure reason = ServiceFailure.TlsUntrusted
    )
    {
        var e = await Assert.ThrowsAsync<ServiceException>(() => GetAsync(uri, authorities, retry));
        Assert.Equal(reason, e.Reason);
        return e;
    }
}

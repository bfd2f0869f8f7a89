using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace PySign.Http;

/// <summary>Makes the handler that real calls go through.</summary>
public static class ServiceHandler
{
    /// <param name="extra">Private authorities to trust in addition to the system's; null for none.</param>
    /// <param name="proxy">Null: the one that the environment or the system names. Never used for this machine.</param>
    public static SocketsHttpHandler Create(ExtraAuthorities? extra = null, IWebProxy? proxy = null)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(20),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 64,
            Proxy = new LoopbackBypassingProxy(proxy ?? HttpClient.DefaultProxy),
        };

        // Without this the system fetches missing certificates from wherever a server's certificate says, over plain HTTP.
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = new ServerCertificateCheck(extra).Accept;
        return handler;
    }
}

/// <summary>
/// The system's proxy, except for this machine: HTTP_PROXY alone would send plain-text calls to 127.0.0.1, which are allowed
/// because they do not leave the machine, to another one.
/// </summary>
internal sealed class LoopbackBypassingProxy(IWebProxy system) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => system.Credentials;
        set => system.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => EndpointRule.IsLoopback(destination) ? null : system.GetProxy(destination);

    public bool IsBypassed(Uri host) => EndpointRule.IsLoopback(host) || system.IsBypassed(host);
}

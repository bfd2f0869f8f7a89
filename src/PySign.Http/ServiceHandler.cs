using System.Net;

namespace PySign.Http;

/// <summary>Makes the handler that real calls go through.</summary>
public static class ServiceHandler
{
    /// <param name="extra">Private authorities to trust besides the system's; null for none.</param>
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
        handler.SslOptions.RemoteCertificateValidationCallback = new ServerCertificateCheck(extra).Accept;
        return handler;
    }
}

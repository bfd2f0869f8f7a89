using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace PySign.Sigstore.Http;

/// <summary>Makes the handler that real calls go through.</summary>
internal static class ServiceHandler
{
    /// <param name="caFile">PEM certificates to trust besides the system's, for services behind a private CA; null for none.</param>
    public static SocketsHttpHandler Create(string? caFile = null)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(20),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 64,
            Proxy = new LoopbackBypassingProxy(HttpClient.DefaultProxy),
        };
        if (caFile is not null)
        {
            var extra = new X509Certificate2Collection();
            extra.ImportFromPemFile(caFile);
            if (extra.Count == 0)
            {
                throw new ArgumentException($"{caFile} holds no PEM certificate; it was given as extra CA file.", nameof(caFile));
            }

            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                errors == SslPolicyErrors.None
                || (errors == SslPolicyErrors.RemoteCertificateChainErrors && certificate is X509Certificate2 leaf && IsTrusted(leaf, chain, extra));
        }

        return handler;
    }

    /// <summary>Only the missing anchor is forgiven: the chain is built anew, with all checks, over the extra certificates.</summary>
    private static bool IsTrusted(X509Certificate2 leaf, X509Chain? presented, X509Certificate2Collection extra)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(extra);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1"));
        foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(leaf);
    }
}

using System.Net;

namespace PySign.Http;

/// <summary>Which addresses may be called at all: https anywhere, plain http to this machine only, never with credentials in the
/// URL.</summary>
public static class EndpointRule
{
    /// <summary>The reason why an address is refused; null when it may be called.</summary>
    public static string? Refusal(Uri uri)
    {
        if (!uri.IsAbsoluteUri)
        {
            return "an absolute URL is needed";
        }

        if (uri.UserInfo.Length > 0)
        {
            return "credentials in a URL end up in logs; pass them as a setting or environment variable";
        }

        return uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && IsLoopback(uri))
            ? null
            : "only https is allowed; plain http is for this machine (127.0.0.1, [::1], localhost) alone";
    }

    /// <summary>Throws when an address may not be called.</summary>
    /// <exception cref="ServiceException">With reason <see cref="ServiceFailure.EndpointRefused"/>.</exception>
    public static void Check(Uri uri, string service, string method)
    {
        if (Refusal(uri) is { } refusal)
        {
            throw new ServiceException(ServiceFailure.EndpointRefused, service, method, uri, $"the address is refused: {refusal}")
            {
                Advice = "Correct the service's URL.",
            };
        }
    }

    /// <summary>Literal loopback addresses and the name localhost (RFC 6761 6.3); other names could resolve to anywhere.</summary>
    public static bool IsLoopback(Uri uri) =>
        uri.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6
            ? IPAddress.TryParse(uri.Host.AsSpan().Trim("[]"), out var address) && IPAddress.IsLoopback(address)
            : string.Equals(uri.Host, "localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether two addresses have the same scheme, host and port (RFC 6454).</summary>
    public static bool SameOrigin(Uri a, Uri b) =>
        a.Scheme == b.Scheme && a.Port == b.Port && string.Equals(a.IdnHost, b.IdnHost, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Puts a service's fixed path under its base URL, whether that ends in a slash or not, and keeps a path that it has.</summary>
public static class EndpointPath
{
    /// <summary>The address of a path below a service, whether or not its own address ends in a slash.</summary>
    public static Uri Under(Uri baseUri, string path) => new(baseUri.GetLeftPart(UriPartial.Path).TrimEnd('/') + path);
}

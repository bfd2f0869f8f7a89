using System.Net;

namespace PySign.Http;

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

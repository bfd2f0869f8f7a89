using System.Security.Authentication;

namespace PySign.Sigstore.Http;

/// <summary>Why a server's certificate is refused, and what to do about it.</summary>
internal sealed class UntrustedServerException(string what, string advice) : AuthenticationException(what)
{
    public string Advice { get; } = advice;
}

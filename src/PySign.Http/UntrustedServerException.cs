using System.Security.Authentication;

namespace PySign.Http;

/// <summary>Why a server's certificate is refused, and what to do about it.</summary>
public sealed class UntrustedServerException(string what, string advice) : AuthenticationException(what)
{
    /// <summary>What to do about it.</summary>
    public string Advice { get; } = advice;
}

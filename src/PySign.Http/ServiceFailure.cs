namespace PySign.Http;

/// <summary>Why a call to a service gave no usable answer.</summary>
public enum ServiceFailure
{
    /// <summary>The address may not be called: not https, or with credentials in it.</summary>
    EndpointRefused,

    /// <summary>No connection, or it was lost.</summary>
    Unreachable,

    /// <summary>The service's TLS certificate is not trusted.</summary>
    TlsUntrusted,

    /// <summary>No complete answer within the time allowed.</summary>
    TimedOut,

    /// <summary>The service answered with a status that means no.</summary>
    Status,

    /// <summary>The service sent the client elsewhere, where it may not follow.</summary>
    RedirectRefused,

    /// <summary>The answer is larger than allowed.</summary>
    ResponseTooLarge,

    /// <summary>The answer is not what the protocol says.</summary>
    ResponseMalformed,
}

namespace PySign.Sigstore.Errors;

/// <summary>Something could not be signed. Never shows a token or key.</summary>
public sealed class SigningException : Exception
{
    /// <summary>Says why something could not be signed; for token providers and services of one's own.</summary>
    public SigningException(SigningFailure reason, string service, string what, string advice, Exception? inner = null)
        : base($"{(service.Length > 0 ? service + ": " : "")}{what.TrimEnd('.')}.{(advice.Length > 0 ? " " + advice : "")}", inner)
    {
        Reason = reason;
        Service = service;
        Advice = advice;
    }

    /// <summary>Why.</summary>
    public SigningFailure Reason { get; }

    /// <summary>The service that failed or gave a wrong answer; empty when none was involved.</summary>
    public string Service { get; internal init; }

    /// <summary>What a person can do about it, as a sentence.</summary>
    public string Advice { get; }
}

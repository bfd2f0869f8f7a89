namespace PySign.Http;

/// <summary>What a <see cref="ServiceClient"/> works with.</summary>
public sealed record ServiceClientOptions
{
    /// <summary>Sends the requests; never disposed by the client. Null: real connections of the client's own.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>Private authorities to trust in addition to the system's; only for real connections.</summary>
    public ExtraAuthorities? Authorities { get; init; }

    /// <summary>The clock for waits and dates.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Every credential that is sent is registered here too.</summary>
    public SecretRedactor Redactor { get; init; } = new();

    /// <summary>Called before an attempt is repeated, with what failed and how long is waited; redacted.</summary>
    public Action<string>? Retrying { get; init; }

    /// <summary>A number from 0 to 1, for the jitter of waits.</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;
}

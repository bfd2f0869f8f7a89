using System.Security.Cryptography;
using PySign.Sandbox.Trust;

namespace PySign.Sandbox.Hosting;

/// <summary>What a sandbox is started with.</summary>
public sealed record SandboxOptions
{
    /// <summary>The port on 127.0.0.1; 0 takes a free one. Unused in memory.</summary>
    public int Port { get; init; }

    /// <summary>Where materials and uploaded packages are kept; a temporary folder that is deleted at the end when null.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>Written (mode 0600, atomically) once the sandbox listens.</summary>
    public string? ReadyFile { get; init; }

    /// <summary>The sandbox ends when this process does.</summary>
    public int? ParentProcessId { get; init; }

    /// <summary>The address that clients see; for a listening sandbox it is replaced by the real one.</summary>
    public string BaseUrl { get; init; } = "http://localhost";

    /// <summary>The clock of every service.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What kind of Sigstore instance it is.</summary>
    public InstanceShape Instance { get; init; } = InstanceShape.Public;

    /// <summary>Makes the key of an OpenID Connect issuer, once somebody asks that issuer.</summary>
    public Func<RSA> IssuerKey { get; init; } = static () => RSA.Create(2048);

    /// <summary>Show warnings of the web server on standard error.</summary>
    public bool Verbose { get; init; }
}

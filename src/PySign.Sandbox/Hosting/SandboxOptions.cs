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

    /// <summary>Show warnings of the web server on standard error.</summary>
    public bool Verbose { get; init; }
}

/// <summary>In what an instance of Sigstore differs from the public one; each is what real private installations do.</summary>
public sealed record InstanceShape
{
    /// <summary>As the public instance.</summary>
    public static InstanceShape Public { get; } = new();

    /// <summary>As a private instance comes out of the usual installation: everything here at once.</summary>
    public static InstanceShape Private { get; } =
        new()
        {
            PodNamedLog = true,
            WithoutAddresses = true,
            WithoutTimestampAuthority = true,
            RsaLog = true,
        };

    /// <summary>The Rekor v1 log calls itself what its pod is called, because nobody set its host name.</summary>
    public bool PodNamedLog { get; init; }

    /// <summary>The trusted root is as cosign 2's <c>trusted-root create</c> writes it: no log has a <c>baseUrl</c>, no authority a
    /// <c>uri</c>.</summary>
    public bool WithoutAddresses { get; init; }

    /// <summary>There is no timestamp authority, and the signing config says so as cosign writes it (<c>"tsaConfig": {}</c>).</summary>
    public bool WithoutTimestampAuthority { get; init; }

    /// <summary>The Rekor v1 log signs with RSA.</summary>
    public bool RsaLog { get; init; }
}

namespace PySign.Sandbox.Trust;

/// <summary>In what an instance of Sigstore differs from the public one; each is what real private installations do.</summary>
public sealed record InstanceShape
{
    /// <summary>As the public instance.</summary>
    public static InstanceShape Public { get; } = new();

    /// <summary>As a private instance comes out of the usual installation.</summary>
    public static InstanceShape Private { get; } =
        new()
        {
            PodNamedLog = true,
            WithoutAddresses = true,
            WithoutTimestampAuthority = true,
            GitLabByName = true,
        };

    /// <summary>The Rekor v1 log calls itself what its pod is called, because nobody set its host name.</summary>
    public bool PodNamedLog { get; init; }

    /// <summary>The trusted root is as cosign 2's <c>trusted-root create</c> writes it: no log has a <c>baseUrl</c>, no authority a
    /// <c>uri</c>.</summary>
    public bool WithoutAddresses { get; init; }

    /// <summary>There is no timestamp authority, and the signing config says so as cosign writes it (<c>"tsaConfig": {}</c>).</summary>
    public bool WithoutTimestampAuthority { get; init; }

    /// <summary>Certificates of a GitLab name gitlab.com as the server of repository, owner and run, whatever its own is (fulcio issue
    /// 1325).</summary>
    public bool GitLabByName { get; init; }

    /// <summary>The Rekor v1 log signs with RSA.</summary>
    public bool RsaLog { get; init; }
}

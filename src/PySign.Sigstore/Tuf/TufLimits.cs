using PySign.Http;

namespace PySign.Sigstore.Tuf;

/// <summary>What bounds a client that talks to a hostile repository. The public repository needs less than a tenth of each.</summary>
internal sealed record TufLimits
{
    public static readonly TufLimits Default = new();

    public int RootBytes { get; init; } = 512_000;

    public int TimestampBytes { get; init; } = 16_384;

    public int SnapshotBytes { get; init; } = 2_000_000;

    public int TargetsBytes { get; init; } = 5_000_000;

    public int TargetBytes { get; init; } = 64 << 20;

    /// <summary>New roots followed in one refresh.</summary>
    public int RootRotations { get; init; } = 256;

    /// <summary>Targets roles visited in one search.</summary>
    public int Delegations { get; init; } = 32;

    /// <summary>Time for one request, from its start to the last byte: what stops a slow-retrieval attack.</summary>
    public TimeSpan RequestTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often and how long a repository that does not answer is asked again.</summary>
    public RetryPolicy Retry { get; init; } = new() { MaxAttempts = 4, Deadline = TimeSpan.FromSeconds(90) };
}

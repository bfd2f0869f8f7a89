using PySign.Sigstore.Certificates;

namespace PySign.Sigstore.Trust;

/// <summary>A certificate authority or timestamp authority of the trusted root, its chain checked when the root was read.</summary>
internal sealed class TrustedAuthority
{
    public required string Uri { get; init; }

    /// <summary>The chain, leaf-most first, trust anchor last.</summary>
    public required Certificate[] Chain { get; init; }

    public required ValidityWindow Window { get; init; }
}

/// <summary>When something is trusted; both ends belong to it (protobuf-specs TimeRange).</summary>
internal readonly record struct ValidityWindow(DateTimeOffset Start, DateTimeOffset? End)
{
    public bool Contains(DateTimeOffset time) => Start <= time && (End is not { } end || time <= end);

    public override string ToString() => End is { } end ? $"{Start:u} to {end:u}" : $"{Start:u} or later";
}

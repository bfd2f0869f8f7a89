namespace PySign.Sigstore.Trust;

/// <summary>When something is trusted; both ends belong to it (protobuf-specs TimeRange).</summary>
internal readonly record struct ValidityWindow(DateTimeOffset Start, DateTimeOffset? End)
{
    public bool Contains(DateTimeOffset time) => Start <= time && (End is not { } end || time <= end);

    public override string ToString() => End is { } end ? $"{Start:u} to {end:u}" : $"{Start:u} or later";
}

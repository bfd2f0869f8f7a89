namespace PySign.Packaging.Distributions;

/// <summary>What of a member differs between two archives.</summary>
public enum MemberProperty
{
    /// <summary>Only one of the two has it.</summary>
    Presence,

    /// <summary>File in one, folder or link in the other.</summary>
    Kind,

    /// <summary>Its bytes.</summary>
    Content,

    /// <summary>Its permission bits.</summary>
    Mode,

    /// <summary>Its modification time.</summary>
    Time,

    /// <summary>Its user or group.</summary>
    Owner,

    /// <summary>A link's target.</summary>
    Link,

    /// <summary>The place where it stands among the others.</summary>
    Order,

    /// <summary>The archive around its members: compression, headers, comments.</summary>
    Container,
}

/// <summary>One difference between two archives of the same name.</summary>
/// <param name="Member">The path inside the archive; empty for <see cref="MemberProperty.Container"/>.</param>
/// <param name="Property">What differs.</param>
/// <param name="First">What the first has, readable.</param>
/// <param name="Second">What the second has, readable.</param>
/// <param name="Offset">The first byte that differs, counted from 0; null where no bytes were compared.</param>
public sealed record MemberDifference(string Member, MemberProperty Property, string First, string Second, long? Offset = null)
{
    /// <summary>One line for a person.</summary>
    public override string ToString() =>
        (Member.Length > 0 ? Member : "(the archive itself)")
        + $": {Property.ToString().ToLowerInvariant()}"
        + (Offset is { } offset ? $" from byte {offset} on" : "")
        + $": {First} | {Second}";
}

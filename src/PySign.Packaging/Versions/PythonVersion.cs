using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace PySign.Packaging.Versions;

/// <summary>
/// A version of a Python project (version specifiers specification, PEP 440). Equality and order are the specification's:
/// <c>1.0 == 1.0.0</c>, development before pre-release before release before post-release, local versions last.
/// </summary>
public sealed class PythonVersion : IEquatable<PythonVersion>, IComparable<PythonVersion>
{
    internal PythonVersion(string text, VersionParts parts)
    {
        Value = text;
        Parts = parts;
        Normalized = Write(parts, withLocal: true);
    }

    /// <summary>The version as written.</summary>
    public string Value { get; }

    /// <summary>The normal form, for example <c>1.2.3rc1</c> for <c>v1.2.3-RC.1</c>. Trailing zeros of the release are kept.</summary>
    public string Normalized { get; }

    /// <summary>The normal form without the local label.</summary>
    public string PublicVersion => Write(Parts, withLocal: false);

    /// <summary>The release segment, for example 1, 2, 3.</summary>
    public IReadOnlyList<BigInteger> Release => Parts.Release;

    /// <summary>The epoch, 0 when none is written.</summary>
    public BigInteger Epoch => Parts.Epoch;

    /// <summary>The local label in normal form, or null.</summary>
    public string? Local => Parts.Local.Count == 0 ? null : string.Join('.', Parts.Local);

    /// <summary>Whether this is a pre-release or a development release.</summary>
    public bool IsPrerelease => Parts.Pre is not null || Parts.Dev is not null;

    /// <summary>Whether this is a post-release.</summary>
    public bool IsPostrelease => Parts.Post is not null;

    /// <summary>Whether this is a development release.</summary>
    public bool IsDevelopment => Parts.Dev is not null;

    internal VersionParts Parts { get; }

    /// <summary>Reads a version in any spelling that PEP 440 permits.</summary>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.InvalidVersion"/>: not a PEP 440 version; the advice names the nearest form that is.
    /// </exception>
    public static PythonVersion Parse(string version)
    {
        if (TryParse(version, out var result))
            return result;
        var nearest = VersionSuggestion.Nearest(version);
        throw new PackagingException(
            PackagingFailure.InvalidVersion,
            version,
            "a PEP 440 version such as 1.2.3, 1.2.3rc1, 1.2.3.post1 or 1.2.3.dev4",
            nearest is null ? "Write the version in PEP 440 form." : $"The nearest valid form is '{nearest}'."
        );
    }

    /// <summary>Reads a version in any spelling that PEP 440 permits; false when the text is not one.</summary>
    public static bool TryParse(string? version, [NotNullWhen(true)] out PythonVersion? result)
    {
        result = null;
        if (version is null || VersionReader.Read(version) is not { } parts)
            return false;
        result = new PythonVersion(version, parts);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(PythonVersion? other) => other is null ? 1 : VersionOrder.Compare(Parts, other.Parts);

    /// <inheritdoc/>
    public bool Equals(PythonVersion? other) => other is not null && CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PythonVersion);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        Write(VersionOrder.WithoutTrailingZeros(Parts), withLocal: true).GetHashCode(StringComparison.Ordinal);

    /// <summary>The normal form.</summary>
    public override string ToString() => Normalized;

    /// <summary>Equal in the specification's sense.</summary>
    public static bool operator ==(PythonVersion? left, PythonVersion? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Not equal in the specification's sense.</summary>
    public static bool operator !=(PythonVersion? left, PythonVersion? right) => !(left == right);

    /// <summary>Earlier in the specification's order.</summary>
    public static bool operator <(PythonVersion? left, PythonVersion? right) => Comparer<PythonVersion>.Default.Compare(left, right) < 0;

    /// <summary>Later in the specification's order.</summary>
    public static bool operator >(PythonVersion? left, PythonVersion? right) => Comparer<PythonVersion>.Default.Compare(left, right) > 0;

    /// <summary>Earlier or equal in the specification's order.</summary>
    public static bool operator <=(PythonVersion? left, PythonVersion? right) => Comparer<PythonVersion>.Default.Compare(left, right) <= 0;

    /// <summary>Later or equal in the specification's order.</summary>
    public static bool operator >=(PythonVersion? left, PythonVersion? right) => Comparer<PythonVersion>.Default.Compare(left, right) >= 0;

    private static string Write(VersionParts parts, bool withLocal)
    {
        var text = new StringBuilder();
        if (!parts.Epoch.IsZero)
            text.Append(CultureInfo.InvariantCulture, $"{parts.Epoch}!");
        text.AppendJoin('.', parts.Release.Select(part => part.ToString(CultureInfo.InvariantCulture)));
        if (parts.Pre is { } pre)
            text.Append(CultureInfo.InvariantCulture, $"{pre.Phase}{pre.Number}");
        if (parts.Post is { } post)
            text.Append(CultureInfo.InvariantCulture, $".post{post}");
        if (parts.Dev is { } dev)
            text.Append(CultureInfo.InvariantCulture, $".dev{dev}");
        if (withLocal && parts.Local.Count > 0)
            text.Append('+').AppendJoin('.', parts.Local);
        return text.ToString();
    }
}

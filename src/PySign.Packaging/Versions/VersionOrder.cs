using System.Globalization;
using System.Numerics;

namespace PySign.Packaging.Versions;

/// <summary>The order of PEP 440, "Summary of permitted suffixes and relative ordering".</summary>
internal static class VersionOrder
{
    public static int Compare(VersionParts left, VersionParts right)
    {
        var order = left.Epoch.CompareTo(right.Epoch);
        if (order == 0)
            order = CompareRelease(left.Release, right.Release);
        if (order == 0)
            order = Phase(left).CompareTo(Phase(right));
        if (order == 0 && left.Pre is { } leftPre && right.Pre is { } rightPre)
            order = leftPre.Number.CompareTo(rightPre.Number);
        if (order == 0)
            order = (left.Post ?? BigInteger.MinusOne).CompareTo(right.Post ?? BigInteger.MinusOne);
        if (order == 0)
            order = CompareDev(left.Dev, right.Dev);
        return order != 0 ? order : CompareLocal(left.Local, right.Local);
    }

    public static VersionParts WithoutTrailingZeros(VersionParts parts)
    {
        var count = parts.Release.Count;
        while (count > 1 && parts.Release[count - 1].IsZero)
            count--;
        return parts with { Release = [.. parts.Release.Take(count)] };
    }

    // 1.0.dev1 stands before 1.0a1: a development release of the release itself precedes every pre-release of it.
    private static int Phase(VersionParts parts) =>
        parts.Pre?.Phase switch
        {
            "a" => 1,
            "b" => 2,
            "rc" => 3,
            _ => parts.Post is null && parts.Dev is not null ? 0 : 4,
        };

    private static int CompareRelease(IReadOnlyList<BigInteger> left, IReadOnlyList<BigInteger> right)
    {
        for (var i = 0; i < Math.Max(left.Count, right.Count); i++)
        {
            var order = (i < left.Count ? left[i] : 0).CompareTo(i < right.Count ? right[i] : 0);
            if (order != 0)
                return order;
        }

        return 0;
    }

    private static int CompareDev(BigInteger? left, BigInteger? right) =>
        (left, right) switch
        {
            (null, null) => 0,
            (null, _) => 1,
            (_, null) => -1,
            _ => left.Value.CompareTo(right.Value),
        };

    // No label sorts first; numbers sort after words; a longer label after its own prefix.
    private static int CompareLocal(IReadOnlyList<string> left, IReadOnlyList<string> right)
    {
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            var leftIsNumber = BigInteger.TryParse(left[i], NumberStyles.None, CultureInfo.InvariantCulture, out var leftNumber);
            var rightIsNumber = BigInteger.TryParse(right[i], NumberStyles.None, CultureInfo.InvariantCulture, out var rightNumber);
            var order =
                leftIsNumber && rightIsNumber ? leftNumber.CompareTo(rightNumber)
                : leftIsNumber != rightIsNumber ? leftIsNumber.CompareTo(rightIsNumber)
                : string.CompareOrdinal(left[i], right[i]);
            if (order != 0)
                return order;
        }

        return left.Count.CompareTo(right.Count);
    }
}

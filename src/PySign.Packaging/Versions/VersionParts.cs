using System.Numerics;

namespace PySign.Packaging.Versions;

/// <summary>A version taken apart. <c>Pre.Phase</c> is <c>a</c>, <c>b</c> or <c>rc</c>; local segments are in normal form.</summary>
internal sealed record VersionParts(
    BigInteger Epoch,
    IReadOnlyList<BigInteger> Release,
    (string Phase, BigInteger Number)? Pre,
    BigInteger? Post,
    BigInteger? Dev,
    IReadOnlyList<string> Local
);

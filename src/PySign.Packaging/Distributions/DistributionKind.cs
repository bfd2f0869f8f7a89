namespace PySign.Packaging.Distributions;

/// <summary>The two kinds of distribution files that are published today.</summary>
public enum DistributionKind
{
    /// <summary>A source distribution: <c>.tar.gz</c>, or <c>.zip</c> in old form.</summary>
    Sdist,

    /// <summary>A built distribution: <c>.whl</c>.</summary>
    Wheel,
}

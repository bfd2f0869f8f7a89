using PySign.Packaging.Distributions;

namespace PySign.Packaging.Acceptance;

/// <summary>An index, as far as its rules differ.</summary>
public enum IndexKind
{
    /// <summary>PyPI.</summary>
    PyPi,

    /// <summary>TestPyPI: the same rules, other projects and limits.</summary>
    TestPyPi,

    /// <summary>A GitLab project's PyPI registry.</summary>
    GitLab,

    /// <summary>Any other index: only what every installer needs is checked.</summary>
    Other,
}

/// <summary>How much an index takes, in bytes. Projects get more on request.</summary>
/// <param name="File">The largest file.</param>
/// <param name="Project">All files of the project together.</param>
public sealed record IndexLimits(long File, long Project)
{
    /// <summary>100 MiB a file and 10 GiB a project: PyPI's defaults.</summary>
    public static IndexLimits PyPi { get; } = new(100L << 20, 10L << 30);

    /// <summary>3 GiB a file, GitLab's default for PyPI packages.</summary>
    public static IndexLimits GitLab { get; } = new(3L << 30, long.MaxValue);

    /// <summary>No limit.</summary>
    public static IndexLimits None { get; } = new(long.MaxValue, long.MaxValue);

    /// <summary>The defaults of an index.</summary>
    public static IndexLimits Of(IndexKind index) =>
        index switch
        {
            IndexKind.PyPi or IndexKind.TestPyPi => PyPi,
            IndexKind.GitLab => GitLab,
            _ => None,
        };
}

/// <summary>
/// What a package index would refuse of a release's distributions, found without asking it: its rules on names, archives and metadata
/// (core metadata, PEP 440, 508, 625, 639; the registries' own). Everything that is wrong is reported, not only the first of it.
/// </summary>
public static class IndexRules
{
    /// <summary>Checks the files of one version.</summary>
    /// <param name="index">Whose rules.</param>
    /// <param name="paths">The distributions, all of the release.</param>
    /// <param name="limits">What the project may upload; null for the index's defaults.</param>
    /// <returns>The problems, in the order of the files; empty when the index has no reason to refuse one.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IReadOnlyList<IndexProblem> Check(IndexKind index, IEnumerable<string> paths, IndexLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var bounds = limits ?? IndexLimits.Of(index);
        var reports = paths.Order(StringComparer.Ordinal).Select(path => new DistributionReport(index, path)).ToList();
        foreach (var report in reports)
        {
            report.Run(bounds.File);
        }

        return [.. reports.SelectMany(report => report.Problems), .. OfAll(index, reports, bounds.Project)];
    }

    private static IEnumerable<IndexProblem> OfAll(IndexKind index, List<DistributionReport> reports, long limit)
    {
        var releases = reports
            .Where(report => report.Release is not null)
            .DistinctBy(report => report.Release, StringComparer.Ordinal)
            .ToList();
        if (releases.Count > 1)
            yield return new IndexProblem(
                IndexRule.MixedRelease,
                "",
                "Version",
                $"the files belong to {string.Join(" and ", releases.Select(report => $"{report.Release} ({report.FileName})"))}",
                "Release the files of one project and one version together, and nothing else."
            );

        var sdists = reports.Where(report => report.Kind == DistributionKind.Sdist).Select(report => report.FileName).ToList();
        if (index != IndexKind.Other && sdists.Count > 1)
            yield return new IndexProblem(
                IndexRule.SecondSdist,
                sdists[1],
                "",
                $"there are {sdists.Count} source distributions: {string.Join(", ", sdists)}",
                "Release one; an index takes one per version."
            );

        var total = reports.Sum(report => report.Size);
        if (total > limit)
            yield return new IndexProblem(
                IndexRule.ReleaseSize,
                "",
                "",
                $"all files have {total} bytes; the project's limit is {limit}",
                "Ask the index for a higher limit of the project before the release."
            );
    }
}

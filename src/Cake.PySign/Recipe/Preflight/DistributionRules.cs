using Cake.PySign.Publish;
using PySign.Packaging.Acceptance;

namespace Cake.PySign.Recipe.Preflight;

/// <summary>The distributions against the rules of the index that they go to.</summary>
internal static class DistributionRules
{
    public static void Check(PreflightContext check)
    {
        foreach (var problem in Problems(check.Release, check.Ledger))
        {
            check.Report.Add(problem);
        }
    }

    public static IEnumerable<PreflightProblem> Problems(Release release, Ledger ledger)
    {
        if (release.Options.RepositoryUrl is not { } repository)
        {
            return [];
        }

        var waived = release.Options.WaivedRules;
        return IndexRules
            .Check(KindOf(repository), ledger.Files.Select(file => release.Dist.File(file.Name).FullPath))
            .Where(problem => !waived.Contains(problem.Rule))
            .Select(problem => new PreflightProblem(
                problem.Rule.ToString(),
                problem.File.Length > 0 ? problem.File : problem.Field,
                problem.File.Length > 0 && problem.Field.Length > 0 ? $"{problem.Field}: {problem.Message}" : problem.Message,
                problem.Advice,
                ReleaseStage.Publish
            ));
    }

    /// <summary>Whose rules an address has; whoever has PyPI's upload endpoint has PyPI's rules.</summary>
    public static IndexKind KindOf(Uri repository) =>
        repository.Host == "test.pypi.org" ? IndexKind.TestPyPi
        : TwineTarget.IsPyPi(repository) || repository.AbsolutePath.TrimEnd('/').EndsWith("/legacy", StringComparison.Ordinal)
            ? IndexKind.PyPi
        : repository.AbsolutePath.TrimEnd('/').EndsWith("/packages/pypi", StringComparison.Ordinal) ? IndexKind.GitLab
        : IndexKind.Other;
}

namespace Cake.PySign.Consumption;

/// <summary>Whether an index has the release and nothing else: the kinds that a policy asks for, and every file where they are known.</summary>
internal static class ReleaseSet
{
    private const string Advice = "Do not use or announce this release. Find out who published the other files.";

    /// <summary>Who asks pip for <c>name==version</c> gets one of these, verified by nobody.</summary>
    public static IEnumerable<ReleaseProblem> Beside(IReadOnlyList<string> alsoInstallable) => alsoInstallable.Select(name => new ReleaseProblem(
        name, ReleaseFailure.DistributionUnexpected, "It is no distribution of exactly this version, but pip takes it where the version is asked for, and may prefer it.", Advice));

    public static IEnumerable<ReleaseProblem> Check(ReleasePolicy policy, IReadOnlyList<DownloadedDistribution> downloads)
    {
        foreach (var kind in policy.Kinds.Where(kind => downloads.All(file => file.Kind != kind)))
        {
            yield return new ReleaseProblem(
                kind.ToString().ToLowerInvariant(), ReleaseFailure.DistributionMissing, "The policy asks for one; the index has none.",
                "It was not published, or the index hides it. Ask the project.");
        }

        if (policy.Files is null)
        {
            yield break;
        }

        var found = downloads.ToDictionary(file => file.File.GetFilename().FullPath, StringComparer.Ordinal);
        foreach (var (name, sha256) in policy.Files)
        {
            if (!found.TryGetValue(name, out var file))
            {
                yield return new ReleaseProblem(name, ReleaseFailure.DistributionMissing, "The index does not have it.", "It was not published, or the index hides it.");
            }
            else if (file.Sha256 != sha256)
            {
                yield return new ReleaseProblem(name, ReleaseFailure.DistributionChanged, $"Expected SHA-256 {sha256}, the index serves {file.Sha256}.", Advice);
            }
        }

        foreach (var name in found.Keys.Where(name => !policy.Files.ContainsKey(name)))
        {
            yield return new ReleaseProblem(name, ReleaseFailure.DistributionUnexpected, "The index has it, the release does not.", Advice);
        }
    }
}

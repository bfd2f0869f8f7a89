using PySign.Formats;

namespace Cake.PySign.Consume;

/// <summary>Whether an index has the release and nothing else: the kinds that a policy asks for, and every file where they are
/// known.</summary>
internal static class ReleaseSet
{
    private const string Advice = "Do not use or announce this release. Find out who published the other files.";

    /// <summary>Who asks pip for <c>name==version</c> gets one of these, verified by nobody.</summary>
    public static IEnumerable<ReleaseProblem> Beside(IReadOnlyList<string> alsoInstallable) =>
        alsoInstallable.Select(name => new ReleaseProblem(
            name,
            ReleaseFailure.DistributionUnexpected,
            "It is not a distribution of exactly this version, but pip takes it where the version is asked for, and may prefer it.",
            "Find out who published it. Where versions with local labels are meant to be there, the policy can say lookalikes = "
                + "\"allow\"; install by digest then."
        ));

    public static IEnumerable<ReleaseProblem> Check(ReleasePolicy policy, IReadOnlyList<DownloadedDistribution> downloads)
    {
        var missing = policy
            .Kinds.Where(kind => downloads.All(file => file.Kind != kind))
            .Select(kind => new ReleaseProblem(
                kind.ToString().ToLowerInvariant(),
                ReleaseFailure.DistributionMissing,
                "The policy asks for one; the index has none.",
                "It was not published, or the index hides it. Ask the project."
            ));
        return policy.Files is { } files ? missing.Concat(Compare(downloads, files, "the release")) : missing;
    }

    /// <summary>Every difference between what an index serves and what it must serve.</summary>
    /// <param name="downloads">What it serves.</param>
    /// <param name="files">File name and SHA-256 of what it must serve.</param>
    /// <param name="whose">Who says so.</param>
    public static IEnumerable<ReleaseProblem> Compare(
        IReadOnlyList<DownloadedDistribution> downloads,
        IReadOnlyDictionary<string, Sha256Digest> files,
        string whose
    )
    {
        var found = downloads.ToDictionary(file => file.Path.GetFilename().FullPath, StringComparer.Ordinal);
        foreach (var (name, sha256) in files)
        {
            if (!found.TryGetValue(name, out var file))
            {
                yield return new ReleaseProblem(
                    name,
                    ReleaseFailure.DistributionMissing,
                    $"It is in {whose}, and the index does not have it.",
                    "It was not published, or the index hides it. Ask the project."
                );
            }
            else if (file.Sha256 != sha256)
            {
                yield return new ReleaseProblem(
                    name,
                    ReleaseFailure.DistributionChanged,
                    $"Expected SHA-256 {sha256}, the index serves {file.Sha256}.",
                    Advice
                );
            }
        }

        foreach (var name in found.Keys.Where(name => !files.ContainsKey(name)))
        {
            yield return new ReleaseProblem(
                name,
                ReleaseFailure.DistributionUnexpected,
                $"The index has it, and it is not in {whose}.",
                Advice
            );
        }
    }
}

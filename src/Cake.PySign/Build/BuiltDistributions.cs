using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Packaging;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace Cake.PySign.Build;

/// <summary>Reads what a build left behind. Nothing is guessed from names: every file is opened and must be what was asked for.</summary>
internal static class BuiltDistributions
{
    public static IReadOnlyList<PyDistribution> Read(DirectoryPath folder, WantedMetadata wanted, PyBuildSettings settings, string? advice)
    {
        var files = Directory.Exists(folder.FullPath)
            ? Directory.EnumerateFileSystemEntries(folder.FullPath).Order(StringComparer.Ordinal).ToList()
            : [];
        if (files.Count == 0)
        {
            throw new PySignException(
                PySignFailure.NothingToDo,
                "python -m build ended well but left no distribution.",
                "Build the project by hand to see what its back end does."
            );
        }

        var distributions = files.Select(Open).ToList();
        var wrong = distributions
            .SelectMany(distribution =>
                wanted.Mismatches(distribution).Select(text => $"    {System.IO.Path.GetFileName(distribution.Path)}: {text}")
            )
            .ToList();
        if (wrong.Count > 0)
        {
            throw new PySignException(
                PySignFailure.BuildMismatch,
                $"What was built is not what was asked for:{Environment.NewLine}{string.Join(Environment.NewLine, wrong)}",
                advice
                    ?? "Change the value where the project keeps it (a version that is computed: where the back end computes it), or "
                        + "ask for what the project says."
            );
        }

        CheckOneRelease(distributions);
        CheckKind(distributions, DistributionKind.Sdist, settings.Sdist);
        CheckKind(distributions, DistributionKind.Wheel, settings.Wheel);
        return
        [
            .. distributions.Select(distribution => new PyDistribution(
                distribution.Path,
                distribution.Kind,
                distribution.Name,
                distribution.Version,
                FileDigest.Of(distribution.Path)
            )),
        ];
    }

    private static Distribution Open(string path)
    {
        try
        {
            return Distribution.Read(path);
        }
        catch (PackagingException e)
        {
            throw new PySignException(
                PySignFailure.BuildMismatch,
                $"The build left '{System.IO.Path.GetFileName(path)}', which is not a distribution that can be read: {e.Message}",
                innerException: e
            );
        }
    }

    private static void CheckOneRelease(List<Distribution> distributions)
    {
        var first = distributions[0];
        foreach (var other in distributions.Skip(1))
        {
            if (
                ProjectName.Parse(other.Name).Normalized != ProjectName.Parse(first.Name).Normalized
                || !PythonVersion.Parse(other.Version).Equals(PythonVersion.Parse(first.Version))
            )
            {
                throw new PySignException(
                    PySignFailure.BuildMismatch,
                    $"One build gave two releases: {first.Name} {first.Version} and {other.Name} {other.Version}."
                );
            }
        }
    }

    private static void CheckKind(List<Distribution> distributions, DistributionKind kind, bool asked)
    {
        var count = distributions.Count(distribution => distribution.Kind == kind);
        if (asked != (count > 0))
        {
            throw new PySignException(
                PySignFailure.BuildMismatch,
                asked
                    ? $"The build left no {kind.ToString().ToLowerInvariant()}."
                    : $"The build left a {kind.ToString().ToLowerInvariant()} that was not asked for."
            );
        }
    }
}

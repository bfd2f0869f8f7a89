using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Packaging;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;
using PySign.Packaging.Projects;
using PySign.Packaging.Versions;

namespace Cake.PySign.Build;

/// <summary>Reads what a build left behind. Nothing is guessed from names: every file is opened and must be what was asked for.</summary>
internal static class BuiltDistributions
{
    public static IReadOnlyList<BuiltDistribution> Read(
        DirectoryPath folder,
        WantedMetadata wanted,
        StatedMetadata stated,
        PyBuildSettings settings,
        string? advice
    )
    {
        var files = Directory.Exists(folder.FullPath)
            ? Directory.EnumerateFileSystemEntries(folder.FullPath).Order(StringComparer.Ordinal).ToList()
            : [];
        if (files.Count == 0)
        {
            throw new PySignException(
                PySignFailure.NothingToDo,
                "python -m build succeeded but left no distribution.",
                "Build the project by hand to see what its back end does."
            );
        }

        var distributions = files.Select(Open).ToList();
        CheckWanted(distributions, wanted, advice);
        CheckOneRelease(distributions);
        CheckStated(distributions[0], stated);
        CheckKind(distributions, DistributionKind.Sdist, settings.Sdist);
        CheckKind(distributions, DistributionKind.Wheel, settings.Wheel);
        return
        [
            .. distributions.Select(distribution => new BuiltDistribution
            {
                Path = distribution.Path,
                Sha256 = FileDigest.Of(distribution.Path),
                Kind = distribution.Kind,
                Name = distribution.Name,
                Version = distribution.Version,
            }),
        ];
    }

    private static void CheckWanted(List<Distribution> distributions, WantedMetadata wanted, string? advice)
    {
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
    }

    /// <summary>What [project] states, every back end that reads it gives. One that does not is too old, and calls the project
    /// UNKNOWN.</summary>
    private static void CheckStated(Distribution built, StatedMetadata stated)
    {
        var isUnknown = ProjectName.Parse(built.Name).Normalized == "unknown";
        var isOther =
            stated.Name is { } name
            && ProjectName.TryParse(name, out var own)
            && own.Normalized != ProjectName.Parse(built.Name).Normalized;
        if (stated.Name is null ? isUnknown : isOther)
        {
            throw new PySignException(
                isUnknown ? PySignFailure.ToolTooOld : PySignFailure.BuildMismatch,
                $"The back end built '{built.Name} {built.Version}'"
                    + $"{(stated.Name is null ? ", which is nobody's name" : $", and [project] of pyproject.toml says {stated.Name}")}: "
                    + $"{stated.BackEnd} does not read it.",
                isUnknown
                    ? "setuptools reads [project] from version 61 on: upgrade it for this interpreter, or write "
                        + "requires = [\"setuptools>=61\"] into [build-system] and build in isolation. Without [project], name the project "
                        + "in setup.cfg or setup.py."
                    : "See which back end [build-system] names, and that it reads [project]."
            );
        }
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

/// <summary>What the project's pyproject.toml states after all edits.</summary>
/// <param name="Name">The name in [project]; null without that table.</param>
/// <param name="BackEnd">What builds it, with its version where that is known.</param>
internal sealed record StatedMetadata(string? Name, string BackEnd)
{
    public static StatedMetadata Of(DirectoryPath source, IReadOnlyDictionary<string, string> tools)
    {
        var path = source.CombineWithFilePath("pyproject.toml").FullPath;
        var project = File.Exists(path) ? PyProject.Load(path) : null;
        var backEnd = (project?.BuildBackend ?? "setuptools").Split('.', ':')[0];
        return new StatedMetadata(project?.Name, tools.TryGetValue(backEnd, out var version) ? $"{backEnd} {version}" : backEnd);
    }
}

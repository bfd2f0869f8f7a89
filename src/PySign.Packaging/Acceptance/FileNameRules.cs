using System.Text.RegularExpressions;
using PySign.Packaging.Distributions;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Acceptance;

/// <summary>What an index asks of a file's name (PEP 625; binary distribution format; PyPI's platform tags; GitLab's storage).</summary>
internal static partial class FileNameRules
{
    // GitLab's storage column and PyPI's limit are both above what file systems take; this is theirs.
    private const int MaxLength = 255;

    private const string Rebuild = "Build with a current back end; it names its files so. Never rename a distribution by hand.";

    public static bool CheckCharacters(DistributionReport report)
    {
        var name = report.FileName;
        if (name.Any(c => char.IsControl(c) || c is '/' or '\\'))
        {
            report.Add(IndexRule.FileNameCharacters, "", "its name holds a separator or a control character", Rebuild);
            return false;
        }

        if (name.Length > MaxLength)
            report.Add(IndexRule.FileNameLength, "", $"its name has {name.Length} characters; at most {MaxLength} are allowed", Rebuild);
        return true;
    }

    /// <summary>Says what is wrong with a name that cannot be taken apart.</summary>
    public static void ExplainUnreadable(DistributionReport report)
    {
        var name = report.FileName;
        if (report.Problems.Any(problem => problem.Rule == IndexRule.FileNameCharacters))
            return;
        if (name.EndsWith(".whl", StringComparison.OrdinalIgnoreCase))
            report.Add(
                IndexRule.WheelFileName,
                "",
                "its name is not {name}-{version}(-{build})?-{python}-{abi}-{platform}.whl with a PEP 440 version and a build tag that "
                    + "begins with a digit",
                Rebuild
            );
        else if (name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            report.Add(IndexRule.SdistFileName, "", "its name is not {name}-{version}.tar.gz with a PEP 440 version", Rebuild);
        else
            report.Add(
                IndexRule.FileExtension,
                "",
                "it ends neither with .whl nor with .tar.gz",
                "Publish wheels and source distributions; everything else belongs beside the signatures."
            );
    }

    public static void Check(DistributionReport report, DistributionFileName file, MetadataFields metadata)
    {
        var known = ProjectName.TryParse(metadata.One("Name"), out var name) ? name : null;
        var version = PythonVersion.TryParse(metadata.One("Version"), out var stated) ? stated : null;
        if (version is not null && file.Version != version)
            report.Add(IndexRule.FileNameVersion, "Version", $"its name says {file.Version.Value}, its metadata {version.Value}", Rebuild);
        if (report.IsPyPi)
            CheckPyPi(report, file, known, version);
        if (report.Index == IndexKind.GitLab)
            CheckGitLab(report, file);
    }

    private static void CheckPyPi(DistributionReport report, DistributionFileName file, ProjectName? name, PythonVersion? version)
    {
        if (file.Kind == DistributionKind.Sdist)
        {
            var expected = $"{(name ?? file.Name).FileNameForm}-{(version ?? file.Version).Normalized}.tar.gz";
            if (file.Value != expected)
                report.Add(
                    IndexRule.SdistFileName,
                    "Name",
                    $"PyPI takes the source distribution only as {expected} (PEP 625)",
                    "Build with setuptools 69.3 or newer, or another current back end; old ones keep the name as it is written. Or write "
                        + "the "
                        + "project's name in normal form."
                );
            return;
        }

        CheckWheel(report, file, name);
        foreach (
            var platform in file
                .Tags.Select(tag => tag.Platform)
                .Distinct(StringComparer.Ordinal)
                .Where(platform => !PlatformTags.IsTaken(platform))
        )
            report.Add(IndexRule.PlatformTag, "", $"PyPI does not take the platform tag '{platform}'", PlatformTags.Advice(platform));
    }

    private static void CheckWheel(DistributionReport report, DistributionFileName file, ProjectName? name)
    {
        var given = file.Value[..file.Value.IndexOf('-', StringComparison.Ordinal)];
        var expected = (name ?? file.Name).FileNameForm;
        if (!WheelName().IsMatch(given) || given.Contains("__", StringComparison.Ordinal))
            report.Add(IndexRule.WheelFileName, "Name", $"the name part '{given}' is not one of a wheel", Rebuild);
        else if (given != expected)
            report.Add(
                IndexRule.WheelFileNameProject,
                "Name",
                $"its name must begin with {expected}, and begins with {given}",
                "Build with a current back end (setuptools 75.3.1, or bdist_wheel 0.44, or newer), or write the project's name in normal "
                    + "form."
            );
    }

    /// <summary>
    /// GitLab keeps letters, digits and <c>_ . - +</c> of a name and writes an underscore for everything else (carrierwave): the file of an
    /// epoch, <c>1!2.0</c>, then has a name that no installer reads.
    /// </summary>
    private static void CheckGitLab(DistributionReport report, DistributionFileName file)
    {
        if (file.Version.Epoch > 0)
            report.Add(
                IndexRule.Epoch,
                "Version",
                $"GitLab stores it as {file.Value.Replace('!', '_')}, which no installer can read",
                "Publish a version without an epoch, or publish to an index that keeps the name, such as PyPI."
            );
        else if (!GitLabKeeps().IsMatch(file.Value))
            report.Add(IndexRule.RenamedFile, "", "GitLab stores it under another name: it keeps letters, digits and _ . - +", Rebuild);
    }

    [GeneratedRegex(@"\A[\w._]+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex WheelName();

    [GeneratedRegex(@"\A[\w.\-+]+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex GitLabKeeps();
}

using System.Text.RegularExpressions;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Acceptance;

/// <summary>What PyPI asks of the core metadata. Other indexes read little more of it than name and version.</summary>
internal static partial class MetadataRules
{
    private const int MaxSummary = 512;

    private const int MaxLabel = 32;

    private static readonly string[] _versions = ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5"];

    private static readonly string[] _once =
    [
        "Metadata-Version",
        "Name",
        "Version",
        "Summary",
        "Description",
        "Description-Content-Type",
        "Keywords",
        "Home-page",
        "Download-URL",
        "Author",
        "Author-email",
        "Maintainer",
        "Maintainer-email",
        "License",
        "License-Expression",
        "Requires-Python",
    ];

    private static readonly (string Field, int Major, int Minor)[] _since =
    [
        ("Description-Content-Type", 2, 1),
        ("Provides-Extra", 2, 1),
        ("Dynamic", 2, 2),
        ("License-Expression", 2, 4),
    ];

    private static readonly string[] _requirements = ["Requires-Dist", "Provides-Dist", "Obsoletes-Dist"];

    public static void Check(DistributionReport report, MetadataFields metadata)
    {
        CheckIdentity(report, metadata);
        if (!report.IsPyPi)
            return;
        CheckVersions(report, metadata);
        CheckTexts(report, metadata);
        CheckRequirements(report, metadata);
        CheckAddresses(report, metadata);
        ClassifierRules.Check(report, metadata);
        LicenseRules.Check(report, metadata);
        DynamicRules.Check(report, metadata);
    }

    private static void CheckIdentity(DistributionReport report, MetadataFields metadata)
    {
        if (!ProjectName.TryParse(metadata.One("Name"), out _))
            report.Add(
                IndexRule.Name,
                "Name",
                $"'{metadata.One("Name")}' is not a project name: ASCII letters, digits, '.', '_' and '-', a letter or digit at both ends",
                "Correct the project's name."
            );
        if (!PythonVersion.TryParse(metadata.One("Version"), out var version))
            report.Add(IndexRule.Version, "Version", $"'{metadata.One("Version")}' is not a version of PEP 440", "Correct the version.");
        else if (version.Local is { } local && report.IsPyPi)
            report.Add(
                IndexRule.LocalVersion,
                "Version",
                $"PyPI takes no local version, and {version.Value} has the label +{local}",
                "Release a tagged commit: version tools such as setuptools_scm add the label to anything else."
            );
    }

    private static void CheckVersions(DistributionReport report, MetadataFields metadata)
    {
        if (!_versions.Contains(metadata.Version, StringComparer.Ordinal))
            report.Add(
                IndexRule.MetadataVersion,
                "Metadata-Version",
                $"PyPI does not know the metadata version '{metadata.Version}'; it knows {string.Join(", ", _versions)}",
                "Build with a back end that writes one of these."
            );
        foreach (var (field, major, minor) in _since)
        {
            if (metadata.Has(field) && !metadata.IsAtLeast(major, minor))
                report.Add(
                    IndexRule.FieldTooNew,
                    field,
                    $"{field} came with metadata version {major}.{minor}, and this is {metadata.Version}",
                    "Build with a newer back end, or leave the field out."
                );
        }

        foreach (var field in _once.Where(field => metadata.All(field).Count > 1))
            report.Add(IndexRule.FieldTwice, field, $"{field} appears more than once", "Correct the project's metadata.");
    }

    private static void CheckTexts(DistributionReport report, MetadataFields metadata)
    {
        if (metadata.One("Summary") is { } summary)
        {
            if (summary.Contains('\n', StringComparison.Ordinal))
                report.Add(IndexRule.Summary, "Summary", "the summary has more than one line", "Shorten the description in [project].");
            if (summary.Length > MaxSummary)
                report.Add(
                    IndexRule.Summary,
                    "Summary",
                    $"the summary has {summary.Length} characters; at most {MaxSummary} are allowed",
                    "Shorten the description in [project]; the long text belongs in the readme."
                );
        }

        if (metadata.One("Requires-Python") is { } python && !VersionSpecifier.TryParse(python, out _))
            report.Add(
                IndexRule.RequiresPython,
                "Requires-Python",
                $"'{python}' is not a version specifier",
                "Write clauses such as >=3.9, <4."
            );
        if (metadata.One("Description-Content-Type") is { } type && DescriptionType.Problem(type) is { } problem)
            report.Add(
                IndexRule.DescriptionContentType,
                "Description-Content-Type",
                problem,
                "Write text/markdown, text/x-rst or text/plain as the readme's content-type."
            );
    }

    private static void CheckRequirements(DistributionReport report, MetadataFields metadata)
    {
        foreach (var field in _requirements)
        {
            foreach (var text in metadata.All(field))
            {
                var requirement = RequirementText.Read(text);
                if (requirement is null)
                    report.Add(IndexRule.Requirement, field, $"'{text}' is not a requirement (PEP 508)", "Correct the dependency.");
                else if (requirement.IsDirect)
                    report.Add(
                        IndexRule.DirectUrl,
                        field,
                        $"PyPI takes no dependency on a URL: '{text}'",
                        "Depend on a released version, or keep the URL in a file of requirements or a dependency group."
                    );
            }
        }
    }

    private static void CheckAddresses(DistributionReport report, MetadataFields metadata)
    {
        foreach (var field in new[] { "Author-email", "Maintainer-email" })
        {
            if (metadata.One(field) is { } value && EmailAddress.Problem(value) is { } problem)
                report.Add(IndexRule.EmailAddress, field, problem, "Write a real address, or leave it out and give the name alone.");
        }

        foreach (var field in new[] { "Home-page", "Download-URL" })
        {
            if (metadata.One(field) is { } url && !IsWeb(url))
                report.Add(IndexRule.ProjectUrl, field, $"'{url}' is not an http or https address", "Correct the address.");
        }

        foreach (var entry in metadata.All("Project-URL"))
        {
            var comma = entry.IndexOf(',', StringComparison.Ordinal);
            var label = (comma < 0 ? entry : entry[..comma]).Trim();
            var problem =
                comma < 0 ? $"'{entry}' is not a label, a comma and an address"
                : label.Length == 0 ? $"'{entry}' has no label"
                : label.Length > MaxLabel ? $"the label '{label}' has {label.Length} characters; at most {MaxLabel} are allowed"
                : !IsWeb(entry[(comma + 1)..].Trim()) ? $"'{entry[(comma + 1)..].Trim()}' is not an http or https address"
                : null;
            if (problem is not null)
                report.Add(IndexRule.ProjectUrl, "Project-URL", problem, "Correct the table [project.urls].");
        }
    }

    private static bool IsWeb(string text) =>
        WebAddress().IsMatch(text) && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0;

    [GeneratedRegex(@"\Ahttps?://[^\s]+\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex WebAddress();
}

namespace PySign.Packaging.Acceptance;

/// <summary>Licenses in the metadata (PEP 639).</summary>
internal static class LicenseRules
{
    public static void Check(DistributionReport report, MetadataFields metadata)
    {
        if (metadata.One("License-Expression") is { } expression)
        {
            if (!LicenseExpression.IsValid(expression))
                report.Add(
                    IndexRule.LicenseExpression,
                    "License-Expression",
                    $"'{expression}' is not an SPDX license expression",
                    "Use identifiers of https://spdx.org/licenses/ with AND, OR and WITH, or LicenseRef- and a name of your own."
                );
            if (metadata.Has("License"))
                report.Add(
                    IndexRule.LicenseTwice,
                    "License",
                    "License and License-Expression are both there",
                    "Keep the expression: license = \"…\" in [project], and no license table."
                );
        }

        foreach (var path in Files(metadata))
        {
            if (Problem(path) is { } problem)
                report.Add(IndexRule.LicenseFilePath, "License-File", $"'{path}': {problem}", "Correct license-files in [project].");
        }
    }

    /// <summary>The license files that an index hears of: twine leaves them out below metadata version 2.4.</summary>
    public static IReadOnlyList<string> Files(MetadataFields metadata) => metadata.IsAtLeast(2, 4) ? metadata.All("License-File") : [];

    public static string? Problem(string path) =>
        path.StartsWith('/') || (path.Length > 1 && path[1] == ':') ? "the path must be relative"
        : path.Contains('\\', StringComparison.Ordinal) ? "the path must be written with '/'"
        : path.Split('/').Contains("..", StringComparer.Ordinal) ? "the path must not hold '..'"
        : path.Contains('*', StringComparison.Ordinal) ? "the path must be a file's, not a pattern"
        : null;
}

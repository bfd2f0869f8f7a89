namespace PySign.Packaging.Acceptance;

/// <summary>The field Dynamic (PEP 643): it names fields, and never the three that identify the distribution.</summary>
internal static class DynamicRules
{
    private static readonly string[] _never = ["metadata-version", "name", "version"];

    private static readonly HashSet<string> _fields =
    [
        .. _never,
        "author",
        "author-email",
        "classifier",
        "description",
        "description-content-type",
        "download-url",
        "dynamic",
        "home-page",
        "import-name",
        "import-namespace",
        "keywords",
        "license",
        "license-expression",
        "license-file",
        "maintainer",
        "maintainer-email",
        "obsoletes",
        "obsoletes-dist",
        "platform",
        "project-url",
        "provides",
        "provides-dist",
        "provides-extra",
        "requires",
        "requires-dist",
        "requires-external",
        "requires-python",
        "summary",
        "supported-platform",
    ];

    public static void Check(DistributionReport report, MetadataFields metadata)
    {
        foreach (var name in metadata.All("Dynamic"))
        {
            var field = name.ToLowerInvariant();
            if (_never.Contains(field, StringComparer.Ordinal) || !_fields.Contains(field))
                report.Add(
                    IndexRule.DynamicField,
                    "Dynamic",
                    $"'{name}' is not a field that may be dynamic",
                    "This is written by the build back end: use another version of it."
                );
        }
    }
}

namespace PySign.Packaging.Acceptance;

/// <summary>
/// PyPI takes classifiers of its own list only. The list grows: one that is not in the list carried here is reported as unknown to this
/// version, and the private guard <c>Private ::</c>, which is never taken, as what it is.
/// </summary>
internal static class ClassifierRules
{
    private static readonly Lazy<IReadOnlyDictionary<string, string[]>> _known = new(Read);

    public static void Check(DistributionReport report, MetadataFields metadata)
    {
        foreach (var classifier in metadata.All("Classifier"))
        {
            if (!_known.Value.TryGetValue(classifier, out var successors))
                report.Add(IndexRule.Classifier, "Classifier", $"PyPI does not know the classifier '{classifier}'", Advice(classifier));
            else if (successors is [""])
                report.Add(
                    IndexRule.DeprecatedClassifier,
                    "Classifier",
                    $"PyPI has withdrawn the classifier '{classifier}'",
                    "Remove it from [project]."
                );
            else if (successors.Length > 0)
                report.Add(
                    IndexRule.DeprecatedClassifier,
                    "Classifier",
                    $"PyPI has withdrawn the classifier '{classifier}'",
                    $"Use {string.Join(" or ", successors.Select(one => $"'{one}'"))} instead."
                );
        }
    }

    private static string Advice(string classifier) =>
        classifier.StartsWith("Private ::", StringComparison.OrdinalIgnoreCase)
            ? "Somebody marked this project as not to be published. If it is to be, remove the classifier."
            : "Correct it as https://pypi.org/classifiers/ writes it, or remove it. If PyPI has it by now, waive this rule.";

    // No tab: taken. A tab and nothing: withdrawn. Tabs and names: withdrawn in favor of these.
    private static Dictionary<string, string[]> Read() =>
        AcceptanceData
            .Lines("classifiers.txt")
            .Where(line => !line.StartsWith('#') && line.Length > 0)
            .Select(line => line.Split('\t'))
            .ToDictionary(parts => parts[0], parts => parts[1..], StringComparer.Ordinal);
}

namespace PySign.Packaging.Tests.Toml;

/// <summary>In what Tomlyn 2.10.2 and our reader in its 1.1 mode differ, and why. In every one of them Python's tomllib answers as ours
/// does.</summary>
internal static class TomlynDisagreements
{
    public static IReadOnlyDictionary<string, string> Reasons { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["only Tomlyn accepts: DuplicateKey"] =
                "Defining a key multiple times is invalid (TOML 1.1, Keys), and so is a table defined twice or changed after it was "
                + "closed; Tomlyn's model keeps the last.",
            ["only Tomlyn accepts: InvalidNumber"] =
                "Underscores stand in numbers alone (TOML 1.1, Integer); Tomlyn takes 1_979-05-27 for a date.",
            ["only Tomlyn accepts: UnexpectedEnd"] =
                "Version 1.1 allows an inline table to go over lines between its members, not between a key's equals sign and its value "
                + "(ABNF, keyval-sep).",
            ["other values: line ends"] =
                "A line end in a multi-line string is what the reader makes of it (TOML 1.1, String). Ours gives LF, as tomllib does, so "
                + "that a project reads the same on every system; Tomlyn keeps CR LF.",
            ["other values: tables"] =
                "[a.c.f] below [[a]] belongs to the last element of a (TOML 1.1, Array of Tables). Tomlyn drops what the element held, or "
                + "the elements before.",
        };

    /// <summary>How many documents of toml-test are judged differently, by kind.</summary>
    public static SortedDictionary<string, int> OfCorpus { get; } =
        new(StringComparer.Ordinal) { ["only Tomlyn accepts: DuplicateKey"] = 24 };
}

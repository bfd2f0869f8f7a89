using System.Text.RegularExpressions;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Build;

/// <summary>What a back end said when it failed: its own last words first, and advice only where the cause is known.</summary>
internal static partial class BackEndFailure
{
    private static readonly (Regex Cause, string Advice)[] _known =
    [
        (
            MissingModule(),
            "The build imports {0}: name it in requires of [build-system], and install it for this interpreter or build in isolation."
        ),
        (
            LicenseText(),
            "A license as text (license = \"MIT\", PEP 639) needs setuptools 77 or newer; with an older one write license = {{ text = "
                + "\"MIT\" }}."
        ),
        (
            LicenseFiles(),
            "license-files (PEP 639) needs setuptools 77 or newer; with an older one remove it, or move it to [tool.setuptools]."
        ),
        (InvalidVersion(), "The version is not one of PEP 440. Write it as 1.2.3, 1.2.3rc1, 1.2.3.post1 or 1.2.3.dev1."),
        (FlatLayout(), "Say which packages are meant: [tool.setuptools] packages = [\"{0}\"], or move them below src/."),
        (
            OddTag(),
            "setuptools_scm, which reads git's tags for this back end, finds no version in the tag {0}. Tag the commit v1.2.3, say how its "
                + "tags name versions (tag_regex in [tool.setuptools_scm]; hatch-vcs: [tool.hatch.version] tag-pattern), or pass "
                + "--package-version."
        ),
        (
            NoTags(),
            "The version is computed from git's tags: fetch them (GitLab: GIT_DEPTH: \"0\", GitHub: fetch-depth: 0), or pass "
                + "--package-version."
        ),
        (
            NotDownloaded(),
            "The build requirements could not be downloaded. Install them beside the build module and set Isolation to None, or let pip "
                + "reach an index (PIP_INDEX_URL)."
        ),
        (Unmet(), "Install what is missing for this interpreter, or set Isolation to Isolated."),
    ];

    public static PySignException Of(ChildProcessResult result, string kind)
    {
        var lines = result.Lines.Select(line => line.Text.Trim()).Where(line => line.Length > 0).ToList();
        var last = lines.FindLastIndex(line => Words().IsMatch(line) && !line.StartsWith("ERROR Backend", StringComparison.Ordinal));
        var words = last < 0 ? lines.LastOrDefault() ?? "it said nothing" : lines[last];
        var known = _known.Select(one => (Match: Last(lines, one.Cause), one.Advice)).FirstOrDefault(one => one.Match is not null);
        return new PySignException(
            PySignFailure.ToolFailed,
            $"The back end failed: {words}{Environment.NewLine}python -m build --{kind} ended with exit code {result.ExitCode}. Its last "
                + $"lines:{Environment.NewLine}{result.Tail()}",
            known.Match is null
                ? null
                : string.Format(System.Globalization.CultureInfo.InvariantCulture, known.Advice, known.Match.Groups["what"].Value)
        );
    }

    private static Match? Last(List<string> lines, Regex cause) =>
        lines.AsEnumerable().Reverse().Select(line => cause.Match(line)).FirstOrDefault(match => match.Success);

    // Python's last line of a traceback, or what a program calls an error.
    [GeneratedRegex(
        @"^(?:[A-Za-z_][\w.]*(?:Error|Exception|Warning|Invalid\w+|Exit)\b|error: |ERROR: |configuration error: )",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Words();

    [GeneratedRegex(
        @"^ModuleNotFoundError: No module named '(?<what>[\w.]+)'",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex MissingModule();

    [GeneratedRegex(
        @"`project\.license` must be valid exactly by one definition",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex LicenseText();

    [GeneratedRegex(@"`project` must not contain \{'license-files'\}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex LicenseFiles();

    [GeneratedRegex(
        @"InvalidVersion: |^Invalid version[: ]|`project\.version` must be pep440",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex InvalidVersion();

    [GeneratedRegex(
        @"Multiple top-level (?:packages|modules) discovered in a flat-layout: \[?'(?<what>[^']+)'",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex FlatLayout();

    [GeneratedRegex(@"Warning: tag '(?<what>[^']+)' no version found", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex OddTag();

    [GeneratedRegex(@"setuptools-scm was unable to detect version", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NoTags();

    [GeneratedRegex(
        @"No matching distribution found for|Could not find a version that satisfies|Failed to establish a new connection",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex NotDownloaded();

    [GeneratedRegex(@"^ERROR Missing dependencies", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Unmet();
}

using System.Text.RegularExpressions;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Test;

/// <summary>What a test run lacked, read from what pytest and Python say of it.</summary>
internal static partial class MissingRequirement
{
    private const string Advice =
        "Name it in Requirements, Extras or Groups (--test-requirements, --test-extras, --test-groups, or PYSIGN_TEST_REQUIREMENTS and so "
        + "on).";

    /// <summary>A sentence that names it; <see langword="null"/> when nothing is known to be missing.</summary>
    /// <param name="said">What the run printed, and what its failures say.</param>
    /// <param name="own">Modules that no index has: the wheel's, and the tests' own.</param>
    public static string? In(IEnumerable<string> said, IEnumerable<string> own)
    {
        var lines = said.ToList();
        if (First(lines, Plugin()) is { } plugin)
        {
            return $"pytest lacks the plugin {plugin}. {Advice}";
        }

        if ((First(lines, Option()) ?? First(lines, Key())) is { } option)
        {
            return $"pytest does not know the option {option} of its configuration: the plugin that brings it is not installed. {Advice}";
        }

        if (First(lines, Fixture()) is { } fixture)
        {
            return $"The tests use the fixture {fixture}, which no installed plugin brings. {Advice}";
        }

        return First(lines, Module()) is { } module && !own.Contains(module.Split('.')[0], StringComparer.Ordinal)
            ? $"The tests import {module}, which is not installed. {Advice}"
            : null;
    }

    /// <summary>Whether pip failed to reach an index, rather than to find something there.</summary>
    public static bool IsNetwork(ChildProcessResult result) => result.Lines.Any(line => Network().IsMatch(line.Text));

    private static string? First(List<string> lines, Regex pattern) =>
        lines.Select(line => pattern.Match(line)).FirstOrDefault(match => match.Success)?.Groups["what"].Value;

    [GeneratedRegex(@"Missing required plugins: (?<what>\S+)", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Plugin();

    [GeneratedRegex(@"error: unrecognized arguments: (?<what>\S+)", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Option();

    // Of a configuration that is held to what pytest knows (--strict-config).
    [GeneratedRegex(@"Unknown config option: (?<what>\w+)", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Key();

    [GeneratedRegex(@"^E\s+fixture '(?<what>\w+)' not found", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Fixture();

    [GeneratedRegex(
        @"ModuleNotFoundError: No module named '(?<what>[\w.]+)'",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Module();

    [GeneratedRegex(
        @"Failed to establish a new connection|Connection(?:Error|ResetError| refused| broken)|Read timed out|ReadTimeoutError|Max retries "
            + @"exceeded|Temporary failure in name resolution|Name or service not known",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Network();
}

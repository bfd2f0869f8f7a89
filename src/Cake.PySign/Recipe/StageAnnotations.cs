using System.Globalization;
using System.Text.RegularExpressions;
using Cake.Core;
using Cake.PySign.Common.Logging;
using Cake.PySign.Test;
using PySign.Http;
using IoPath = System.IO.Path;

namespace Cake.PySign.Recipe;

/// <summary>What a stage that stopped leaves on the page of the run: at a file and a line where those are known.</summary>
internal static partial class StageAnnotations
{
    // GitHub shows ten errors of a step, and the stage itself is one.
    private const int MaxTests = 9;

    public static void Write(
        CiMarks marks,
        ICakeContext context,
        (string Stage, string Message) failed,
        Exception cause,
        SecretRedactor redactor
    )
    {
        var project = (cause as PyTestException)?.Project?.FullPath ?? "";
        foreach (
            var test in (cause as PyTestException)
                ?.Result.Runs.SelectMany(run => run.Failures)
                .Where(one => one.SourceFile is not null)
                .Take(MaxTests)
                ?? []
        )
        {
            var message = test.Message.Length > 0 ? test.Message : "failed";
            marks.Error(test.Test, redactor.Redact(message), Relative(context, IoPath.Combine(project, test.SourceFile!)), test.Line);
        }

        // Messages about a file begin with it: "/build/pyproject.toml, line 3, column 1: ...".
        var place = Place().Match((cause as PySignException)?.Message ?? "");
        var file = place.Success ? Relative(context, place.Groups["file"].Value) : null;
        int? line = place.Success ? int.Parse(place.Groups["line"].Value, CultureInfo.InvariantCulture) : null;
        marks.Error(failed.Stage, redactor.Redact(failed.Message), file, line);
    }

    // GitHub takes paths from the checkout on.
    private static string Relative(ICakeContext context, string file)
    {
        var here = context.Environment.WorkingDirectory.FullPath;
        var root = context.Environment.GetEnvironmentVariable("GITHUB_WORKSPACE") is { Length: > 0 } workspace ? workspace : here;
        var relative = IoPath.GetRelativePath(root, IoPath.GetFullPath(file, here)).Replace('\\', '/');
        return relative.StartsWith("../", StringComparison.Ordinal) ? file : relative;
    }

    [GeneratedRegex(
        @"\A(?<file>(?:[A-Za-z]:)?[^\n,:]+\.[A-Za-z]{2,5}), line (?<line>[0-9]{1,7})\b",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Place();
}

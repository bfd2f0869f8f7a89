using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Http;

namespace Cake.PySign.Test;

/// <summary>
/// JUnit XML in the dialect that GitLab, GitHub's reporters and Jenkins read. The reports of all interpreters become one file with a suite
/// for each; the interpreter is part of each test's name, because GitLab tells tests apart by class and name alone.
/// </summary>
internal static partial class JunitReport
{
    private const long MaxBytes = 64 * 1024 * 1024;

    private static readonly XmlReaderSettings _strict = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxBytes,
    };

    /// <summary>All test cases of a report, in one suite.</summary>
    public static XElement Read(FilePath path)
    {
        var file = new FileInfo(path.FullPath);
        if (!file.Exists || file.Length > MaxBytes)
        {
            throw new InvalidDataException(file.Exists ? $"the report is larger than {MaxBytes} bytes" : "there is no report");
        }

        using var reader = XmlReader.Create(path.FullPath, _strict);
        var root = XDocument.Load(reader).Root!;
        if (root.Name != "testsuites" && root.Name != "testsuite")
        {
            throw new InvalidDataException($"it is a <{root.Name}>, a JUnit report was expected");
        }

        return new XElement("testsuite", root.DescendantsAndSelf("testsuite").Elements("testcase"));
    }

    /// <summary>What a failed test case says; <see langword="null"/> for one that did not fail.</summary>
    public static PyFailedTest? Failure(XElement testCase)
    {
        var outcome = testCase.Element("failure") ?? testCase.Element("error");
        if (outcome is null)
        {
            return null;
        }

        // pytest ends its text with the place: tests/test_x.py:12: AssertionError. Innermost last.
        var place = Place().Matches(outcome.Value).LastOrDefault(match => !System.IO.Path.IsPathRooted(match.Groups["file"].Value));
        return new PyFailedTest(
            string.Join('.', new[] { Text(testCase, "classname"), Text(testCase, "name") }.Where(part => part.Length > 0)),
            Said(outcome)
        )
        {
            SourceFile = place?.Groups["file"].Value.Replace('\\', '/'),
            Line = place is null ? null : int.Parse(place.Groups["line"].Value, CultureInfo.InvariantCulture),
        };
    }

    // Of a module that cannot be collected pytest says "collection failure"; what happened is the last line that it marks with E.
    private static string Said(XElement outcome)
    {
        var message = Text(outcome, "message").Split('\n')[0].Trim();
        var cause = outcome.Value.Split('\n').LastOrDefault(line => line.StartsWith("E   ", StringComparison.Ordinal))?[4..].Trim();
        return message == "collection failure" && cause is { Length: > 0 } ? $"{message}: {cause}" : message;
    }

    /// <summary>Writes one report of all runs. A run that did not come to its tests is an error in it, so that no viewer shows it as
    /// nothing.</summary>
    public static void Write(FilePath path, string name, IReadOnlyList<(PyTestRun Run, XElement? Suite)> runs, SecretRedactor redactor)
    {
        var suites = new XElement("testsuites", new XAttribute("name", name), runs.Select(one => Suite(one.Run, one.Suite, redactor)));
        Count(suites, suites.Elements());
        var text = new MemoryStream();
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, NewLineChars = "\n" }))
        {
            suites.Save(writer);
        }

        AtomicFile.Write(path, text.GetBuffer().AsSpan(0, (int)text.Length));
    }

    private static XElement Suite(PyTestRun run, XElement? reported, SecretRedactor redactor)
    {
        var suite = new XElement("testsuite", new XAttribute("name", $"{run.Interpreter.Implementation} {run.Interpreter.Version}"));
        foreach (var one in reported?.Elements("testcase") ?? [])
        {
            var copy = new XElement("testcase", one.Attributes(), one.Elements().Where(child => child.Name != "properties"));
            copy.SetAttributeValue("name", $"{Text(one, "name")} [{run.Interpreter.Label}]");
            Redact(copy, redactor);
            suite.Add(copy);
        }

        if (run.Explanation is { } problem)
        {
            var lines = redactor.Redact(problem);
            suite.Add(
                new XElement(
                    "testcase",
                    new XAttribute("classname", "PyTest"),
                    new XAttribute("name", $"{run.Outcome} [{run.Interpreter.Label}]"),
                    new XAttribute("time", "0"),
                    new XElement("error", new XAttribute("message", Clean(lines.Split('\n')[0].Trim())), Clean(lines))
                )
            );
        }

        var cases = suite.Elements("testcase").ToList();
        suite.Add(
            new XAttribute("tests", cases.Count),
            new XAttribute("failures", cases.Count(one => one.Element("failure") is not null)),
            new XAttribute("errors", cases.Count(one => one.Element("error") is not null)),
            new XAttribute("skipped", cases.Count(one => one.Element("skipped") is not null)),
            new XAttribute("time", run.Elapsed.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture))
        );
        return suite;
    }

    private static void Count(XElement suites, IEnumerable<XElement> each)
    {
        foreach (var name in new[] { "tests", "failures", "errors", "skipped" })
        {
            suites.SetAttributeValue(name, each.Sum(suite => int.Parse(Text(suite, name), CultureInfo.InvariantCulture)));
        }

        suites.SetAttributeValue(
            "time",
            each.Sum(suite => double.Parse(Text(suite, "time"), CultureInfo.InvariantCulture))
                .ToString("0.000", CultureInfo.InvariantCulture)
        );
    }

    private static void Redact(XElement element, SecretRedactor redactor)
    {
        foreach (var attribute in element.DescendantsAndSelf().Attributes())
        {
            attribute.Value = redactor.Redact(attribute.Value);
        }

        foreach (var text in element.DescendantNodes().OfType<XText>())
        {
            text.Value = redactor.Redact(text.Value);
        }
    }

    private static string Clean(string text) =>
        string.Concat(text.Select(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c) ? c : '\ufffd'));

    [GeneratedRegex(
        @"^(?<file>[^\s:][^:\r\n]*\.py):(?<line>[0-9]{1,7}): ?",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Multiline
    )]
    private static partial Regex Place();

    private static string Text(XElement element, string attribute) => (string?)element.Attribute(attribute) ?? "";
}

using System.Text.RegularExpressions;
using PySign.Packaging.Metadata;
using PySign.Packaging.Toml;

namespace PySign.Packaging.Projects;

/// <summary>What a placeholder stands for, as far as something else than the file can say it.</summary>
public enum PlaceholderField
{
    /// <summary>The project's name.</summary>
    Name,

    /// <summary>Its version.</summary>
    Version,

    /// <summary>The URL under the label Homepage.</summary>
    Homepage,

    /// <summary>Its one-line description.</summary>
    Description,

    /// <summary>The name or the address of an author or a maintainer.</summary>
    Person,

    /// <summary>Another URL.</summary>
    Url,
}

/// <summary>A value that a template brought and that nobody has replaced: <c>name = "&lt;my_package&gt;"</c>.</summary>
/// <param name="Field">What it stands for.</param>
/// <param name="Value">The value.</param>
/// <param name="Line">The line of the file, counted from 1.</param>
/// <param name="Text">That line, without blanks around it.</param>
public sealed partial record ProjectPlaceholder(PlaceholderField Field, string Value, int Line, string Text)
{
    // What is left of GitLab's signing tutorial where only the brackets were taken away, and what "poetry init" proposes.
    private static readonly string[] _known =
    [
        "Your package description",
        "Your Name",
        "your.email@example.com",
        "you@example.com",
        "https://gitlab.com/my_package",
    ];

    internal static IReadOnlyList<ProjectPlaceholder> In(TomlDocument document)
    {
        var found = new List<ProjectPlaceholder>();
        foreach (var (field, value) in Values(document.Root))
        {
            if (IsPlaceholder(field, value.Value.Trim()))
            {
                found.Add(Placed(document.Text, field, value));
            }
        }

        return [.. found.OrderBy(one => one.Line)];
    }

    private static IEnumerable<(PlaceholderField Field, TomlString Value)> Values(TomlTable root)
    {
        foreach (var table in new[] { TomlPath.Table(root, "project"), TomlPath.Table(root, "tool", "poetry") }.OfType<TomlTable>())
        {
            foreach (
                var (key, field) in new[]
                {
                    ("name", PlaceholderField.Name),
                    ("version", PlaceholderField.Version),
                    ("description", PlaceholderField.Description),
                    ("homepage", PlaceholderField.Homepage),
                    ("repository", PlaceholderField.Url),
                }
            )
            {
                if (TomlPath.Value(table, key) is TomlString text)
                    yield return (field, text);
            }

            foreach (var person in People(table))
                yield return (PlaceholderField.Person, person);
            var urls = TomlPath.Table(table, "urls");
            foreach (var label in urls?.Keys ?? [])
            {
                if (TomlPath.Value(urls, label) is TomlString url)
                    yield return (Labeled(label), url);
            }
        }
    }

    private static PlaceholderField Labeled(string label) =>
        ProjectUrl.NormalizeLabel(label) == "homepage" ? PlaceholderField.Homepage : PlaceholderField.Url;

    // A list of tables in [project], of "Name <address>" in [tool.poetry].
    private static IEnumerable<TomlString> People(TomlTable table)
    {
        foreach (var key in new[] { "authors", "maintainers" })
        {
            foreach (var item in (TomlPath.Value(table, key) as TomlArray)?.Items ?? [])
            {
                if (item is TomlString text)
                    yield return text;
                foreach (var part in new[] { "name", "email" })
                {
                    if (TomlPath.Value(item as TomlTable, part) is TomlString value)
                        yield return value;
                }
            }
        }
    }

    private static bool IsPlaceholder(PlaceholderField field, string value) =>
        Braces().IsMatch(value)
        || _known.Contains(value.TrimStart('<').TrimEnd('>'), StringComparer.Ordinal)
        || field switch
        {
            // Neither a name nor a version nor an address can hold a bracket.
            PlaceholderField.Name or PlaceholderField.Version or PlaceholderField.Homepage or PlaceholderField.Url => value
                .AsSpan()
                .IndexOfAny('<', '>') >= 0,
            PlaceholderField.Person => WholeInBrackets().IsMatch(value) || value.StartsWith("Your Name <", StringComparison.Ordinal),
            _ => WholeInBrackets().IsMatch(value),
        };

    private static ProjectPlaceholder Placed(string text, PlaceholderField field, TomlString value)
    {
        var start = Math.Min(value.Span.Start, text.Length);
        var line = text.AsSpan(0, start).Count('\n') + 1;
        var from = start == 0 ? 0 : text.LastIndexOf('\n', start - 1) + 1;
        var end = text.IndexOf('\n', start);
        return new ProjectPlaceholder(field, value.Value, line, text[from..(end < 0 ? text.Length : end)].Trim());
    }

    // Of Jinja: what cookiecutter and copier would have replaced.
    [GeneratedRegex(@"\{\{.*\}\}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Braces();

    [GeneratedRegex(@"^<[^<>]*[A-Za-z][^<>]*>$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex WholeInBrackets();
}

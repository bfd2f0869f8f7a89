using PySign.Packaging.Names;
using PySign.Packaging.Toml;

namespace PySign.Packaging.Projects;

/// <summary>The <c>[dependency-groups]</c> of a pyproject.toml (PEP 735): requirements that are not part of any distribution, such as those
/// of tests.</summary>
public static class DependencyGroups
{
    /// <summary>The requirements of groups, with what they include.</summary>
    /// <param name="project">The project's description.</param>
    /// <param name="groups">Names, compared in normalized form.</param>
    /// <exception cref="PackagingException"><see cref="PackagingFailure.InvalidProject"/>: there is no such group, one includes itself, or
    /// an entry is neither a requirement nor an include.</exception>
    public static IReadOnlyList<string> Read(PyProject project, IEnumerable<string> groups)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(groups);
        var table = project.Document.Find("dependency-groups") as TomlTable;
        var found = new List<string>();
        foreach (var group in groups)
            Add(table, group, [], found);
        return [.. found.Distinct(StringComparer.Ordinal)];
    }

    private static void Add(TomlTable? table, string group, IReadOnlyList<string> above, List<string> found)
    {
        var name = Normalized(group);
        if (above.Contains(name, StringComparer.Ordinal))
            throw Invalid(group, $"groups that do not include themselves ({string.Join(" > ", above)} > {name})");
        var key = table?.Keys.FirstOrDefault(key => Normalized(key) == name);
        if (key is null || TomlPath.Value(table, key) is not TomlArray array)
            throw Invalid(group, $"one of {string.Join(", ", table?.Keys.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>())}");
        foreach (var item in array.Items)
        {
            if (item is TomlString requirement)
                found.Add(requirement.Value);
            else if (item is TomlTable include && TomlPath.Text(include, "include-group") is { } other)
                Add(table, other, [.. above, name], found);
            else
                throw Invalid(group, "requirements and { include-group = \"…\" } alone");
        }
    }

    private static string Normalized(string group) => ProjectName.TryParse(group, out var name) ? name.Normalized : group;

    private static PackagingException Invalid(string group, string expected) =>
        new(PackagingFailure.InvalidProject, $"[dependency-groups] {group}", expected, "Correct pyproject.toml, or name another group.");
}

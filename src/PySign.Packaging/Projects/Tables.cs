using PySign.Packaging.Metadata;
using PySign.Packaging.Toml;

namespace PySign.Packaging.Projects;

/// <summary>Reads typed values of pyproject.toml; a wrong type is an error that names the place.</summary>
internal static class Tables
{
    public static TomlTable? Optional(TomlTable? parent, string key, string path) =>
        Find(parent, key) switch
        {
            null => null,
            TomlTable table => table,
            _ => throw Invalid(path, "a table"),
        };

    public static string? Text(TomlTable? parent, string key, string path) =>
        Find(parent, key) switch
        {
            null => null,
            TomlString text => text.Value,
            _ => throw Invalid(path, "a string"),
        };

    public static IReadOnlyList<string> Texts(TomlTable? parent, string key, string path) =>
        Find(parent, key) switch
        {
            null => [],
            TomlArray array when array.Items.All(static item => item is TomlString) =>
            [
                .. array.Items.Cast<TomlString>().Select(static text => text.Value),
            ],
            _ => throw Invalid(path, "an array of strings"),
        };

    public static IReadOnlyList<ProjectUrl> Urls(TomlTable? project)
    {
        var urls = Optional(project, "urls", "project.urls");
        return urls is null ? [] : [.. urls.Keys.Select(label => new ProjectUrl(label, Text(urls, label, $"project.urls.{label}")!))];
    }

    private static TomlValue? Find(TomlTable? parent, string key) =>
        parent is not null && parent.TryGetValue(key, out var value) ? value : null;

    private static PackagingException Invalid(string path, string expected) =>
        new(PackagingFailure.InvalidProject, path, expected, "Correct pyproject.toml.");
}

using Cake.Core.IO;
using PySign.Packaging.Toml;

namespace Cake.PySign.Recipe;

/// <summary>What a project says of its releases in <c>pysign.toml</c>. What is not understood is refused: a rule that is passed over
/// protects nobody.</summary>
/// <param name="Wheels">The wheels that a release has.</param>
/// <param name="Sdist">Whether it has an sdist; null where nothing is said.</param>
internal sealed record ProjectSettings(IReadOnlyList<string> Wheels, bool? Sdist)
{
    public const string FileName = "pysign.toml";

    private const long MaxBytes = 1 << 20;

    public static ProjectSettings Of(DirectoryPath project)
    {
        var path = project.CombineWithFilePath(FileName);
        var file = new FileInfo(path.FullPath);
        if (!file.Exists)
        {
            return new ProjectSettings([], null);
        }

        if (file.Length > MaxBytes)
        {
            throw Invalid(path, $"at most {MaxBytes} bytes");
        }

        try
        {
            return Read(path, TomlDocument.Parse(File.ReadAllBytes(path.FullPath)).Root);
        }
        catch (TomlException e)
        {
            throw Invalid(path, e.Message, e);
        }
    }

    private static ProjectSettings Read(FilePath path, TomlTable root)
    {
        RequireKeys(path, root, "the file", ["release"]);
        if (!root.TryGetValue("release", out var value))
        {
            return new ProjectSettings([], null);
        }

        var release = value as TomlTable ?? throw Invalid(path, "a table [release]");
        RequireKeys(path, release, "[release]", ["wheels", "sdist"]);
        List<string> wheels = [];
        if (release.TryGetValue("wheels", out var list))
        {
            var array = list as TomlArray;
            if (array is not { Items.Count: > 0 } || array.Items.Any(item => item is not TomlString))
            {
                throw Invalid(path, "an array of strings, not empty, in release.wheels");
            }

            wheels.AddRange(array.Items.Cast<TomlString>().Select(item => item.Value));
        }

        bool? sdist = null;
        if (release.TryGetValue("sdist", out var flag))
        {
            sdist = flag is TomlBoolean said ? said.Value : throw Invalid(path, "true or false in release.sdist");
        }

        return new ProjectSettings(wheels, sdist);
    }

    private static void RequireKeys(FilePath path, TomlTable table, string at, string[] known)
    {
        if (table.Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
        {
            throw Invalid(path, $"in {at} only {string.Join(", ", known)}, not {unknown}");
        }
    }

    private static PySignException Invalid(FilePath path, string expected, Exception? inner = null) =>
        new(
            PySignFailure.InvalidSettings,
            $"'{path}' cannot be used; expected {expected}.",
            "docs/importing.md lists what it may say.",
            inner
        );
}

using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Packaging.Toml;

namespace Cake.PySign.Recipe;

/// <summary>What a project says of its releases in <c>pysign.toml</c>.</summary>
/// <param name="Wheels">The wheels that a release has.</param>
/// <param name="Sdist">Whether it has an sdist; null where nothing is said.</param>
internal sealed record ProjectSettings(IReadOnlyList<string> Wheels, bool? Sdist)
{
    public const string FileName = "pysign.toml";

    public static ProjectSettings Of(DirectoryPath project)
    {
        var path = project.CombineWithFilePath(FileName);
        if (!File.Exists(path.FullPath))
        {
            return new ProjectSettings([], null);
        }

        var toml = new StrictToml(path, "file", 1 << 20, "docs/importing.md lists what it may say.");
        return toml.Read(document => Read(toml, document.Root));
    }

    private static ProjectSettings Read(StrictToml toml, TomlTable root)
    {
        toml.RequireKeys(root, "the file", ["release"]);
        if (toml.Table(root, "release", "release") is not { } release)
        {
            return new ProjectSettings([], null);
        }

        toml.RequireKeys(release, "[release]", ["wheels", "sdist"]);
        return new ProjectSettings(toml.Texts(release, "wheels", "release"), toml.Truth(release, "sdist", "release"));
    }
}
